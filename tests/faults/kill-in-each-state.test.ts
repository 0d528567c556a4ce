/** What becomes of a task in each state when its node is killed and started again. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import type { TaskRecord } from "#contracts/tasks.ts";
import { fakeCommand, fixtureCommand } from "../programs.ts";
import { createHome, eventOf, type Home, startNode, type TestNode } from "../support.ts";
import { carriers, openLeftBehind } from "./evidence.ts";

/** Kills a node; tells how its tasks stand on disk. */
async function killed(node: TestNode): Promise<{ statuses: string[]; launchIds: string[] }> {
  await node.kill();
  using left = openLeftBehind(node.dataDir);
  expect(left.integrity()).toBe("ok");
  expect(left.gaps()).toEqual([]);
  return { statuses: [...left.statuses().values()], launchIds: left.launchIds() };
}

/** The kinds of a task's events behind those that the first life wrote. */
async function kindsSince(node: TestNode, task_id: string, before: number): Promise<string[]> {
  return (await node.history(task_id)).slice(before).map((event) => event.kind);
}

const endOf = ({ status, last_error }: TaskRecord) => last_error?.reason ?? status;
const oneAtATime = { more: { max_concurrency: 1 } };
/** Never greets, so that its launch hangs. */
const deaf = { command: fixtureCommand("deaf") };
/** Never answers session/new, so that the hand-over hangs. */
const undecided = { command: fixtureCommand("scripted", "--new", "null") };
/** A result that comes in a next life. */
const later = "echo: later";

interface KilledInLaunch {
  readonly task_id: string;
  /** How many events the first life wrote. */
  readonly events: number;
  readonly launchIds: readonly string[];
}

/** A first life that ended while its task was launched. */
async function killedInLaunch(home: Home): Promise<KilledInLaunch> {
  home.setRegistry({ agent: deaf });
  await using first = await startNode(home);
  const { task_id } = await first.submit({ target_runtime: "agent", payload: "later" });
  const { seq } = await eventOf(first, task_id, "runtime.launching");
  const launched = async () => {
    using now = openLeftBehind(first.dataDir);
    return carriers(now.launchIds());
  };
  await expect.poll(launched, { timeout: 5000 }).toHaveLength(1);
  const { statuses, launchIds } = await killed(first);
  expect(statuses).toEqual(["launching"]);
  expect(carriers(launchIds)).toHaveLength(1);
  home.setRegistry({ agent: { command: await fakeCommand() } });
  return { task_id, events: seq, launchIds };
}

/** Writes one more event into the log of a node that has gone: these states are never left on disk. */
function plant(home: Home, { task_id, events }: KilledInLaunch, kind: string, state: string): void {
  const database = new Database(join(home.dataDir, "aethrolink.db"));
  database
    .prepare(
      `INSERT INTO task_events (event_id, task_id, seq, kind, state, source, data, created_at, target)
       SELECT ?, task_id, last_seq + 1, ?, ?, 'core', '{}', updated_at, resolved_runtime FROM tasks WHERE task_id = ?`,
    )
    .run(`${task_id.slice(0, -1)}X`, kind, state, task_id);
  database
    .prepare("UPDATE tasks SET status = ?, last_seq = ? WHERE task_id = ?")
    .run(state, events + 1, task_id);
  database.close();
}

