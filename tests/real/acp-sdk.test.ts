/** The reference server of the HTTP Agent Communication Protocol: by others, and started by the node. */
import { afterAll, describe, expect, test } from "vitest";
import type { TaskEvent } from "#contracts/events.ts";
import { type CommServer, httpEntry, startServer } from "../comm-agent.ts";
import { freePort } from "../free-port.ts";
import { createHome, eventOf, type Home, startNode, type TestNode } from "../support.ts";
import { acpServer, findAcpSdk } from "./acp-sdk.ts";
import { needRuntime } from "./runtime.ts";

const python = needRuntime("HTTP ACP server", findAcpSdk);
const agents = ["echo", "slow", "approval", "boom", "files", "history"] as const;
type Agent = (typeof agents)[number];

interface Shared {
  readonly server: CommServer;
  readonly home: Home;
  node: TestNode;
}
let shared: Shared | undefined;
const all = new AsyncDisposableStack();

/** One server of others and one node for the tests that end neither. */
async function theNode(): Promise<Shared> {
  if (shared !== undefined) return shared;
  const server = all.use(await startServer(acpServer(python(), await freePort())));
  const home = all.use(createHome(Object.fromEntries(agents.map((agent) => [agent, httpEntry(server.url)]))));
  shared = { server, home, node: await startNode(home) };
  return shared;
}
afterAll(async () => {
  await shared?.node[Symbol.asyncDispose]();
  await all.disposeAsync();
});

const ask = (node: TestNode, agent: Agent, text: string, more: object = {}) =>
  node.submit({ target_runtime: agent, payload: { text }, ...more });

const saidIn = (events: readonly TaskEvent[]): string =>
  events
    .map(({ data }) => ("type" in data && data.type === "message" && "text" in data ? data.text : ""))
    .join("");

/** Resolves when a task has said a word. */
async function said(node: TestNode, task_id: string, word: string): Promise<void> {
  let text = "";
  for await (const event of node.events(task_id)) {
    text += saidIn([event]);
    if (text.includes(word)) return;
  }
  throw new Error(`it said only ${text}`);
}

const words = (count: number) => Array.from({ length: count }, (_, n) => `w${n} `).join("");

