/** What becomes of runs at HTTP servers when their node ends, and when their server does. */
import { describe, expect, test } from "vitest";
import type { TaskEvent } from "#contracts/events.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import { commAgent, httpEntry, startCommAgent } from "../comm-agent.ts";
import { freePort } from "../free-port.ts";
import { createHome, eventOf, startNode, type TestNode } from "../support.ts";
import { openLeftBehind } from "./evidence.ts";
import { openGate } from "./tcp-gate.ts";

const talk = (delay_ms: number, heartbeat_ms = 40) => ({
  target_runtime: "agent",
  payload: { mode: "delayed_success", delay_ms, heartbeat_ms },
});
const asking = { target_runtime: "agent", payload: { mode: "await_then_resume" } };
const endOf = ({ status, last_error }: TaskRecord) => last_error?.reason ?? status;

/** What a task's events say, joined. */
const saidIn = (events: readonly TaskEvent[]): string =>
  events
    .map(({ kind, data }) => (kind === "task.progress" && "text" in data ? String(data.text) : ""))
    .join("");

/** Resolves when a task has said so much. */
async function said(node: TestNode, task_id: string, length: number): Promise<void> {
  let text = "";
  for await (const event of node.events(task_id)) {
    text += saidIn([event]);
    if (text.length >= length) return;
  }
  throw new Error(`it said only ${text}`);
}

/** A history without gap or repeat, with one beginning and one end. */
async function wholeHistory(node: TestNode, task_id: string): Promise<TaskEvent[]> {
  const events = await node.history(task_id);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ kind }) => kind === "task.running")).toHaveLength(1);
  expect(events.filter(({ kind }) => kind === "task.completed")).toHaveLength(1);
  return events;
}

