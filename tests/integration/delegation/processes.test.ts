/** What the processes of the node may delegate. */
import { expect, it } from "vitest";
import type { Delegator } from "#src/core/access.ts";
import { fakeTarget, openEngine } from "../../open-engine.ts";
import { byHand, refusalOf, running } from "./world.ts";

const help = { intent: "help.out" };
const targets = [fakeTarget(), fakeTarget({ target_id: "helper", capabilities: ["help.out"] })];
/** The first process that is started here, of the target `tested`. */
const process: Delegator = { target_id: "tested", launch_id: "launch-1" };
const agent: Delegator = { target_id: "tested", launch_id: undefined };

it("a process with one open task has it as the parent of what it delegates, and is its sender", async () => {
  await using node = await openEngine({ targets, fake: { script: byHand } });
  const root = await running(node);
  const child = await node.submit(help, process);
  expect([child.sender, child.trace]).toEqual([
    "tested",
    { trace_id: root.record.trace.trace_id, parent_task_id: root.task_id },
  ]);
});

it("a process with several open tasks must name the one", async () => {
  await using node = await openEngine({ targets, fake: { script: byHand } });
  const first = await running(node);
  const second = await running(node);
  await expect(node.submit(help, process)).rejects.toMatchObject({
    code: "parent_ambiguous",
    message: expect.stringContaining(`${first.task_id}, ${second.task_id}`),
  });
  const named = await node.submit({ ...help, trace: { parent_task_id: second.task_id } }, process);
  expect(named.trace.parent_task_id).toBe(second.task_id);
  first.turn.complete("done");
  await node.reaches(first.task_id, "completed");
  expect((await node.submit(help, process)).trace.parent_task_id).toBe(second.task_id);
});

it("a process without an open task delegates nothing", async () => {
  await using node = await openEngine({ targets, fake: { script: byHand } });
  const only = await running(node);
  only.turn.complete("done");
  await node.reaches(only.task_id, "completed");
  expect(await refusalOf(node.submit(help, process))).toBe("parent_not_open");
  const named = { ...help, trace: { parent_task_id: only.task_id } };
  expect(await refusalOf(node.submit(named, process))).toBe("parent_not_open");
});

it("a process can't name a task of another process, or none at all", async () => {
  await using node = await openEngine({ targets, fake: { script: byHand } });
  await running(node);
  const other = await running(node, undefined, { ...help });
  const twin = await running(node, undefined, { runtime_options: { executor: "default" } });
  const naming = (parent_task_id: string) =>
    refusalOf(node.submit({ ...help, trace: { parent_task_id } }, process));
  expect(twin.turn.lease.launch_id).not.toBe(process.launch_id);
  expect(await naming(other.task_id)).toBe("forbidden");
  expect(await naming(twin.task_id)).toBe("forbidden");
  expect(await naming("01KAT3Q4V5W6X7Y8Z9A0B1C2D3")).toBe("forbidden");
});

it("an agent that was not started here names a task that it is the target of, or delegates at no task's behest", async () => {
  await using node = await openEngine({ targets, fake: { script: byHand } });
  const own = await running(node);
  const other = await running(node, undefined, { ...help });
  const naming = (parent_task_id: string) =>
    refusalOf(node.submit({ ...help, trace: { parent_task_id } }, agent));
  expect(await naming(own.task_id)).toBe("taken");
  expect(await naming(other.task_id)).toBe("forbidden");
  expect((await node.submit(help, agent)).trace.parent_task_id).toBeUndefined();
});

it("a process may delegate as soon as it is handed the work", async () => {
  const asked: Promise<string>[] = [];
  await using node = await openEngine({
    targets,
    fake: {
      script: byHand,
      submit: ({ intent }) => {
        if (intent === "test.run") asked.push(refusalOf(node.submit(help, process)));
      },
    },
  });
  await running(node);
  expect(await Promise.all(asked)).toEqual(["taken"]);
});