describe("a task whose node is killed while it is created", () => {
  test("waits for its place again and is then worked on, behind those that came before", async () => {
    using home = createHome({ agent: { command: await fakeCommand(), ...oneAtATime } });
    await using first = await startNode(home);
    const busy = await first.submit({ target_runtime: "agent", payload: { mode: "silent" } });
    await eventOf(first, busy.task_id, "task.running");
    const waiting = [];
    for (const text of ["a", "b", "c"])
      waiting.push(await first.submit({ target_runtime: "agent", payload: text }));
    expect((await killed(first)).statuses).toEqual(["running", "created", "created", "created"]);

    await using second = await startNode(home);
    expect(endOf(await second.task(busy.task_id))).toBe("interrupted");
    const done = [];
    for (const { task_id } of waiting) done.push(await second.task(task_id, 20));
    expect(done.map((task) => task.result?.text)).toEqual(["echo: a", "echo: b", "echo: c"]);
    const finished = done.map((task) => task.finished_at);
    expect(finished).toEqual([...finished].sort());
  });

  test("waits for its turn between senders again: those of each in their order, one of each at a time", async () => {
    using home = createHome({
      agent: { command: await fakeCommand(), more: { max_concurrency: 1, queue: 6 } },
    });
    await using first = await startNode(home);
    const busy = await first.submit({ target_runtime: "agent", payload: { mode: "silent" }, sender: "a" });
    await eventOf(first, busy.task_id, "task.running");
    const waiting = [];
    for (const sender of ["a", "a", "a", "b", "a", "b"]) {
      waiting.push(await first.submit({ target_runtime: "agent", payload: "text", sender }));
    }
    const more = { intent: "test.run", target_runtime: "agent", payload: "text" };
    expect(await first.call("POST", "/v1/tasks", more)).toMatchObject({ status: 429 });
    expect((await killed(first)).statuses).toEqual(["running", ...waiting.map(() => "created")]);

    await using second = await startNode(home);
    const begun: string[] = [];
    for (const { task_id } of waiting) {
      expect((await second.task(task_id, 20)).status).toBe("completed");
    }
    for await (const { kind, task_id } of second.allEvents()) {
      const at = waiting.findIndex((task) => task.task_id === task_id);
      if (kind === "task.running" && at >= 0) begun.push(`${waiting[at]?.sender}${at}`);
      if (begun.length === waiting.length) break;
    }
    expect(begun).toEqual(["a0", "b3", "a1", "b5", "a2", "a4"]);
  });

  test("fails as route_not_found when its target has gone from the registry", async () => {
    using home = createHome({ agent: { command: await fakeCommand(), ...oneAtATime } });
    await using first = await startNode(home);
    const busy = await first.submit({ target_runtime: "agent", payload: { mode: "silent" } });
    await eventOf(first, busy.task_id, "task.running");
    const { task_id } = await first.submit({ target_runtime: "agent", payload: "text" });
    expect((await killed(first)).statuses).toEqual(["running", "created"]);

    home.setRegistry({});
    await using second = await startNode(home);
    expect(endOf(await second.task(task_id))).toBe("route_not_found");
    expect(endOf(await second.task(busy.task_id))).toBe("interrupted");
  });

  test("fails as timeout when its time in the queue is used up, the time without a node included", async () => {
    using home = createHome({ agent: { command: await fakeCommand(), ...oneAtATime } });
    await using first = await startNode(home);
    const busy = await first.submit({ target_runtime: "agent", payload: { mode: "silent" } });
    await eventOf(first, busy.task_id, "task.running");
    const queue = { delivery: { queue_timeout_ms: 400 } };
    const { task_id } = await first.submit({ target_runtime: "agent", payload: "text", ...queue });
    expect((await killed(first)).statuses).toEqual(["running", "created"]);

    home.setRegistry({ agent: { ...deaf, ...oneAtATime } });
    await using second = await startNode(home);
    expect(endOf(await second.task(task_id, 20))).toBe("timeout");
  });
});

describe("a task whose node is killed before it is handed over", () => {
  test("goes from launching back to pending_launch and is launched again; the former launch is ended first", async () => {
    using home = createHome();
    const { task_id, events, launchIds } = await killedInLaunch(home);
    await using second = await startNode(home);
    expect(carriers(launchIds)).toEqual([]);
    expect((await second.task(task_id, 20)).result?.text).toBe(later);
    const kinds = await kindsSince(second, task_id, events);
    expect(kinds[0]).toBe("runtime.pending_launch");
    expect(kinds).toContain("runtime.launching");
  });

  test.each([
    ["ready", "runtime.ready", "runtime.pending_launch"],
    ["pending_launch", "runtime.pending_launch", "runtime.launching"],
  ])("and stands as %s goes on", async (state, kind, first) => {
    using home = createHome();
    const left = await killedInLaunch(home);
    plant(home, left, kind, state);
    await using second = await startNode(home);
    expect((await second.task(left.task_id, 20)).result?.text).toBe(later);
    expect((await kindsSince(second, left.task_id, left.events + 1))[0]).toBe(first);
  });
});