describe("a run whose node is killed", () => {
  test.each([
    ["streams", []],
    ["is asked again and again", ["--no-stream"]],
    ["keeps no list of events", ["--no-stream", "--no-events"]],
  ])("goes on in the next life with every word once, at a server that %s", async (_how, flags) => {
    await using server = await startCommAgent(...flags);
    using home = createHome({ agent: httpEntry(server.url) });
    await using first = await startNode(home);
    const { task_id } = await first.submit(talk(3000));
    await said(first, task_id, 8);
    await first.kill();
    await using second = await startNode(home);
    const task = await second.task(task_id, 30);
    expect(task.status).toBe("completed");
    expect(task.result?.text).toMatch(/^\.{20,}done$/);
    expect(saidIn(await wholeHistory(second, task_id))).toBe(task.result?.text);
  });

  test("and that ends before the next life has its end, and all that came before it", async () => {
    await using server = await startCommAgent();
    using home = createHome({ agent: httpEntry(server.url) });
    await using first = await startNode(home);
    const { task_id } = await first.submit(talk(600));
    await said(first, task_id, 3);
    await first.kill();
    const run = openLeftBehind(home.dataDir);
    using _run = run;
    const [left] = run.rows<{ adapter_state: string }>("SELECT adapter_state FROM tasks");
    const { run_id } = JSON.parse(left?.adapter_state ?? "{}");
    const status = async () => (await (await fetch(`${server.url}/runs/${run_id}`)).json()).status;
    await expect.poll(status, { timeout: 5000 }).toBe("completed");
    await using second = await startNode(home);
    const task = await second.task(task_id, 30);
    expect(task.status).toBe("completed");
    expect(saidIn(await wholeHistory(second, task_id))).toBe(task.result?.text);
  });

  test("many times over has every word once all the same", async () => {
    await using server = await startCommAgent();
    using home = createHome({ agent: httpEntry(server.url) });
    let task_id = "";
    for (let life = 0; life < 4; life++) {
      await using node = await startNode(home);
      if (life === 0) ({ task_id } = await node.submit(talk(8000, 30)));
      const before = saidIn(await node.history(task_id)).length;
      await said(node, task_id, before + 5);
      await node.kill();
    }
    await using last = await startNode(home);
    const task = await last.task(task_id, 30);
    expect(task.status).toBe("completed");
    expect(saidIn(await wholeHistory(last, task_id))).toBe(task.result?.text);
  });

  test("while it asks still asks the same, and goes on with the answer", async () => {
    await using server = await startCommAgent();
    using home = createHome({ agent: httpEntry(server.url) });
    await using first = await startNode(home);
    const { task_id } = await first.submit(asking);
    await eventOf(first, task_id, "task.awaiting_input");
    const before = await first.task(task_id);
    await first.kill();
    await using second = await startNode(home);
    expect((await second.task(task_id)).awaiting).toEqual(before.awaiting);
    const answer = { payload: { approved: true } };
    expect(await second.call("POST", `/v1/tasks/${task_id}/resume`, answer)).toMatchObject({ status: 202 });
    expect((await second.task(task_id, 20)).result?.text).toBe("resumed: allow_once");
    const events = await wholeHistory(second, task_id);
    expect(events.filter(({ kind }) => kind === "task.awaiting_input")).toHaveLength(1);
    expect(events.filter(({ kind }) => kind === "task.resumed")).toHaveLength(1);
  });

  test("while it was cancelled is cancelled by the next life", async () => {
    await using server = await startCommAgent();
    await using gate = await openGate(server.port);
    using home = createHome({ agent: httpEntry(gate.url) });
    await using first = await startNode(home);
    const { task_id } = await first.submit({ target_runtime: "agent", payload: { mode: "cancelled" } });
    await said(first, task_id, 7);
    await gate.shut();
    await first.call("POST", `/v1/tasks/${task_id}/cancel`);
    await first.kill();
    await gate.open();
    await using second = await startNode(home);
    expect(endOf(await second.task(task_id, 20))).toBe("cancelled");
  });

  test("and whose server was started anew is interrupted, and says why", async () => {
    const port = await freePort();
    await using server = await startCommAgent("--port", String(port));
    using home = createHome({ agent: httpEntry(server.url) });
    await using first = await startNode(home);
    const { task_id } = await first.submit(talk(60_000));
    await said(first, task_id, 3);
    await first.kill();
    await server.kill();
    await using _anew = await startCommAgent("--port", String(port));
    await using second = await startNode(home);
    const task = await second.task(task_id, 20);
    expect(task.last_error).toMatchObject({
      reason: "interrupted",
      detail: expect.stringContaining("does not know the run any more"),
    });
    expect(task.result?.text).toMatch(/^\.{3,}$/);
  });

  test("and whose target has gone is interrupted", async () => {
    await using server = await startCommAgent();
    using home = createHome({ agent: httpEntry(server.url) });
    await using first = await startNode(home);
    const { task_id } = await first.submit(talk(60_000));
    await said(first, task_id, 1);
    await first.kill();
    home.setRegistry({});
    await using second = await startNode(home);
    expect((await second.task(task_id)).last_error).toMatchObject({
      reason: "interrupted",
      detail: expect.stringContaining("its target is not there any more"),
    });
  });

  test("and whose target has gone is not called cancelled, where nobody confirmed it", async () => {
    await using server = await startCommAgent();
    await using gate = await openGate(server.port);
    using home = createHome({ agent: httpEntry(gate.url) });
    await using first = await startNode(home);
    const { task_id } = await first.submit(talk(60_000));
    await said(first, task_id, 7);
    await gate.shut();
    await first.call("POST", `/v1/tasks/${task_id}/cancel`);
    await first.kill();
    home.setRegistry({});
    await using second = await startNode(home);
    const task = await second.task(task_id);
    expect([task.status, task.last_error?.reason]).toEqual(["failed", "cancel_failed"]);
  });

  test("at a server that ended with the node is interrupted", async () => {
    const port = await freePort();
    const launch = { mode: "managed" };
    const more = { adapter: "acp_http", endpoint: `http://127.0.0.1:${port}` };
    using home = createHome({ agent: { command: commAgent("--port", String(port)), launch, more } });
    await using first = await startNode(home);
    const { task_id } = await first.submit(talk(60_000));
    await said(first, task_id, 3);
    await first.kill();
    await using second = await startNode(home);
    expect(endOf(await second.task(task_id))).toBe("interrupted");
    const next = await second.submit({ target_runtime: "agent", payload: "again" });
    expect((await second.task(next.task_id, 20)).result?.text).toBe("echo: again");
  });

  test("keeps its place: others wait behind it", async () => {
    await using server = await startCommAgent();
    using home = createHome({ agent: httpEntry(server.url, { max_concurrency: 1 }) });
    await using first = await startNode(home);
    const running = await first.submit({ target_runtime: "agent", payload: { mode: "silent" } });
    await eventOf(first, running.task_id, "task.running");
    const waiting = await first.submit({ target_runtime: "agent", payload: "behind" });
    await first.kill();
    await using second = await startNode(home);
    expect((await second.task(waiting.task_id, 1)).status).toBe("created");
    await second.call("POST", `/v1/tasks/${running.task_id}/cancel`);
    expect((await second.task(waiting.task_id, 20)).result?.text).toBe("echo: behind");
  });
});

