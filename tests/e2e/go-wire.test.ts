/**
 * What AethroLink's Go command line and its nodes send, byte for byte, to a node of ours that asks for no
 * token. The requests and what those programs go by in the answers are data: tests/fixtures/go-wire.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TaskEvent } from "#contracts/events.ts";
import type { Json } from "#src/core/ports.ts";
import { fakeCommand } from "../programs.ts";
import { createHome, type Home, startNode, type TestNode } from "../support.ts";
import { differences, type Exchange, filledIn, type Scene, send, valueAt } from "./go-wire.ts";

const scenesIn = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/go-wire/${name}`, import.meta.url), "utf8")) as Scene[];
const scenes = [...scenesIn("control-api.json"), ...scenesIn("node-protocol.json")];

const eventsIn = (stream: string) =>
  stream.split("\n\n").flatMap((frame) => {
    const data = /^data: (.*)$/m.exec(frame)?.[1];
    return data === undefined
      ? []
      : [{ id: Number(/^id: (.*)$/m.exec(frame)?.[1]), event: JSON.parse(data) as TaskEvent }];
  });

/** Go's reader of lines takes 64 KB. */
const longestLine = 60 * 1024 + "data: ".length;

/** The stream as the Go programs read it: to its end. */
function checkStream(text: string, last: string, each: Json) {
  const events = eventsIn(text);
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
  expect(events.map(({ event }) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.at(-1)?.event.kind).toBe(last);
  expect(events.flatMap(({ event }) => differences(each, event as unknown as Json))).toEqual([]);
  expect(Math.max(...text.split("\n").map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(
    longestLine,
  );
}

async function exchange(node: TestNode, kept: Map<string, string>, step: Exchange): Promise<void> {
  const body = step.body === undefined ? undefined : filledIn(step.body, kept);
  const { status, type, text } = await send(node.url, filledIn(step.request, kept), body);
  expect({ by: step.by, status, text: status === step.status ? "" : text }).toEqual({
    by: step.by,
    status: step.status,
    text: "",
  });
  if (step.stream !== undefined) {
    expect(type).toMatch(/^text\/event-stream/);
    const each = JSON.parse(filledIn(JSON.stringify(step.stream.each ?? {}), kept)) as Json;
    checkStream(text, step.stream.last, each);
    return;
  }
  const answer = JSON.parse(text) as Json;
  for (const [name, path] of Object.entries(step.keep ?? {})) kept.set(name, valueAt(answer, path));
  const wanted = JSON.parse(filledIn(JSON.stringify(step.answer ?? {}), kept)) as Json;
  expect(differences(wanted, answer)).toEqual([]);
  if (step.until !== undefined) await reached(node, kept.get("task_id") ?? "", step.until);
}

async function reached(node: TestNode, task_id: string, state: string): Promise<void> {
  const seen: string[] = [];
  for await (const event of node.events(task_id)) {
    seen.push(event.state);
    if (event.state === state) return;
  }
  throw new Error(`${task_id} ended without ${state}: ${seen.join()}`);
}

describe("a Go client at a node that asks for no token", () => {
  let home: Home;
  let node: TestNode;
  let fake: string[];
  beforeAll(async () => {
    fake = await fakeCommand();
    home = createHome({ worker: { command: fake, more: { capabilities: ["test.run"] } } });
    node = await startNode({ ...home, args: ["--auth", "none"] });
  });
  afterAll(async () => {
    await node[Symbol.asyncDispose]();
    home[Symbol.dispose]();
  });

  it.each(scenes)("$name", async ({ exchanges }) => {
    const kept = new Map([["fake", JSON.stringify(fake)]]);
    for (const step of exchanges) await exchange(node, kept, step);
  });

  it("the comparison itself tells what is wrong", () => {
    const answer = { id: "01JY0R4R2V2QKBR8Q2YQ9BMS1V", list: [{ a: 1, b: 2 }], nothing: null };
    expect(differences({ id: "<ulid>", list: { "<has>": { a: 1 } }, nothing: "<absent>" }, answer)).toEqual(
      [],
    );
    expect(differences({ id: "<time>", list: { "<lacks>": { a: 1 } }, gone: "<text>" }, answer)).toHaveLength(
      3,
    );
  });
});
