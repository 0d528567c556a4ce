/** What a cancel does to the tasks beneath. */
import { expect, it } from "vitest";
import { failCommits } from "../../fail-commits.ts";
import { type OpenEngine, openEngine, until } from "../../open-engine.ts";
import { byHand, refusalOf, running } from "./world.ts";

const cancelOf = (node: OpenEngine, task_id: string) => node.dataOf(task_id, "task.cancel_requested");
const statuses = (node: OpenEngine, ids: readonly string[]) => ids.map((id) => node.record(id).status);

/** A root with two children, one of them with a child of its own, and one that waits for its turn. */
async function family(node: OpenEngine) {
  const root = await running(node);
  const first = await running(node, root.task_id);
  const deep = await running(node, first.task_id);
  const second = await running(node, root.task_id, { conversation_id: "busy" });
  const waiting = await node.submit({ trace: { parent_task_id: root.task_id }, conversation_id: "busy" });
  return { root, first, deep, second, waiting };
}

it("a cancel of the root reaches all beneath it, in the same commit", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { root, first, deep, second, waiting } = await family(node);
  const stranger = await running(node);
  const commits = node.engine.log.batch.commits();
  await node.cancel(root.task_id, "enough");
  expect(node.engine.log.batch.commits()).toBe(commits + 1);
  expect(cancelOf(node, root.task_id)).toEqual({ actor: "somebody", by: "caller", reason: "enough" });
  for (const { task_id } of [first, deep, second, waiting]) {
    expect(cancelOf(node, task_id)).toEqual({ actor: "somebody", by: "parent", reason: "enough" });
  }
  expect(node.record(waiting.task_id).status).toBe("cancelled");
  for (const { turn, task_id } of [deep, first, second, root]) {
    await until(() => turn.cancelled.aborted, `${task_id} to be told`);
    turn.confirmCancel();
    await node.reaches(task_id, "cancelled");
  }
  expect(stranger.turn.cancelled.aborted).toBe(false);
});

it("a cancel of a child leaves its parent and its siblings alone", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { root, first, deep, second } = await family(node);
  await node.cancel(first.task_id);
  await until(() => deep.turn.cancelled.aborted, "the grandchild to be told");
  expect([root, second].map(({ turn }) => turn.cancelled.aborted)).toEqual([false, false]);
});

it("a running time that is used up is a cancel by the clock, and reaches the children", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const root = await running(node, undefined, { delivery: { timeout_ms: 5000 } });
  const child = await running(node, root.task_id);
  node.clock.advance(5000);
  await until(() => child.turn.cancelled.aborted, "the child to be told");
  child.turn.confirmCancel();
  root.turn.confirmCancel();
  expect((await node.reaches(root.task_id, "failed")).last_error).toMatchObject({ reason: "timeout" });
  expect((await node.reaches(child.task_id, "cancelled")).last_error).toBeNull();
  expect(cancelOf(node, child.task_id)).toEqual({ actor: "timeout", by: "parent" });
});

it("a parent that completes or fails leaves its children at work", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { root, first, deep, second } = await family(node);
  first.turn.fail("broke");
  root.turn.complete("done");
  await node.reaches(first.task_id, "failed");
  await node.reaches(root.task_id, "completed");
  deep.turn.complete("done");
  second.turn.complete("done");
  await node.reaches(deep.task_id, "completed");
  await node.reaches(second.task_id, "completed");
});

it("a task that is being cancelled gets no more children", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const root = await running(node);
  await node.cancel(root.task_id);
  expect(await refusalOf(node.submit({ trace: { parent_task_id: root.task_id } }))).toBe("parent_not_open");
  root.turn.confirmCancel();
  await node.reaches(root.task_id, "cancelled");
  expect(await refusalOf(node.submit({ trace: { parent_task_id: root.task_id } }))).toBe("parent_not_open");
  expect(node.engine.reader.list({}, 10)).toHaveLength(1);
});