describe("a run whose node is stopped", () => {
  test("is left alone, and goes on in the next life with every word once", async () => {
    await using server = await startCommAgent();
    using home = createHome({ agent: httpEntry(server.url) });
    await using first = await startNode(home);
    const { task_id } = await first.submit(talk(3000));
    await said(first, task_id, 8);
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    using left = openLeftBehind(home.dataDir);
    expect([...left.statuses().values()]).toEqual(["running"]);
    await using second = await startNode(home);
    const task = await second.task(task_id, 30);
    expect(task.status).toBe("completed");
    expect(saidIn(await wholeHistory(second, task_id))).toBe(task.result?.text);
  });
});

describe("a run whose server is out of reach when the node starts", () => {
  /** A life that ended in mid-run, and a next one that finds the door shut. */
  async function outOfReach(request: { readonly [key: string]: unknown }, until: TaskEvent["kind"]) {
    const made = new AsyncDisposableStack();
    const server = made.use(await startCommAgent());
    const gate = made.use(await openGate(server.port));
    const home = made.use(createHome({ agent: httpEntry(gate.url) }));
    const first = await startNode(home);
    const { task_id } = await first.submit(request);
    await eventOf(first, task_id, until);
    await first.kill();
    await gate.shut();
    const node = made.use(await startNode(home));
    return { gate, node, task_id, [Symbol.asyncDispose]: () => made.disposeAsync() };
  }

  test("goes on when the server is back", async () => {
    await using there = await outOfReach(talk(2000), "task.progress");
    const { node, task_id } = there;
    expect((await node.task(task_id, 1)).status).toBe("running");
    await there.gate.open();
    const task = await node.task(task_id, 30);
    expect(task.status).toBe("completed");
    expect(saidIn(await wholeHistory(node, task_id))).toBe(task.result?.text);
  });

  test("can't be answered until then, and its question stays open", async () => {
    await using there = await outOfReach(asking, "task.awaiting_input");
    const { node, task_id } = there;
    const answer = () => node.call("POST", `/v1/tasks/${task_id}/resume`, { payload: { approved: true } });
    expect(await answer()).toMatchObject({ status: 422, body: { code: "answer_rejected" } });
    expect((await node.task(task_id)).awaiting).toHaveLength(1);
    await there.gate.open();
    expect(await answer()).toMatchObject({ status: 202 });
    expect((await node.task(task_id, 20)).result?.text).toBe("resumed: allow_once");
  });

  test("can't be cancelled, and fails as cancel_failed", async () => {
    await using there = await outOfReach(talk(60_000), "task.progress");
    const { node, task_id } = there;
    expect(await node.call("POST", `/v1/tasks/${task_id}/cancel`)).toMatchObject({ status: 202 });
    expect((await node.task(task_id, 20)).last_error).toMatchObject({
      reason: "cancel_failed",
      detail: expect.stringContaining("could not be sent"),
    });
  });

  test("is waited for no longer than its own time", async () => {
    const request = { ...talk(60_000), delivery: { timeout_ms: 2500 } };
    await using there = await outOfReach(request, "task.progress");
    expect(endOf(await there.node.task(there.task_id, 20))).toBe("timeout");
  });
});

describe("a run whose server is killed", () => {
  test("fails as remote_failed when it can't be reached for a while, with what it had said", async () => {
    await using server = await startCommAgent();
    using home = createHome({ agent: httpEntry(server.url) });
    await using node = await startNode(home);
    const { task_id } = await node.submit(talk(60_000));
    await said(node, task_id, 3);
    await server.kill();
    const task = await node.task(task_id, 30);
    expect(task.last_error).toMatchObject({
      reason: "remote_failed",
      detail: expect.stringContaining("could not be reached"),
    });
    expect(task.result?.text).toMatch(/^\.{3,}$/);
    const next = await node.submit({ target_runtime: "agent", payload: "is anybody there?" });
    expect(endOf(await node.task(next.task_id, 20))).toBe("runtime_unavailable");
  });

  test("fails at once when the node had started it, and is launched again for the next task", async () => {
    const port = await freePort();
    const launch = { mode: "managed" };
    const more = { adapter: "acp_http", endpoint: `http://127.0.0.1:${port}` };
    using home = createHome({ agent: { command: commAgent("--port", String(port)), launch, more } });
    await using node = await startNode(home);
    const { task_id } = await node.submit(talk(60_000));
    await said(node, task_id, 3);
    const health = await node.call<{ details: { process_id: number } }>("GET", "/v1/runtimes/agent/health");
    process.kill(health.body.details.process_id, "SIGKILL");
    const task = await node.task(task_id, 20);
    expect(task.last_error).toMatchObject({
      reason: "remote_failed",
      detail: expect.stringMatching(/SIGKILL, see launch/),
    });
    const next = await node.submit({ target_runtime: "agent", payload: "again" });
    expect((await node.task(next.task_id, 20)).result?.text).toBe("echo: again");
  });
});
