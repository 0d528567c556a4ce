import { expect, it } from "vitest";
import { fakeTarget, type OpenEngine, openEngine } from "../../open-engine.ts";

async function filled(): Promise<{ node: OpenEngine; ids: string[] }> {
  const node = await openEngine({ targets: [fakeTarget(), fakeTarget({ target_id: "other" })] });
  const ids: string[] = [];
  for (let n = 0; n < 12; n++) {
    const { task_id } = await node.submit({
      target_runtime: n % 2 === 0 ? "tested" : "other",
      sender: n % 3 === 0 ? "alice" : "bob",
      conversation_id: n < 6 ? "one" : "two",
      payload: n === 5 ? { mode: "submit_fail" } : { text: "hello" },
    });
    await node.reaches(task_id, n === 5 ? "failed" : "completed");
    node.clock.advance(1000);
    ids.push(task_id);
  }
  return { node, ids };
}

it("lists by every filter and all of them together, newest first", async () => {
  const { node, ids } = await filled();
  await using _ = node;
  const list = (filter: Parameters<typeof node.engine.reader.list>[0]) =>
    node.engine.reader.list(filter, 100).map((task) => ids.indexOf(task.task_id));
  expect(list({})).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  expect(list({ status: "failed" })).toEqual([5]);
  expect(list({ target: "tested" })).toEqual([10, 8, 6, 4, 2, 0]);
  expect(list({ sender: "alice" })).toEqual([9, 6, 3, 0]);
  expect(list({ conversation_id: "two" })).toEqual([11, 10, 9, 8, 7, 6]);
  expect(list({ before: ids[3] })).toEqual([2, 1, 0]);
  const start = Date.parse("2026-11-23T09:00:00.000Z");
  expect(list({ created_after: start + 9000 })).toEqual([11, 10]);
  expect(
    list({ status: "completed", target: "tested", sender: "alice", conversation_id: "one", before: ids[6] }),
  ).toEqual([0]);
});

it("pages without gap or repeat", async () => {
  const { node, ids } = await filled();
  await using _ = node;
  const seen: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = node.engine.reader.list({ before }, 5);
    seen.push(...page.map((task) => task.task_id));
    before = page.at(-1)?.task_id;
    if (page.length < 5) break;
  }
  expect(seen).toEqual(ids.toReversed());
});

it("tasks are in the order in which they were accepted, however long their payload took to be stored", async () => {
  await using node = await openEngine();
  const large = node.submit({ payload: { text: "x".repeat(20_000) } });
  const small = await node.submit();
  const { task_id } = await large;
  expect([small.task_id, task_id].toSorted()).toEqual([small.task_id, task_id]);
});