describe("the reference server", () => {
  test("answers, with its thoughts before", async () => {
    const { node } = await theNode();
    const { task_id } = await ask(node, "echo", "hello");
    const task = await node.task(task_id, 20);
    expect([task.status, task.result?.text]).toEqual(["completed", "echo: hello"]);
    expect(task.remote?.binding).toBe("acp_comm_http");
    const steps = (await node.history(task_id)).filter(({ kind }) => kind === "task.progress");
    expect(steps.map(({ data }) => "text" in data && data.text)).toEqual(["I should echo it", "echo: hello"]);
  });

  test("streams: words are seen before the end, each once", async () => {
    const { node } = await theNode();
    const { task_id } = await ask(node, "slow", "12");
    await said(node, task_id, "w3 ");
    expect((await node.task(task_id)).status).toBe("running");
    expect((await node.task(task_id, 20)).result?.text).toBe(words(12));
    expect(saidIn(await node.history(task_id))).toBe(words(12));
  });

  test("asks and goes on with the answer; a second answer is refused here", async () => {
    const { node } = await theNode();
    const { task_id } = await ask(node, "approval", "go");
    const task = await node.task(task_id, 20);
    expect(task.awaiting).toMatchObject([{ kind: "input", prompt: "Can I proceed? (yes/no)" }]);
    const answer = { request_id: task.awaiting[0]?.request_id, payload: { text: "yes" } };
    const [first, second] = await Promise.all([
      node.call("POST", `/v1/tasks/${task_id}/resume`, answer),
      node.call("POST", `/v1/tasks/${task_id}/resume`, answer),
    ]);
    expect([first.status, second.status]).toEqual([202, 409]);
    expect((await node.task(task_id, 20)).result?.text).toBe("You said: yes");
    const late = await node.call("POST", `/v1/tasks/${task_id}/resume`, answer);
    expect(late.status).toBe(409);
    const { remote } = await node.task(task_id);
    const { server } = await theNode();
    const run = await fetch(`${server.url}/runs/${remote?.remote_execution_id}`);
    expect((await run.json()).status).toBe("completed");
  });

  test("is cancelled in mid-run, and while it asks; a second cancel changes nothing", async () => {
    const { node } = await theNode();
    const slow = await ask(node, "slow", "600");
    await said(node, slow.task_id, "w1 ");
    await node.call("POST", `/v1/tasks/${slow.task_id}/cancel`);
    await node.call("POST", `/v1/tasks/${slow.task_id}/cancel`);
    const task = await node.task(slow.task_id, 20);
    expect([task.status, task.result?.text]).toEqual(["cancelled", expect.stringMatching(/^w0 w1 /)]);
    const asking = await ask(node, "approval", "go");
    await eventOf(node, asking.task_id, "task.awaiting_input");
    await node.call("POST", `/v1/tasks/${asking.task_id}/cancel`);
    expect((await eventOf(node, asking.task_id, "task.cancelled")).state).toBe("cancelled");
  });

  test("fails with its reason, and what it had said is kept", async () => {
    const { node } = await theNode();
    const task = await node.task((await ask(node, "boom", "x")).task_id, 20);
    expect(task.last_error).toEqual({ reason: "remote_failed", detail: "boom happened (server_error)" });
    expect(task.result?.text).toBe("partial");
  });

  test("makes files, which become artifacts", async () => {
    const { node } = await theNode();
    const { task_id } = await ask(node, "files", "x");
    expect((await node.task(task_id, 20)).result?.text).toBe("two files");
    const made = (await node.history(task_id)).filter(({ kind }) => kind === "artifact.created");
    expect(made.map(({ data }) => data)).toMatchObject([
      { name: "out.txt", media_type: "text/plain", size_bytes: 9 },
      { name: expect.stringContaining("b.bin"), media_type: "application/octet-stream", size_bytes: 4 },
    ]);
  });

  test("remembers a conversation by its session, also for another life of the node", async () => {
    const state = await theNode();
    const talk = { conversation_id: "talk" };
    const text = async (what: string) => {
      const { task_id } = await ask(state.node, "history", what, talk);
      const { result } = await state.node.task(task_id, 20);
      const running = await eventOf(state.node, task_id, "task.running");
      return [result?.text, "continuity" in running.data && running.data.continuity];
    };
    expect(await text("one")).toEqual(["", "fresh"]);
    expect(await text("two")).toEqual([expect.stringContaining("one"), "live"]);
    await state.node.stop();
    state.node = await startNode(state.home);
    expect(await text("three")).toEqual([expect.stringContaining("two"), "resumed"]);
  });

  test("goes on while its node is killed, and every word is taken once", async () => {
    const state = await theNode();
    const { task_id } = await ask(state.node, "slow", "30");
    await said(state.node, task_id, "w5 ");
    const asking = await ask(state.node, "approval", "go");
    await eventOf(state.node, asking.task_id, "task.awaiting_input");
    await state.node.kill();
    state.node = await startNode(state.home);
    const answer = { payload: { text: "yes" } };
    expect((await state.node.call("POST", `/v1/tasks/${asking.task_id}/resume`, answer)).status).toBe(202);
    expect((await state.node.task(asking.task_id, 20)).result?.text).toBe("You said: yes");
    const task = await state.node.task(task_id, 20);
    expect([task.status, task.result?.text]).toEqual(["completed", words(30)]);
    expect(saidIn(await state.node.history(task_id))).toBe(words(30));
  });

  test("of others, killed in mid-run, fails the task with what it had said; up again it takes the next one", async () => {
    const port = await freePort();
    await using server = await startServer(acpServer(python(), port));
    using home = createHome({ slow: httpEntry(server.url) });
    await using node = await startNode(home);
    const { task_id } = await ask(node, "slow", "600");
    await said(node, task_id, "w2 ");
    await server.kill();
    const task = await node.task(task_id, 60);
    expect(task.last_error).toMatchObject({
      reason: "remote_failed",
      detail: expect.stringContaining("could not be reached"),
    });
    expect(task.result?.text).toMatch(/^w0 w1 w2 /);
    await using _again = await startServer(acpServer(python(), port));
    const next = await ask(node, "slow", "2");
    expect(await node.task(next.task_id, 30)).toMatchObject({ last_error: null, result: { text: words(2) } });
  });

  test("that the node starts is up when it answers; killed in mid-run it fails the task, and is started anew", async () => {
    const port = await freePort();
    const more = { adapter: "acp_http", endpoint: `http://127.0.0.1:${port}` };
    const launch = { mode: "managed" };
    using home = createHome({ slow: { command: acpServer(python(), port), launch, more } });
    await using node = await startNode(home);
    const { task_id } = await ask(node, "slow", "600");
    await said(node, task_id, "w2 ");
    const { body } = await node.call<{ details: { process_id: number } }>("GET", "/v1/runtimes/slow/health");
    process.kill(body.details.process_id, "SIGKILL");
    const task = await node.task(task_id, 20);
    expect(task.last_error).toMatchObject({
      reason: "remote_failed",
      detail: expect.stringMatching(/SIGKILL, see launch/),
    });
    expect(task.result?.text).toMatch(/^w0 w1 w2 /);
    const next = await ask(node, "slow", "2");
    expect((await node.task(next.task_id, 30)).result?.text).toBe(words(2));
  });
});
