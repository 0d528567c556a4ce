import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { TaskCreateRequest } from "#contracts/task-request.ts";
import { createTask } from "#src/engine/create-task.ts";
import { fakeTarget, type OpenEngine, openEngine, running } from "../open-engine.ts";

const byHand = () => {};

async function bytesOf(node: OpenEngine, artifact_id: string | null): Promise<string> {
  const row = node.engine.artifacts.find(artifact_id ?? "");
  if (row === undefined) throw new Error(`there is no artifact ${artifact_id}`);
  return Buffer.from(await node.engine.artifacts.read(row)).toString();
}

it("a payload over 16 KB is an artifact, and the runtime gets it whole", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const payload = { text: "ü".repeat(9000) };
  const { task_id, turn } = await running(node, { payload });
  const task = node.record(task_id);
  expect(task.payload).toBe(null);
  expect(JSON.parse(await bytesOf(node, task.payload_artifact_id))).toEqual(payload);
  expect(turn.task.payload).toEqual(payload);
  expect(node.kinds(task_id)[2]).toBe("3 artifact.created");
});

it.each([
  ["in characters of three bytes", { zzz: "漢".repeat(5450) }, {}],
  ["with the defaults of the target", { zzz: "x".repeat(9000) }, { yyy: "x".repeat(9000) }],
])(
  "options that have no room in an event %s are refused, and nothing of the task is kept",
  async (_, runtime_options, defaults) => {
    await using node = await openEngine({ targets: [fakeTarget({ defaults })] });
    await expect(node.submit({ runtime_options })).rejects.toMatchObject({ code: "invalid_request" });
    await expect(node.submit({ runtime_options, payload: "x".repeat(50_000) })).rejects.toThrow();
    expect(node.engine.reader.list({}, 10)).toEqual([]);
    expect(readdirSync(join(node.dir, "artifacts"))).toEqual([]);
  },
);

it("a result over 16 KB is an artifact, and the record has its first 2 KB", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id, turn } = await running(node);
  const text = "0123456789".repeat(5000);
  turn.complete(text);
  const task = await node.reaches(task_id, "completed");
  expect(task.result).toEqual({ text: text.slice(0, 2048), truncated: true, stop_reason: "end_turn" });
  expect(await bytesOf(node, task.result_artifact_id)).toBe(text);
  expect(node.dataOf(task_id, "task.completed")).toEqual({
    result: task.result,
    result_artifact_id: task.result_artifact_id,
  });
  expect(node.dataOf(task_id, "artifact.created")).toMatchObject({
    media_type: "text/markdown",
    size_bytes: 50_000,
  });
});

it("a chunk over 8 KB becomes several events, whose texts are the whole", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id, turn } = await running(node);
  const text = "line of text\n".repeat(6000);
  turn.say(text);
  turn.complete();
  await node.reaches(task_id, "completed");
  const told = node.engine.reader
    .events(task_id)
    .map((event) => (event.kind === "task.progress" && event.data.type === "message" ? event.data.text : ""));
  expect(told.join("")).toBe(text);
});

it("any other large step is an artifact that its event names", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id, turn } = await running(node);
  const entries = Array.from({ length: 2000 }, (_, n) => `step number ${n}`);
  turn.emit({ kind: "progress", data: { type: "plan", entries } });
  turn.emit({ kind: "progress", data: { type: "log", text: "after it" } });
  turn.complete();
  await node.reaches(task_id, "completed");
  const [large, small] = node.engine.reader.events(task_id).filter((event) => event.kind === "task.progress");
  expect(large?.data).toMatchObject({ type: "plan", truncated: true });
  const { artifact } = (large?.data ?? {}) as { artifact?: { artifact_id: string } };
  expect(JSON.parse(await bytesOf(node, artifact?.artifact_id ?? null))).toEqual({ type: "plan", entries });
  expect(small?.data).toEqual({ type: "log", text: "after it" });
});

it("a flipped bit in an artifact is an error, never wrong bytes", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id, turn } = await running(node);
  turn.complete("x".repeat(20_000));
  const { result_artifact_id } = await node.reaches(task_id, "completed");
  writeFileSync(join(node.dir, "artifacts", result_artifact_id ?? ""), `y${"x".repeat(19_999)}`);
  await expect(bytesOf(node, result_artifact_id)).rejects.toMatchObject({ code: "artifact_corrupt" });
});

it("a result without a text is kept for its data", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id, turn } = await running(node);
  turn.emit({ kind: "completed", result: { text: "", data: { answer: 42 } } });
  expect((await node.reaches(task_id, "completed")).result).toEqual({ text: "", data: { answer: 42 } });
});

it("a result whose data are large is one artifact of all of it", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id, turn } = await running(node);
  const result = { text: "see there", data: "y".repeat(20_000), stop_reason: "end_turn" };
  turn.emit({ kind: "completed", result });
  const task = await node.reaches(task_id, "completed");
  expect(task.result).toEqual({ text: "see there", stop_reason: "end_turn", truncated: true });
  expect(JSON.parse(await bytesOf(node, task.result_artifact_id))).toEqual(result);
});

it("a request whose key is used for another meanwhile leaves no artifact behind", async () => {
  await using node = await openEngine();
  const give = (text: string) =>
    createTask(node.engine, {
      request: TaskCreateRequest.parse({ intent: "test.run", payload: { text } }),
      key: { principal: "me", method: "POST", path: "/v1/tasks", key: "k" },
    });
  const large = give("x".repeat(20_000));
  await Promise.all([give("small"), expect(large).rejects.toMatchObject({ code: "idempotency_key_reused" })]);
  expect(readdirSync(join(node.dir, "artifacts"))).toEqual([]);
});

it("a refused request leaves no artifact behind", async () => {
  await using node = await openEngine();
  const payload = { text: "x".repeat(20_000) };
  await expect(node.submit({ payload, target_runtime: "nobody" })).rejects.toThrow();
  expect(readdirSync(join(node.dir, "artifacts"))).toEqual([]);
});
