/** Two nodes, one of which is killed at an exact moment of a relayed task, and started again. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { eventOf } from "../support.ts";
import { openLeftBehind, prompts } from "./evidence.ts";
import { faultIn, openRelayNodes } from "./relay-nodes.ts";

const killAt = fileURLToPath(new URL("../fixtures/preloads/kill-at.mjs", import.meta.url));

interface Point {
  readonly node: "desk" | "build";
  readonly point: string;
  readonly end: "completed" | "interrupted";
}

const points: readonly Point[] = [
  { node: "desk", point: "after task.created", end: "completed" },
  { node: "desk", point: "before task.dispatching", end: "completed" },
  { node: "desk", point: "after task.dispatching", end: "completed" },
  { node: "desk", point: "before task.running", end: "completed" },
  { node: "desk", point: "after task.progress", end: "completed" },
  { node: "desk", point: "before task.completed", end: "completed" },
  { node: "build", point: "before task.created", end: "completed" },
  { node: "build", point: "after task.created", end: "completed" },
  { node: "build", point: "after task.dispatching", end: "interrupted" },
  { node: "build", point: "after task.running", end: "interrupted" },
  { node: "build", point: "after task.progress", end: "interrupted" },
  { node: "build", point: "after task.completed", end: "completed" },
];

describe("a relayed task", () => {
  test.each(points)(
    "is $end, and was prompted at most once, when $node is killed $point",
    async ({ node, point, end }) => {
      await using nodes = await openRelayNodes();
      await nodes[node].stop();
      await nodes.restart(node, { env: { KILL_AT: point }, preload: [killAt] });
      const killed = nodes[node];
      const given = nodes.desk
        .submit({
          target_runtime: "build/counting",
          payload: { chunks: 3, every_ms: 60 },
          delivery: { when_offline: "queue" },
        })
        .catch(() => undefined);
      expect(await killed.exited).toEqual({ code: null, signal: "SIGKILL" });
      await nodes.restart(node);
      await given;
      const { tasks } = (await nodes.desk.call<{ tasks: { task_id: string }[] }>("GET", "/v1/tasks")).body;
      expect(tasks).toHaveLength(1);
      const task_id = tasks[0]?.task_id ?? "";
      const task = await nodes.desk.task(task_id, 30);
      expect(task.status === "failed" ? task.last_error?.reason : task.status).toBe(end);
      expect(faultIn(await nodes.desk.history(task_id))).toBeUndefined();
      const ran = [...prompts(nodes.countFile).values()];
      expect(ran.filter((times) => times > 1)).toEqual([]);
      expect(ran.length).toBeLessThanOrEqual(1);
      if (end === "completed") expect(ran).toEqual([1]);
      await Promise.all([nodes.desk.stop(), nodes.build.stop()]);
      for (const { dataDir } of Object.values(nodes.homes)) {
        using behind = openLeftBehind(dataDir);
        expect(behind.integrity()).toBe("ok");
        expect(behind.gaps()).toEqual([]);
        expect(behind.statuses().size).toBe(1);
      }
    },
    90_000,
  );

  test("goes on there while its own node is stopped, and is completed in that one's next life", async () => {
    await using nodes = await openRelayNodes();
    const payload = { chunks: 40, every_ms: 50 };
    const { task_id } = await nodes.desk.submit({ target_runtime: "build/counting", payload });
    await eventOf(nodes.desk, task_id, "task.progress");
    expect(await nodes.desk.stop()).toEqual({ code: 0, signal: null });
    await nodes.restart("desk");
    expect(await nodes.desk.task(task_id, 30)).toMatchObject({ status: "completed" });
    expect(faultIn(await nodes.desk.history(task_id))).toBeUndefined();
    expect([...prompts(nodes.countFile).values()]).toEqual([1]);
  }, 60_000);
});
