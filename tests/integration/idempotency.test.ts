import { expect, it } from "vitest";
import { TaskCreateRequest } from "#contracts/task-request.ts";
import { createTask } from "#src/engine/create-task.ts";
import { type OpenEngine, openEngine } from "../open-engine.ts";

const scope = { principal: "me", method: "POST", path: "/v1/tasks" };

const give = (node: OpenEngine, key: string, request: object = {}, principal = "me") =>
  createTask(node.engine, {
    request: TaskCreateRequest.parse({ intent: "test.run", payload: { text: "hello" }, ...request }),
    key: { ...scope, principal, key },
  });

it("the same key and body make one task, which comes back as it is then", async () => {
  await using node = await openEngine();
  const first = await give(node, "k");
  await node.reaches(first.task.task_id, "completed");
  const again = await give(node, "k");
  expect(again).toMatchObject({ replayed: true, task: { task_id: first.task.task_id, status: "completed" } });
  expect(node.fake.turns).toHaveLength(1);
});

it("the same body in another order of its fields is the same", async () => {
  await using node = await openEngine();
  const first = await give(node, "k", { payload: { a: 1, b: [1, { c: 2, d: 3 }] } });
  const again = await give(node, "k", { payload: { b: [1, { d: 3, c: 2 }], a: 1 }, sender: "" });
  expect(again.task.task_id).toBe(first.task.task_id);
});

it.each([
  { sender: "local" },
  { runtime_options: {} },
  { runtime_options: { model: null } },
  { metadata: {} },
  { metadata: null },
  { trace: null },
  { trace: {} },
  { delivery: {} },
  { delivery: null },
  { delivery: { mode: "stream", launch_if_down: true, queue_timeout_ms: 3_600_000, when_offline: "fail" } },
])("a default that is written out, %j, makes no other request", async (written) => {
  await using node = await openEngine();
  const first = await give(node, "k");
  const again = await give(node, "k", written);
  expect(again).toMatchObject({ replayed: true, task: { task_id: first.task.task_id } });
});

it("a target under either name of its field is the same, and what differs from a default is not", async () => {
  await using node = await openEngine();
  const first = await give(node, "k", { target_runtime: "tested" });
  const again = await give(node, "k", { target_agent_id: "tested" });
  expect(again.task.task_id).toBe(first.task.task_id);
  for (const other of [{}, { target_runtime: "tested", delivery: { timeout_ms: null } }])
    await expect(give(node, "k", other)).rejects.toMatchObject({ code: "idempotency_key_reused" });
});

it("the same key with another body is refused", async () => {
  await using node = await openEngine();
  await give(node, "k");
  await expect(give(node, "k", { payload: { text: "other" } })).rejects.toMatchObject({
    code: "idempotency_key_reused",
  });
});

it("another principal's key is another key", async () => {
  await using node = await openEngine();
  const mine = await give(node, "k");
  const theirs = await give(node, "k", {}, "they");
  expect(theirs.task.task_id).not.toBe(mine.task.task_id);
});

it.each([{ text: "small" }, { text: "x".repeat(50_000) }])("100 at once make one task", async (payload) => {
  await using node = await openEngine();
  const all = await Promise.all(Array.from({ length: 100 }, () => give(node, "k", { payload })));
  expect(new Set(all.map(({ task }) => task.task_id)).size).toBe(1);
  expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(node.engine.reader.list({}, 10)).toHaveLength(1);
});

it("holds across a restart, and is forgotten after 24 hours", async () => {
  const first = await openEngine();
  const { task } = await give(first, "k");
  first.abandon();
  await using node = await openEngine({ dir: first.dir, clock: first.clock });
  node.clock.advance(24 * 3_600_000 - 1000);
  expect((await give(node, "k")).task.task_id).toBe(task.task_id);
  node.clock.advance(2000);
  const later = await give(node, "k", { payload: { text: "other" } });
  expect(later.task.task_id).not.toBe(task.task_id);
});

it("a refused request keeps no key", async () => {
  await using node = await openEngine();
  await expect(give(node, "k", { target_runtime: "nobody" })).rejects.toMatchObject({
    code: "target_not_found",
  });
  expect((await give(node, "k")).replayed).toBe(false);
});
