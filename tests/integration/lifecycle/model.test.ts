import fc from "fast-check";
import { expect, it } from "vitest";
import { fakeTarget } from "../../open-engine.ts";
import { tellFigures } from "../../soak/figures.ts";
import { type AnswerHow, finish, judge, openWorld, type Step, settled, take, type World } from "./world.ts";

const which = fc.nat(9);
const submit = fc.record({
  do: fc.constant("submit" as const),
  timeoutS: fc.constantFrom(5, 3600, 3600),
  queueS: fc.constantFrom(10, 3600, 3600),
  launch: fc.nat(5).map((n) => n > 0),
  talk: fc.nat(3),
  slow: fc.nat(2).map((n) => n === 0),
});
const ofTurn = fc.record({
  do: fc.constantFrom("progress", "ask", "ask", "ask", "settle", "complete", "fail", "stopped"),
  which,
});
const how = fc.constantFrom<AnswerHow>("open", "late", "foreign", "any", "unfit");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: submit },
  { weight: 12, arbitrary: ofTurn },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("cancel" as const), which }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant("answer" as const), which, how }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("up" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("down", "crash", "taken") }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("kill", "stop") }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait" as const), seconds: fc.constantFrom(1, 4, 6, 12, 70) }),
  },
);

/** The same histories each time; with MODEL_RUNS so many others. */
const more = process.env["MODEL_RUNS"];
const runs = more === undefined ? { numRuns: 50, seed: 3 } : { numRuns: Number(more) };

const statusOf = ({ node }: World, task_id: string) => node.record(task_id).status;

it("whatever happens in whatever order, what is written is what the model allows, and every task ends", async () => {
  const seen = new Set<string>();
  const history = async (steps: readonly Step[]) => {
    await using world = await openWorld();
    for (const each of steps) {
      await take(world, each);
      judge(world);
    }
    await finish(world);
    judge(world);
    for (const task_id of world.tasks) {
      const { status, last_error } = world.node.record(task_id);
      seen.add(last_error?.reason ?? status);
    }
    for (const word of world.told) seen.add(word);
    const open = world.tasks.filter((task_id) => world.node.record(task_id).finished_at === null);
    expect(open).toEqual([]);
  };
  // Most begin with a runtime that is up and has work.
  const begin = fc.tuple(submit, fc.constant({ do: "up" } as const), submit, submit);
  const go = fc.array(step, { minLength: 10, maxLength: 40 });
  const steps = fc.oneof(
    go,
    fc.tuple(begin, go).map(([first, then]) => [...first, ...then]),
  );
  await fc.assert(fc.asyncProperty(steps, history), runs);
  tellFigures("G3", { histories: runs.numRuns });
  // A test that never gets there would show nothing; but a few histories of other seeds need not.
  if (more !== undefined && runs.numRuns < 500) return;
  for (const end of ["completed", "cancelled", "remote_failed", "interrupted", "timeout", "launch_failed"])
    expect(seen).toContain(end);
  for (const answer of ["taken", "question_closed", "not_awaiting_input"]) expect(seen).toContain(answer);
}, 600_000);

it("a task that waits goes on after a kill and one that ran doesn't, whatever else waits", async () => {
  const one = { do: "submit", timeoutS: 3600, queueS: 3600, launch: true, talk: 0, slow: false } as const;
  await using world = await openWorld();
  await take(world, one);
  await take(world, { do: "up" });
  for (let n = 0; n < 3; n++) await take(world, { ...one, talk: n });
  const before = world.tasks.map((task_id) => statusOf(world, task_id));
  expect(before).toEqual(["running", "created", "running", "created"]);
  await take(world, { do: "kill" });
  judge(world);
  expect(world.tasks.map((task_id) => statusOf(world, task_id))).toEqual([
    "failed",
    "launching",
    "failed",
    "launching",
  ]);
  world.node.fake.starts.at(-1)?.ready();
  await settled();
  expect(world.node.fake.turns.map(({ task }) => task.task_id)).toEqual([world.tasks[1], world.tasks[3]]);
  world.node.fake.crash(fakeTarget(), "over");
  await settled();
  judge(world);
});
