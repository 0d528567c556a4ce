/** A node that is told to stop. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fakeCommand, fixtureCommand } from "../programs.ts";
import { createHome, type Exit, eventOf, spawnNode, startNode, type TestNode } from "../support.ts";
import { carriers, openLeftBehind } from "./evidence.ts";

const gracefully: Exit = { code: 0, signal: null };
const talk = { mode: "delayed_success", delay_ms: 60_000, heartbeat_ms: 60 };

/** Stops a node and times it; nothing that it started may be left. */
async function stopped(node: TestNode): Promise<{ exit: Exit; tookMs: number; statuses: string[] }> {
  const from = performance.now();
  const exit = await node.stop();
  const tookMs = performance.now() - from;
  using left = openLeftBehind(node.dataDir);
  expect(left.integrity()).toBe("ok");
  expect(carriers(left.launchIds())).toEqual([]);
  expect(existsSync(join(node.dataDir, "node.json"))).toBe(false);
  return { exit, tookMs, statuses: [...left.statuses().values()] };
}

describe("a node that is told to stop", () => {
  test("interrupts the turn that runs, keeps its partial text, and says that it wasn't asked to be cancelled", async () => {
    using home = createHome({ agent: { command: await fakeCommand() } });
    await using node = await startNode(home);
    const { task_id } = await node.submit({ target_runtime: "agent", payload: talk });
    await eventOf(node, task_id, "task.progress");
    expect(await stopped(node)).toMatchObject({ exit: gracefully, statuses: ["failed"] });

    await using next = await startNode(home);
    const task = await next.task(task_id);
    expect(task.last_error?.reason).toBe("interrupted");
    expect(task.result?.text).toMatch(/^\.+$/);
    const kinds = (await next.history(task_id)).map((event) => event.kind);
    expect(kinds).not.toContain("task.cancel_requested");
    expect(kinds.at(-1)).toBe("task.failed");
  });

  test("ends the stream of a reader with the end of its task", async () => {
    using home = createHome({ agent: { command: await fakeCommand() } });
    await using node = await startNode(home);
    const { task_id } = await node.submit({ target_runtime: "agent", payload: talk });
    const kinds: string[] = [];
    for await (const { kind } of node.events(task_id)) {
      if (kind === "task.progress" && kinds.at(-1) !== kind) node.process.kill("SIGTERM");
      kinds.push(kind);
    }
    expect(kinds.at(-1)).toBe("task.failed");
    expect(await node.exited).toEqual(gracefully);
  });

  test("leaves tasks that wait open, and the next life works on them", async () => {
    using home = createHome({
      agent: { command: await fakeCommand(), more: { max_concurrency: 1 } },
      deaf: { command: fixtureCommand("deaf") },
    });
    await using node = await startNode(home);
    const busy = await node.submit({ target_runtime: "agent", payload: talk });
    await eventOf(node, busy.task_id, "task.running");
    const waiting = await node.submit({ target_runtime: "agent", payload: "later" });
    const launching = await node.submit({ target_runtime: "deaf", payload: "later" });
    await eventOf(node, launching.task_id, "runtime.launching");
    const { exit, tookMs, statuses } = await stopped(node);
    expect(exit).toEqual(gracefully);
    expect(statuses).toEqual(["failed", "created", "launching"]);
    expect(tookMs).toBeLessThan(10_000);

    home.setRegistry({ agent: { command: await fakeCommand() }, deaf: { command: await fakeCommand() } });
    await using next = await startNode(home);
    expect((await next.task(waiting.task_id, 20)).result?.text).toBe("echo: later");
    expect((await next.task(launching.task_id, 20)).result?.text).toBe("echo: later");
  }, 30_000);

  test("is out within 10 s also when its agent ignores every word", async () => {
    using home = createHome({
      agent: { command: fixtureCommand("lingering", "--ignore-end", "--ignore-term", "--child", "--setsid") },
    });
    await using node = await startNode(home);
    const { task_id } = await node.submit({ target_runtime: "agent", payload: "text" });
    await eventOf(node, task_id, "task.running");
    const { exit, tookMs, statuses } = await stopped(node);
    expect({ exit, statuses }).toEqual({ exit: gracefully, statuses: ["failed"] });
    expect(tookMs).toBeLessThan(10_000);
    console.log(`out in ${Math.round(tookMs)} ms with an agent that ignores every word`);
    await using next = await startNode(home);
    expect((await next.task(task_id)).last_error?.reason).toBe("interrupted");
  }, 30_000);

  test("takes no more tasks, and says so", async () => {
    using home = createHome({ agent: { command: fixtureCommand("lingering", "--ignore-end") } });
    await using node = await startNode(home);
    const { task_id } = await node.submit({ target_runtime: "agent", payload: "text" });
    await eventOf(node, task_id, "task.running");
    node.process.kill("SIGTERM");
    await expect.poll(node.stderr).toContain('"stopping"');
    const request = { target_runtime: "agent", intent: "test.run", payload: "more" };
    const { status, headers, body } = await node.call("POST", "/v1/tasks", request);
    expect({ status, body }).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await node.exited).toEqual(gracefully);
    using left = openLeftBehind(home.dataDir);
    expect(left.statuses().size).toBe(1);
  }, 15_000);

  test("a second time ends at once; what it left is ended by the next life", async () => {
    using home = createHome({
      agent: { command: fixtureCommand("lingering", "--ignore-end", "--ignore-term") },
    });
    await using node = await startNode(home);
    const { task_id } = await node.submit({ target_runtime: "agent", payload: "text" });
    await eventOf(node, task_id, "task.running");
    node.process.kill("SIGTERM");
    await expect.poll(node.stderr).toContain('"stopping"');
    const from = performance.now();
    node.process.kill("SIGTERM");
    expect(await node.exited).toEqual({ code: 130, signal: null });
    expect(performance.now() - from).toBeLessThan(1000);
    using left = openLeftBehind(home.dataDir);
    expect(carriers(left.launchIds())).toHaveLength(1);

    await using next = await startNode(home);
    expect(carriers(left.launchIds())).toEqual([]);
    expect((await next.task(task_id)).last_error?.reason).toBe("interrupted");
  }, 15_000);

  test("while it starts stops as soon as it is up", async () => {
    using home = createHome({ agent: { command: fixtureCommand("deaf") } });
    await using node = await startNode(home);
    const { task_id } = await node.submit({ target_runtime: "agent", payload: "later" });
    await eventOf(node, task_id, "runtime.launching");
    const launched = () => {
      using now = openLeftBehind(node.dataDir);
      return carriers(now.launchIds());
    };
    await expect.poll(launched, { timeout: 5000 }).toHaveLength(1);
    await node.kill();
    const next = await spawnNode(home);
    await expect.poll(next.stderr, { timeout: 5000 }).toContain("ending a process of an earlier life");
    next.process.kill("SIGTERM");
    expect(await next.exited).toEqual(gracefully);
    expect(existsSync(join(home.dataDir, "node.json"))).toBe(false);
    expect(launched()).toEqual([]);
  }, 15_000);
});