it("in 300 races of a cancel with children and grandchildren that come, no child slips by", async () => {
  await using node = await openEngine();
  const idle = { payload: { mode: "silent" } };
  const large = { payload: { mode: "silent", filling: "x".repeat(20_000) } };
  let taken = 0;
  let refused = 0;
  for (let round = 0; round < 300; round++) {
    const root = await node.submit(idle);
    const child = await node.submit({ ...idle, trace: { parent_task_id: root.task_id } });
    const wait = async (turns: number) => {
      for (let turn = 0; turn < turns; turn++) await (turn % 2 ? undefined : new Promise(setImmediate));
    };
    const asked = [root, child, root, child].map(async ({ task_id }, place) => {
      await wait((round + place * 3) % 7);
      const body = (round + place) % 5 === 0 ? large : idle;
      const request = { ...body, trace: { parent_task_id: task_id } };
      return refusalOf(node.submit(request));
    });
    await wait(round % 6);
    await node.cancel(root.task_id);
    for (const answer of await Promise.all(asked)) {
      if (answer === "taken") taken++;
      else if (answer === "parent_not_open") refused++;
      else throw new Error(`a child was refused as ${answer}`);
    }
    await until(() => node.engine.log.openTasks.size === 0, `all tasks of round ${round} to end`);
  }
  expect([taken > 100, refused > 100, taken + refused]).toEqual([true, true, 1200]);
  const open = node.engine.reader.list({}, 5000).filter(({ status }) => status !== "cancelled");
  expect(open).toEqual([]);
  await until(() => node.engine.works.size === 0, "all work to end");
  expect(node.engine.inHand.size()).toBe(0);
});

it("a child whose cancel can't be written is tried again", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const root = await running(node);
  const child = await running(node, root.task_id);
  forbidChangesOfChildren(node);
  await node.cancel(root.task_id);
  expect(node.record(child.task_id).status).toBe("running");
  node.storage.writer.exec("DROP TRIGGER test_forbids");
  node.clock.advance(1000);
  await until(() => child.turn.cancelled.aborted, "the child to be told");
});

/** Makes each commit of this life fail that changes a child. */
function forbidChangesOfChildren(node: OpenEngine): void {
  node.storage.writer.exec(
    `CREATE TEMP TRIGGER test_forbids BEFORE UPDATE ON main.tasks WHEN OLD.parent_task_id IS NOT NULL
     BEGIN SELECT RAISE(ABORT, 'not now'); END`,
  );
}

it("children that hadn't heard of their parent's cancel when the node ended are cancelled at the next start", async () => {
  const node = await openEngine({ fake: { script: byHand } });
  const root = await running(node);
  const child = await running(node, root.task_id, { conversation_id: "busy" });
  await running(node, undefined, { conversation_id: "busy-too" });
  const waiting = await node.submit({
    trace: { parent_task_id: child.task_id },
    conversation_id: "busy-too",
  });
  const stranger = await node.submit({ conversation_id: "busy" });
  forbidChangesOfChildren(node);
  await node.cancel(root.task_id);
  expect(statuses(node, [root.task_id, child.task_id, waiting.task_id])).toEqual([
    "running",
    "running",
    "created",
  ]);
  node.abandon();
  await using next = await openEngine({ dir: node.dir, fake: { launch: byHand } });
  expect(statuses(next, [root.task_id, child.task_id, waiting.task_id])).toEqual(Array(3).fill("cancelled"));
  expect(cancelOf(next, child.task_id)).toEqual({ actor: "somebody", by: "parent" });
  expect(next.record(stranger.task_id).finished_at).toBeNull();
});

it("a cancel that can't be written at all leaves the family as it was", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const root = await running(node);
  const child = await running(node, root.task_id);
  const heal = failCommits(node.storage);
  await expect(node.cancel(root.task_id)).rejects.toThrow("disk full");
  heal();
  node.clock.advance(1000);
  expect([root, child].map(({ turn }) => turn.cancelled.aborted)).toEqual([false, false]);
  expect(await refusalOf(node.submit({ trace: { parent_task_id: root.task_id } }))).toBe("taken");
});
