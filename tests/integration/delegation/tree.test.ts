/** Parents, children and what they have used together. */
import { expect, it } from "vitest";
import type { FakeStart } from "#src/adapters/fake/index.ts";
import { taskTree } from "#src/engine/delegation.ts";
import { fakeTarget, openEngine } from "../../open-engine.ts";
import { byHand, refusalOf, running } from "./world.ts";

it("a tree of three levels tells who belongs to whom, how each stands, and what all have used", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const root = await running(node);
  const first = await running(node, root.task_id);
  const second = await running(node, root.task_id);
  const deep = await running(node, first.task_id);
  const usage = { input_tokens: 10, output_tokens: 2, source: "reported" } as const;
  deep.turn.emit({ kind: "completed", result: { text: "deep" }, usage: { ...usage, cost_usd: 0.5 } });
  first.turn.emit({ kind: "completed", result: { text: "first" }, usage });
  second.turn.fail("broke");
  await node.reaches(deep.task_id, "completed");
  await node.reaches(first.task_id, "completed");
  await node.reaches(second.task_id, "failed");
  const tree = taskTree(node.engine, root.task_id);
  expect(tree.tasks.map((task) => [task.task_id, task.parent_task_id, task.depth, task.status])).toEqual([
    [root.task_id, null, 0, "running"],
    [first.task_id, root.task_id, 1, "completed"],
    [deep.task_id, first.task_id, 2, "completed"],
    [second.task_id, root.task_id, 1, "failed"],
  ]);
  expect(tree.tasks.at(-1)?.last_error).toEqual({ reason: "remote_failed", detail: "broke" });
  expect({ usage: tree.usage, truncated: tree.truncated }).toEqual({
    usage: {
      input_tokens: 20,
      output_tokens: 4,
      cost_usd: 0.5,
      unknown: { input_tokens: 2, output_tokens: 2, cost_usd: 3 },
    },
    truncated: false,
  });
});

it("the tree of a child begins with it, and names its parent", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const root = await running(node);
  const child = await running(node, root.task_id);
  const deep = await running(node, child.task_id);
  const { tasks } = taskTree(node.engine, child.task_id);
  expect(tasks.map((task) => [task.task_id, task.parent_task_id, task.depth])).toEqual([
    [child.task_id, root.task_id, 0],
    [deep.task_id, child.task_id, 1],
  ]);
});

it("a tree of more than 1000 tasks is cut where it is deepest, and says so", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const root = await running(node);
  const child = await running(node, root.task_id);
  const deep = await running(node, child.task_id);
  const trace = { parent_task_id: root.task_id };
  await Promise.all(Array.from({ length: 999 }, () => node.submit({ trace })));
  const { tasks, truncated } = taskTree(node.engine, root.task_id);
  expect([tasks.length, truncated]).toEqual([1000, true]);
  expect(tasks.some(({ task_id }) => task_id === deep.task_id)).toBe(false);
  expect(tasks.some(({ task_id }) => task_id === child.task_id)).toBe(true);
});

it("the tree and the children are found by an index, not by looking at all tasks", async () => {
  await using node = await openEngine();
  const plan = (sql: string) =>
    node.storage.reader
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail);
  const children = plan("SELECT * FROM tasks WHERE parent_task_id = 'x' ORDER BY task_id DESC LIMIT 50");
  expect(children).toEqual([expect.stringContaining("tasks_by_parent")]);
});

it("children have their parent's trace, unless they name another", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const root = await running(node, undefined, { trace: { trace_id: "the-trace" } });
  const child = await running(node, root.task_id);
  const deep = await running(node, child.task_id);
  expect(child.record.trace).toEqual({ trace_id: "the-trace", parent_task_id: root.task_id });
  expect(deep.record.trace).toEqual({ trace_id: "the-trace", parent_task_id: child.task_id });
  const named = { parent_task_id: root.task_id, trace_id: "another" };
  expect((await node.submit({ trace: named })).trace).toEqual(named);
});

it("the list can be asked for the children of a task, newest first", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const root = await running(node);
  const first = await running(node, root.task_id);
  await running(node, first.task_id);
  const second = await running(node, root.task_id);
  const found = node.engine.reader.list({ parent_task_id: root.task_id }, 10);
  expect(found.map(({ task_id }) => task_id)).toEqual([second.task_id, first.task_id]);
});

it("a parent must be there, and open", async () => {
  await using node = await openEngine();
  const { task_id } = await node.submit();
  await node.reaches(task_id, "completed");
  const child = (parent_task_id: string) => refusalOf(node.submit({ trace: { parent_task_id } }));
  expect(await child(task_id)).toBe("parent_not_open");
  expect(await child("01KAT3Q4V5W6X7Y8Z9A0B1C2D3")).toBe("task_not_found");
  expect(node.engine.reader.list({}, 10)).toHaveLength(1);
});

it("eight tasks may lie above a task, and not nine", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  let above = (await running(node)).task_id;
  for (let depth = 1; depth <= 8; depth++) above = (await running(node, above)).task_id;
  expect(await refusalOf(node.submit({ trace: { parent_task_id: above } }))).toBe("loop_detected");
  expect(node.engine.reader.list({}, 20)).toHaveLength(9);
});

it("ancestors that have ended count for the depth, also after a restart", async () => {
  const targets = [fakeTarget(), fakeTarget({ target_id: "helper", capabilities: ["help.out"] })];
  const launch = (start: FakeStart) => start.target.target_id === "tested" && start.ready();
  const node = await openEngine({ targets, fake: { script: byHand, launch } });
  const chain = [await running(node)];
  for (let depth = 1; depth <= 7; depth++) chain.push(await running(node, chain.at(-1)?.task_id));
  const trace = { parent_task_id: chain.at(-1)?.task_id };
  const waiting = await node.submit({ trace, intent: "help.out" });
  node.abandon();
  await using next = await openEngine({ targets, dir: node.dir, fake: { launch: byHand } });
  expect(chain.map(({ task_id }) => next.record(task_id).status)).toEqual(Array(8).fill("failed"));
  const below = { trace: { parent_task_id: waiting.task_id } };
  expect(await refusalOf(next.submit(below))).toBe("loop_detected");
});

it("a child that would wait in the session of its own ancestor is refused; another session is not", async () => {
  await using node = await openEngine({
    targets: [fakeTarget(), fakeTarget({ target_id: "helper", capabilities: ["help.out"] })],
    fake: { script: byHand },
  });
  const root = await running(node, undefined, { conversation_id: "talk" });
  const helper = await running(node, root.task_id, { intent: "help.out", conversation_id: "talk" });
  const back = (conversation_id: string) =>
    refusalOf(node.submit({ trace: { parent_task_id: helper.task_id }, conversation_id }));
  expect(await back("talk")).toBe("loop_detected");
  expect(await back("aside")).toBe("taken");
});

it("a child whose target's places all belong to its ancestors is refused, until one of them has ended", async () => {
  await using node = await openEngine({
    targets: [
      fakeTarget({ max_concurrency: 1 }),
      fakeTarget({ target_id: "helper", capabilities: ["help.out"], max_concurrency: 2 }),
    ],
    fake: { script: byHand },
  });
  const root = await running(node);
  const helper = await running(node, root.task_id, { intent: "help.out" });
  const below = { trace: { parent_task_id: helper.task_id } };
  expect(await refusalOf(node.submit(below))).toBe("loop_detected");
  expect(await refusalOf(node.submit({ ...below, intent: "help.out" }))).toBe("taken");
  root.turn.complete("done");
  await node.reaches(root.task_id, "completed");
  expect(await refusalOf(node.submit(below))).toBe("taken");
});
