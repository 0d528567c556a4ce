import { expect, it } from "vitest";
import { type Ancestor, deepest, type Hop, loopIn } from "#src/core/hops.ts";

const hop = (changes: Partial<Hop> = {}): Hop => ({
  target_id: "worker",
  max_concurrency: null,
  lane: { process: "worker", session: "mine" },
  ...changes,
});

/** An ancestor that works at a target, in a session of its own unless one is named. */
const at = (
  target_id: string,
  session: string | null = `of ${target_id}`,
  process = target_id,
): Ancestor => ({
  task_id: `task at ${target_id}`,
  holds: { target_id, lane: { process, session } },
});
const gone: Ancestor = { task_id: "gone", holds: null };
const lead = at("lead");

const depth = /more than 8 tasks and nodes above it/;
const session = /wait for the session at worker that its own ancestor task at worker works in/;
const places = /all places of worker \(max_concurrency \d\) belong to its own ancestors/;

it.each([
  { said: "a child of a task of another target is taken", ancestors: [lead], found: undefined },
  { said: "eight tasks above are as many as may be", ancestors: Array(deepest).fill(lead), found: undefined },
  { said: "nine tasks above are too many", ancestors: Array(deepest + 1).fill(lead), found: depth },
  { said: "ancestors that have ended count for the depth", ancestors: Array(9).fill(gone), found: depth },
  { said: "the parent's own session is a loop", ancestors: [at("worker", "mine")], found: session },
  {
    said: "the session of an ancestor further up is a loop",
    ancestors: [lead, lead, at("worker", "mine")],
    found: session,
  },
  {
    said: "another session of the same process is none",
    ancestors: [at("worker", "other")],
    found: undefined,
  },
  {
    said: "the same session of another target is none, since each target has a queue of its own",
    ancestors: [at("lead", "mine", "worker")],
    found: undefined,
  },
  {
    said: "the same session of another process is none",
    ancestors: [at("worker", "mine", "worker executor:two")],
    found: undefined,
  },
  { said: "the session of an ancestor that has ended is none", ancestors: [gone], found: undefined },
  {
    said: "two that have no session of their own don't share one",
    child: hop({ lane: { process: "worker", session: null } }),
    ancestors: [at("worker", null)],
    found: undefined,
  },
  {
    said: "the only place belongs to an ancestor",
    child: hop({ max_concurrency: 1 }),
    ancestors: [lead, at("worker", "other")],
    found: places,
  },
  {
    said: "one of two places belongs to an ancestor",
    child: hop({ max_concurrency: 2 }),
    ancestors: [at("worker", "other")],
    found: undefined,
  },
  {
    said: "both places belong to ancestors",
    child: hop({ max_concurrency: 2 }),
    ancestors: [at("worker", "other"), lead, at("worker", "another")],
    found: places,
  },
  {
    said: "the places of other targets don't count",
    child: hop({ max_concurrency: 1 }),
    ancestors: [lead, at("critic")],
    found: undefined,
  },
  {
    said: "a place of an ancestor that has ended is free",
    child: hop({ max_concurrency: 1 }),
    ancestors: [gone, lead],
    found: undefined,
  },
] as const satisfies {
  said: string;
  child?: Hop;
  ancestors: readonly Ancestor[];
  found: RegExp | undefined;
}[])("$said", ({ found, ...given }) => {
  const told = loopIn("child" in given ? given.child : hop(), given.ancestors);
  if (found === undefined) expect(told).toBeUndefined();
  else expect(told).toMatch(found);
});
