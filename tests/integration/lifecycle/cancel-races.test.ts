/** Cancels that meet something else in the same moment. */
import { expect, it } from "vitest";
import { stopEngine } from "#src/engine/stop.ts";
import { failCommits } from "../../fail-commits.ts";
import { fakeTarget, type OpenEngine, openEngine, running, until } from "../../open-engine.ts";

const byHand = () => {};

/** Goes on within this turn of the event loop until the task is decided to stand there. */
async function isDecided(node: OpenEngine, task_id: string, status: string): Promise<void> {
  for (let tick = 0; tick < 100 && node.engine.log.get(task_id)?.status !== status; tick++) await undefined;
  expect(node.engine.log.get(task_id)?.status).toBe(status);
}

it("a cancel that meets an end which isn't on disk yet answers with that end", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id, turn } = await running(node);
  turn.complete("done");
  await isDecided(node, task_id, "completed");
  expect(node.record(task_id).status).toBe("running");
  expect(await node.cancel(task_id)).toEqual({ task_id, status: "completed", over: true });
  expect(node.kinds(task_id).at(-1)).toBe("8 task.completed");
});

it("a cancel that meets an end which can't be written doesn't say that the task has ended", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id, turn } = await running(node);
  const heal = failCommits(node.storage);
  turn.complete("done");
  await isDecided(node, task_id, "completed");
  await expect(node.cancel(task_id)).rejects.toThrow("disk full");
  heal();
  node.clock.advance(1000);
  expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({ reason: "internal_error" });
});

it("two cancels of a task that waits: both hear of it when it is on disk, once", async () => {
  const targets = [fakeTarget({ max_concurrency: 1 })];
  await using node = await openEngine({ targets, fake: { script: byHand } });
  await running(node);
  const { task_id } = await node.submit();
  const [first, second] = await Promise.all([node.cancel(task_id), node.cancel(task_id)]);
  expect(first).toEqual({ task_id, status: "cancelled", over: false });
  expect(second).toEqual({ task_id, status: "cancelled", over: true });
  expect(node.kinds(task_id).slice(2)).toEqual(["3 task.cancel_requested", "4 task.cancelled"]);
});

it("two cancels of a task that runs are refused both when the first can't be written", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id, turn } = await running(node);
  const heal = failCommits(node.storage);
  const both = await Promise.allSettled([node.cancel(task_id), node.cancel(task_id)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(turn.cancelled.aborted).toBe(false);
  heal();
  expect(await node.cancel(task_id)).toEqual({ task_id, status: "running", over: false });
  expect(turn.cancelled.aborted).toBe(true);
});

it("a cancel of a task that waits counts also while the node is stopping", async () => {
  const targets = [fakeTarget({ max_concurrency: 1 })];
  await using node = await openEngine({ targets, fake: { script: byHand } });
  const { turn } = await running(node);
  const { task_id } = await node.submit();
  const stopped = stopEngine(node.engine);
  await until(() => !node.engine.works.has(task_id), "the task to be left");
  expect(await node.cancel(task_id)).toEqual({ task_id, status: "cancelled", over: false });
  turn.confirmCancel();
  await stopped;
  expect(node.kinds(task_id).slice(2)).toEqual(["3 task.cancel_requested", "4 task.cancelled"]);
});

it("the time that a cancel has isn't begun anew when the running time is used up meanwhile", async () => {
  await using node = await openEngine({ fake: { script: byHand, canCancel: false } });
  const { task_id } = await running(node, { delivery: { timeout_ms: 4000 } });
  await node.cancel(task_id);
  node.clock.advance(4000);
  await new Promise((resolve) => setImmediate(resolve));
  node.clock.advance(1000);
  expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({ reason: "cancel_failed" });
  expect(node.kinds(task_id).slice(7)).toEqual(["8 task.cancel_requested", "9 task.failed"]);
});

it("a cancel of a task that never was is refused", async () => {
  await using node = await openEngine();
  await expect(node.cancel("01KAT3Q4V5W6X7Y8Z9A0B1C2D3")).rejects.toMatchObject({ code: "task_not_found" });
});

it("a cancel names who asked and why", async () => {
  await using node = await openEngine({ fake: { launch: byHand } });
  const { task_id } = await node.submit();
  await node.cancel(task_id, "no longer needed");
  expect(node.dataOf(task_id, "task.cancel_requested")).toEqual({
    actor: "somebody",
    by: "caller",
    reason: "no longer needed",
  });
});

/** A runtime whose runs never say that they have heard of a cancel; `handed`: when it lets go of one. */
async function deafNode(handed: Promise<void> = Promise.resolve()): Promise<OpenEngine> {
  const node = await openEngine({ fake: { script: byHand } });
  const { submit } = node.fake;
  node.fake.submit = async (...work) => {
    const run = await submit(...work);
    await handed;
    return { ...run, cancel: () => new Promise<never>(byHand) };
  };
  return node;
}

it("a cancel is answered when it is on disk, however long the runtime takes to hear of it", async () => {
  await using node = await deafNode();
  const { task_id, turn } = await running(node);
  expect(await node.cancel(task_id)).toEqual({ task_id, status: "running", over: false });
  turn.confirmCancel();
  expect((await node.reaches(task_id, "cancelled")).status).toBe("cancelled");
});

it("a run that comes after its task's cancel is followed to its end, however long it takes to hear of that", async () => {
  const handed = Promise.withResolvers<void>();
  await using node = await deafNode(handed.promise);
  const { task_id } = await node.submit();
  await node.fake.turn(0);
  await node.cancel(task_id);
  handed.resolve();
  await until(() => !node.engine.works.has(task_id), "the end of the work");
  expect(node.kinds(task_id).slice(-2)).toEqual(["7 task.cancel_requested", "8 task.cancelled"]);
});
