/** fake-acp-comm-agent --register: a server that somebody started by hand, registers itself and is given tasks. */
import { execa } from "execa";
import { expect, it } from "vitest";
import type { AgentRecord } from "#contracts/agents.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import { commAgent } from "../comm-agent.ts";
import { fakeCommand } from "../programs.ts";
import { createHome, startNode, type TestNode } from "../support.ts";
import { watch } from "./cli/command.ts";

const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("AETHROLINK_")),
);

/** Started as a person would, beside the node of a data directory. */
function startByHand(dataDir: string, flags: readonly string[], env: object = {}) {
  const [program = "", ...args] = commAgent("--port", "0", "--register", ...flags);
  const child = execa(program, args, {
    env: { ...clean, AETHROLINK_DATA_DIR: dataDir, ...env },
    extendEnv: false,
    reject: false,
    cleanup: true,
  });
  return { child, said: watch(child.stderr), pid: child.pid ?? 0 };
}

const recordOf = async (node: TestNode, agent_id: string) =>
  (await node.call<AgentRecord>("GET", `/v1/agents/${agent_id}`)).body;

const asked = { target_runtime: "scribe", intent: "notes.write", payload: { text: "hello" } };

it("registers itself, is given tasks by intent, and is taken out when it is stopped", async () => {
  using home = createHome();
  await using node = await startNode(home);
  const agent = startByHand(home.dataDir, [
    "--agent-id",
    "scribe",
    "--capabilities",
    "notes.write,notes.read",
  ]);
  await agent.said.shows(/is registered as scribe\n/);
  expect(await recordOf(node, "scribe")).toMatchObject({
    transport_kind: "external",
    adapter: "acp_http",
    dialect: "acp",
    capabilities: ["notes.write", "notes.read"],
    status: "online",
  });
  const { task_id } = await node.submit({ intent: "notes.read", payload: { text: "hello" } });
  expect(await node.task(task_id, 20)).toMatchObject({
    status: "completed",
    resolved_runtime: "scribe",
    result: { text: "echo: hello" },
  });
  agent.child.kill("SIGTERM");
  expect((await agent.child).exitCode).toBe(0);
  expect((await node.call("GET", "/v1/agents/scribe")).status).toBe(404);
  expect((await node.call("POST", "/v1/tasks", asked)).status).toBe(404);
});

it("stays online by its heartbeats, and is offline after its lease when it is killed", async () => {
  using home = createHome();
  await using node = await startNode(home);
  const agent = startByHand(home.dataDir, ["--agent-id", "scribe", "--lease-ttl-seconds", "2"]);
  await agent.said.shows(/is registered as scribe\n/);
  const first = await recordOf(node, "scribe");
  await expect
    .poll(async () => (await recordOf(node, "scribe")).lease_expires_at, { timeout: 10_000 })
    .not.toBe(first.lease_expires_at);
  agent.child.kill("SIGKILL");
  await agent.child;
  await expect.poll(async () => (await recordOf(node, "scribe")).status, { timeout: 10_000 }).toBe("offline");
  // Offline, it is still registered: a task is taken, and says that nobody is there.
  const { task_id } = await node.submit({ ...asked, intent: "demo.comm" });
  expect(await node.task(task_id, 20)).toMatchObject({
    status: "failed",
    last_error: { reason: "runtime_unavailable" },
  });
});

it("registers again under its own id with a node that doesn't have it any more", async () => {
  using home = createHome();
  await using node = await startNode(home);
  const agent = startByHand(home.dataDir, ["--agent-id", "scribe", "--lease-ttl-seconds", "2"]);
  await agent.said.shows(/is registered as scribe\n/);
  await node.call("POST", "/v1/agents/scribe/unregister");
  await expect.poll(async () => (await recordOf(node, "scribe")).status, { timeout: 10_000 }).toBe("online");
  const { body } = await node.call<{ agents: AgentRecord[] }>("GET", "/v1/agents");
  expect(body.agents.map(({ agent_id }) => agent_id)).toEqual(["scribe"]);
  agent.child.kill("SIGTERM");
  await agent.child;
});

it("ends where the node says for certain that it can't be registered", async () => {
  using home = createHome({ taken: { command: await fakeCommand() } });
  await using _node = await startNode(home);
  const { exitCode, stderr } = await startByHand(home.dataDir, ["--agent-id", "taken"]).child;
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^fake-acp-comm-agent: .*taken/);
});

it("waits for a node that isn't there yet", async () => {
  using home = createHome();
  const agent = startByHand(home.dataDir, ["--agent-id", "early"], {
    AETHROLINK_SERVER: "http://127.0.0.1:9",
  });
  await agent.said.shows(/isn't heard: .*; again in 1 s\n/);
  agent.child.kill("SIGTERM");
  expect((await agent.child).exitCode).toBe(0);
});

it("delegates with a token of its own, naming the task that it works on", async () => {
  using home = createHome({
    helper: { command: await fakeCommand(), more: { capabilities: ["help.out"] } },
  });
  await using node = await startNode(home);
  const { body } = await node.call<{ token: string }>("POST", "/v1/tokens", { role: "agent:scribe" });
  const flags = ["--agent-id", "scribe", "--capabilities", "notes.write"];
  const server = startByHand(home.dataDir, flags);
  await server.said.shows(/is registered as scribe\n/);
  const { endpoint = "" } = await recordOf(node, "scribe");
  server.child.kill("SIGKILL");
  await server.child;
  // From now on with its own token, which may not say where it is: it stays where the operator registered it.
  const own = { AETHROLINK_SERVER: node.url, AETHROLINK_TOKEN: body.token };
  const elsewhere = startByHand(home.dataDir, flags, own);
  await elsewhere.said.shows(/may not say how it is reached.*\n.*is registered as scribe\n/);
  expect((await recordOf(node, "scribe")).endpoint).toBe(endpoint);
  elsewhere.child.kill("SIGKILL");
  await elsewhere.child;
  const port = ["--port", new URL(endpoint).port];
  const agent = startByHand(home.dataDir, [...flags, ...port], own);
  await agent.said.shows(/is registered as scribe\n/);

  const work = { mode: "delegate", target: "helper", intent: "help.out", text: "lend a hand" };
  const given = async (named: boolean) => {
    const payload = { text: JSON.stringify({ ...work, named }) };
    const { task_id } = await node.submit({ intent: "notes.write", payload });
    const { body: list } = await node
      .task(task_id, 20)
      .then(() => node.call<{ tasks: TaskRecord[] }>("GET", `/v1/tasks?parent_task_id=${task_id}`));
    return {
      text: (await node.task(task_id)).result?.text,
      children: list.tasks.map(({ sender }) => sender),
    };
  };
  const text = "completed: echo: lend a hand";
  expect(await given(true)).toEqual({ text, children: ["scribe"] });
  // It is no process of the node: what names no parent is nobody's part.
  expect(await given(false)).toEqual({ text, children: [] });
  agent.child.kill("SIGTERM");
  await agent.child;
});
