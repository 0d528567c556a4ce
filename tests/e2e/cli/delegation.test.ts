/** Agents that delegate from inside their tasks, with the real programs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TaskTree } from "#contracts/task-tree.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import { fakeCommand, fixtureCommand, type TargetEntry } from "../../programs.ts";
import { createHome, eventOf, type StartOptions, startNode, type TestNode } from "../../support.ts";
import { commandFor, program } from "./command.ts";

/** What `alink-cli` prints when an agent runs it. */
interface Told {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function registry(): Promise<{ [name: string]: TargetEntry }> {
  const offering = (...capabilities: string[]) => ({ more: { capabilities } });
  return {
    lead: { command: fixtureCommand("calling", program), ...offering("lead.work") },
    helper: { command: await fakeCommand(), ...offering("help.out") },
    worker: { command: await fakeCommand(), ...offering("work.hard") },
  };
}

/** Lets the lead run alink-cli with these words, and tells what came of it. */
async function leadCalls(node: TestNode, words: readonly string[]) {
  const { task_id } = await node.submit({ intent: "lead.work", payload: { words } });
  const task = await node.task(task_id, 30);
  expect([task.status, task.last_error]).toEqual(["completed", null]);
  return { task, told: JSON.parse(task.result?.text ?? "") as Told };
}

const childrenOf = async (node: TestNode, task_id: string) =>
  (await node.call<{ tasks: TaskRecord[] }>("GET", `/v1/tasks?parent_task_id=${task_id}`)).body.tasks;

describe.each(["token", "none"])("with --auth %s", (auth) => {
  const start = (home: StartOptions) => startNode({ ...home, args: ["--auth", auth] });

  it("alink-cli call from inside a task continues its chain without being told", async () => {
    using home = createHome(await registry());
    await using node = await start(home);
    const words = ["call", "--intent", "help.out", "--text", "lend a hand", "--wait"];
    const { task, told } = await leadCalls(node, words);
    expect(told).toEqual({ code: 0, out: expect.stringContaining("echo: lend a hand"), err: "" });
    const children = await childrenOf(node, task.task_id);
    expect(children.map(({ sender, trace }) => ({ sender, trace }))).toEqual([
      { sender: "lead", trace: { trace_id: task.trace.trace_id, parent_task_id: task.task_id } },
    ]);
  });

  it("with two open tasks in its process it is told to name one, and names it", async () => {
    using home = createHome(await registry());
    await using node = await start(home);
    const { task_id: other } = await node.submit({ intent: "lead.work", payload: { stay: true } });
    await eventOf(node, other, "task.running");
    const words = ["call", "--intent", "help.out", "--text", "hello", "--wait"];
    const { told } = await leadCalls(node, words);
    expect(told).toMatchObject({ code: 5, out: "" });
    expect(told.err).toContain(other);
    expect(told.err).toMatch(/has 2 open tasks.*\(parent_ambiguous\)\nName it with --parent/s);
    const named = await leadCalls(node, [...words, "--parent", other]);
    expect(named.told).toMatchObject({ code: 0, err: "" });
    expect(await childrenOf(node, other)).toHaveLength(1);
  });

  it("a chain of three levels answers up to the root, and task-tree shows it", async () => {
    using home = createHome(await registry());
    await using node = await start(home);
    const inner = { mode: "delegate", target: "worker", intent: "work.hard", text: "Say exactly done" };
    const words = ["call", "--intent", "help.out", "--text", JSON.stringify(inner), "--wait"];
    const { task, told } = await leadCalls(node, words);
    expect(told).toMatchObject({ code: 0, out: expect.stringContaining("completed: done") });
    const ran = await commandFor(node.dataDir).run(["task-tree", task.task_id]);
    const tree = JSON.parse(ran.out) as TaskTree;
    expect(
      tree.tasks.map(({ depth, resolved_runtime, status }) => [depth, resolved_runtime, status]),
    ).toEqual([
      [0, "lead", "completed"],
      [1, "helper", "completed"],
      [2, "worker", "completed"],
    ]);
    // The lead tells nothing of what it used; the two others tell their tokens, and no price.
    expect(tree.usage).toEqual({
      input_tokens: expect.any(Number),
      output_tokens: expect.any(Number),
      unknown: { input_tokens: 1, output_tokens: 1, cost_usd: 3 },
    });
  });

  it("a cancel of the root ends what its helpers have given on", async () => {
    using home = createHome(await registry());
    await using node = await start(home);
    const inner = { mode: "delegate", target: "worker", intent: "work.hard", payload: { mode: "silent" } };
    const { task_id } = await node.submit({ intent: "help.out", payload: inner });
    await eventOf(node, task_id, "task.running");
    const [child] = await expect
      .poll(() => childrenOf(node, task_id), { timeout: 10_000 })
      .toHaveLength(1)
      .then(() => childrenOf(node, task_id));
    await eventOf(node, child?.task_id ?? "", "task.running");
    await node.call("POST", `/v1/tasks/${task_id}/cancel`);
    expect((await node.task(task_id, 20)).status).toBe("cancelled");
    expect((await node.task(child?.task_id ?? "", 20)).status).toBe("cancelled");
    const asked = (await node.history(child?.task_id ?? "")).find(
      ({ kind }) => kind === "task.cancel_requested",
    );
    expect(asked?.data).toMatchObject({ by: "parent" });
  });

  it("an agent that gives its own work back to the session that it works in is refused at once", async () => {
    using home = createHome(await registry());
    await using node = await start(home);
    const conversation_id = "one-talk";
    const asked = { mode: "delegate", target: "helper", intent: "help.out", text: "again", conversation_id };
    const { task_id } = await node.submit({
      intent: "help.out",
      payload: { text: JSON.stringify(asked) },
      conversation_id,
    });
    expect((await node.task(task_id, 20)).result?.text).toBe("refused: loop_detected");
    const aside = { ...asked, conversation_id: "aside" };
    const other = await node.submit({
      intent: "help.out",
      payload: { text: JSON.stringify(aside) },
      conversation_id,
    });
    expect((await node.task(other.task_id, 20)).result?.text).toBe("completed: echo: again");
  });
});

it("the token of a process opens nothing when the process has gone", async () => {
  using home = createHome({
    open: { command: fixtureCommand("scripted"), more: { capabilities: ["test.run"] } },
  });
  await using node = await startNode(home);
  const { task_id } = await node.submit({ payload: { env: true } });
  const environment = JSON.parse((await node.task(task_id, 20)).result?.text ?? "{}");
  const read = async () => {
    const headers = { authorization: `Bearer ${environment.AETHROLINK_TOKEN}` };
    return (await fetch(`${node.url}/v1/tasks/${task_id}`, { headers })).status;
  };
  // It is known, but what it worked on has ended.
  expect(await read()).toBe(404);
  await node.call("POST", "/v1/runtimes/open/stop");
  await expect.poll(read, { timeout: 10_000 }).toBe(401);
  const { body } = await node.call<{ tokens: unknown[] }>("GET", "/v1/tokens");
  expect(body.tokens).toHaveLength(1);
});

it("in a process of the node the state file of whoever registered on the machine doesn't count", async () => {
  using home = createHome(await registry());
  mkdirSync(join(home.path, ".aethrolink"));
  writeFileSync(join(home.path, ".aethrolink/agent.json"), '{"agent_id": "scribe"}');
  await using node = await startNode({ ...home, env: { HOME: home.path } });
  const { task, told } = await leadCalls(node, ["call", "--intent", "help.out", "--text", "hi", "--wait"]);
  expect(told).toMatchObject({ code: 0, err: "" });
  expect((await childrenOf(node, task.task_id)).map(({ sender }) => sender)).toEqual(["lead"]);
});

it("an executable of one's own that spawns alink-cli needs no more than its environment", async () => {
  using home = createHome(await registry());
  const file = join(home.path, "note.txt");
  writeFileSync(file, "from a file");
  await using node = await startNode(home);
  const { told } = await leadCalls(node, [
    "call",
    "--target",
    "helper",
    "--intent",
    "help.out",
    "--text-file",
    file,
  ]);
  expect(told.code).toBe(0);
});