describe("a task whose node is killed when it may have been handed over", () => {
  test("fails from dispatching as interrupted, and says that it is unknown whether the runtime took it", async () => {
    using home = createHome({ agent: undecided });
    await using first = await startNode(home);
    const { task_id } = await first.submit({ target_runtime: "agent", payload: "text" });
    await eventOf(first, task_id, "task.dispatching");
    expect((await killed(first)).statuses).toEqual(["dispatching"]);
    await using second = await startNode(home);
    const { last_error } = await second.task(task_id);
    expect(last_error).toMatchObject({ reason: "interrupted", detail: expect.stringContaining("unknown") });
  });

  test("fails from running as interrupted, with what readers saw kept; the next task runs", async () => {
    using home = createHome({ agent: { command: await fakeCommand() } });
    await using first = await startNode(home);
    const talk = { mode: "delayed_success", delay_ms: 60_000, heartbeat_ms: 60 };
    const { task_id } = await first.submit({ target_runtime: "agent", payload: talk });
    const { seq } = await eventOf(first, task_id, "task.progress");
    const seen = (await first.history(task_id)).slice(0, seq);
    expect((await killed(first)).statuses).toEqual(["running"]);
    await using second = await startNode(home);
    expect(endOf(await second.task(task_id))).toBe("interrupted");
    const history = await second.history(task_id);
    expect(history.slice(0, seq)).toEqual(seen);
    expect(history.at(-1)?.kind).toBe("task.failed");
    const next = await second.submit({ target_runtime: "agent", payload: "later" });
    expect((await second.task(next.task_id, 20)).result?.text).toBe(later);
  });

  test("is cancelled when its cancel was under way", async () => {
    using home = createHome({ agent: { command: await fakeCommand() } });
    await using first = await startNode(home);
    const stubborn = { target_runtime: "agent", payload: { mode: "ignore_cancel" } };
    const { task_id } = await first.submit(stubborn);
    await eventOf(first, task_id, "task.running");
    expect((await first.call("POST", `/v1/tasks/${task_id}/cancel`)).status).toBe(202);
    expect((await killed(first)).statuses).toEqual(["running"]);
    await using second = await startNode(home);
    expect(endOf(await second.task(task_id))).toBe("cancelled");
  });

  test("fails as timeout when its running time was used up and its cancel was under way", async () => {
    using home = createHome({ agent: { command: await fakeCommand() } });
    await using first = await startNode(home);
    const delivery = { timeout_ms: 300 };
    const stubborn = { target_runtime: "agent", payload: { mode: "ignore_cancel" }, delivery };
    const { task_id } = await first.submit(stubborn);
    await eventOf(first, task_id, "task.cancel_requested");
    expect((await killed(first)).statuses).toEqual(["running"]);
    await using second = await startNode(home);
    expect(endOf(await second.task(task_id))).toBe("timeout");
  });
});

describe("a task whose node is killed after its end", () => {
  test.each([
    ["success", "completed"],
    ["submit_fail", "remote_failed"],
    ["cancelled", "cancelled"],
  ])("by %s stays as it is", async (mode, end) => {
    using home = createHome({ agent: { command: await fakeCommand() } });
    await using first = await startNode(home);
    const { task_id } = await first.submit({ target_runtime: "agent", payload: { mode } });
    await eventOf(first, task_id, mode === "cancelled" ? "task.progress" : "task.running");
    if (mode === "cancelled") await first.call("POST", `/v1/tasks/${task_id}/cancel`);
    const before = await first.task(task_id, 20);
    expect(endOf(before)).toBe(end);
    const history = await first.history(task_id);
    await killed(first);
    await using second = await startNode(home);
    expect(await second.task(task_id)).toEqual(before);
    expect(await second.history(task_id)).toEqual(history);
  });

  test("is what its idempotency key still answers with", async () => {
    using home = createHome({ agent: { command: await fakeCommand() } });
    const request = { target_runtime: "agent", intent: "test.run", payload: "later" };
    const key = { "idempotency-key": "once" };
    await using first = await startNode(home);
    const made = await first.call<{ task: TaskRecord }>("POST", "/v1/tasks", request, key);
    await first.task(made.body.task.task_id, 20);
    await killed(first);
    await using second = await startNode(home);
    const again = await second.call<{ task: TaskRecord }>("POST", "/v1/tasks", request, key);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body.task).toMatchObject({ task_id: made.body.task.task_id, status: "completed" });
  });
});
