/** A node that is killed at an exact moment of a task's way, and started again. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import type { TaskStatus } from "#contracts/enums.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import { fixtureCommand } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, startNode, type TestNode } from "../support.ts";
import { carriers, openLeftBehind, prompts } from "./evidence.ts";

const killAt = fileURLToPath(new URL("../fixtures/preloads/kill-at.mjs", import.meta.url));
const request = { target_runtime: "counting", payload: { chunks: 3, every_ms: 60 } };

interface Point {
  /** As the preload takes it. */
  readonly point: string;
  /** How the task stands on disk when the node is dead. */
  readonly left: "absent" | TaskStatus;
  /** How it ends in the next life. */
  readonly end: "absent" | "completed" | "interrupted";
  /** How many prompts the agent may have had in both lives together. */
  readonly prompts: readonly number[];
}

const points: readonly Point[] = [
  { point: "before task.created", left: "absent", end: "absent", prompts: [0] },
  { point: "after task.created", left: "launching", end: "completed", prompts: [1] },
  { point: "before spawn", left: "launching", end: "completed", prompts: [1] },
  { point: "before runtime.ready", left: "launching", end: "completed", prompts: [1] },
  { point: "after task.dispatching", left: "dispatching", end: "interrupted", prompts: [0] },
  { point: "before prompt", left: "dispatching", end: "interrupted", prompts: [0] },
  { point: "after prompt", left: "dispatching", end: "interrupted", prompts: [0, 1] },
  { point: "before task.running", left: "dispatching", end: "interrupted", prompts: [0, 1] },
  { point: "after task.running", left: "running", end: "interrupted", prompts: [0, 1] },
  { point: "after task.progress", left: "running", end: "interrupted", prompts: [1] },
  { point: "before task.completed", left: "running", end: "interrupted", prompts: [1] },
  { point: "after task.completed", left: "completed", end: "completed", prompts: [1] },
];

const endOf = ({ status, last_error }: TaskRecord) => (status === "failed" ? last_error?.reason : status);

async function tasksOf(node: TestNode): Promise<TaskRecord[]> {
  return (await node.call<{ tasks: TaskRecord[] }>("GET", "/v1/tasks")).body.tasks;
}

describe("a node that is killed", () => {
  const counted: number[] = [];
  afterAll(() => {
    if (counted.length > 0) tellFigures("G5", { points: counted.length, mostPrompts: Math.max(...counted) });
  });

  test.concurrent.each(points)(
    "$point leaves a task that is $left, and $end in the next life, and never prompted twice",
    async ({ point, left, end, prompts: allowed }) => {
      using home = createHome();
      const countFile = join(home.path, "count");
      home.setRegistry({
        counting: { command: fixtureCommand("counting", "--stay"), env: { COUNT_FILE: countFile } },
      });
      const env = { KILL_AT: point };
      await using first = await startNode({ ...home, env, preload: [killAt] });
      const acknowledged = await first.submit(request).catch(() => undefined);
      expect(await first.exited).toEqual({ code: null, signal: "SIGKILL" });
      using behind = openLeftBehind(home.dataDir);
      expect(behind.integrity()).toBe("ok");
      expect(behind.gaps()).toEqual([]);
      expect([...behind.statuses().values()]).toEqual(left === "absent" ? [] : [left]);

      await using second = await startNode(home);
      expect(carriers(behind.launchIds())).toEqual([]);
      const [task, ...others] = await tasksOf(second);
      expect(others).toEqual([]);
      if (acknowledged !== undefined) expect(task?.task_id).toBe(acknowledged.task_id);
      expect(task === undefined ? "absent" : endOf(await second.task(task.task_id, 20))).toBe(end);
      const prompted = [...prompts(countFile).values()][0] ?? 0;
      expect(allowed).toContain(prompted);
      counted.push(prompted);
    },
    30_000,
  );
});
