/** How long a cancel takes, of runtimes that obey and of those that don't. CANCELS: how many of each kind. */
import { describe, expect, test } from "vitest";
import type { TaskRecord } from "#contracts/tasks.ts";
import { percentile } from "../bench/measure.ts";
import { fakeCommand } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, eventOf, startNode, type TestNode } from "../support.ts";

const cancels = Number(process.env["CANCELS"] ?? 10);
const atOnce = 20;

/** Cancels a task that runs; gives the milliseconds to its end. */
async function cancelOne(node: TestNode, payload: object): Promise<{ ms: number; task: TaskRecord }> {
  const { task_id } = await node.submit({ target_runtime: "agent", payload });
  await eventOf(node, task_id, "task.running");
  const begin = performance.now();
  expect((await node.call("POST", `/v1/tasks/${task_id}/cancel`)).status).toBe(202);
  let task = await node.task(task_id, 30);
  while (task.finished_at === null) task = await node.task(task_id, 30);
  return { ms: performance.now() - begin, task };
}

/** The 99th percentile of so many cancels, some at a time. */
async function p99Of(node: TestNode, payload: object, isRight: (task: TaskRecord) => void): Promise<number> {
  const times: number[] = [];
  let left = cancels;
  const lane = async () => {
    while (left-- > 0) {
      const { ms, task } = await cancelOne(node, payload);
      isRight(task);
      times.push(ms);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, cancels) }, lane));
  expect(times).toHaveLength(cancels);
  return percentile(
    times.sort((a, b) => a - b),
    0.99,
  );
}

describe("a cancel beside a session that goes on in the same process", () => {
  test(`is over within 2 s where the runtime obeys, and within 12 s where it doesn't (${cancels} of each)`, {
    timeout: 120_000 + cancels * 2000,
  }, async () => {
    using home = createHome({ agent: { command: await fakeCommand() } });
    await using node = await startNode({ ...home, args: ["--log-level", "error"] });
    const bystander = await node.submit({ target_runtime: "agent", payload: { mode: "silent" } });
    await eventOf(node, bystander.task_id, "task.running");
    const obeys = await p99Of(node, { mode: "cancelled" }, ({ status }) => expect(status).toBe("cancelled"));
    const ignores = await p99Of(node, { mode: "ignore_cancel" }, ({ status, last_error }) =>
      expect(last_error?.reason ?? status).toMatch(/^(cancelled|cancel_failed)$/),
    );
    expect((await node.task(bystander.task_id)).status).toBe("running");
    expect((await cancelOne(node, { mode: "cancelled" })).task.status).toBe("cancelled");
    const { body } = await node.call<{ launches: unknown[] }>("GET", "/v1/runtimes/agent/launches");
    expect(body.launches).toHaveLength(1);
    tellFigures("G10", { cancels, p99ObeyingMs: obeys, p99IgnoringMs: ignores });
    expect(obeys).toBeLessThanOrEqual(2000);
    expect(ignores).toBeLessThanOrEqual(12_000);
  });
});
