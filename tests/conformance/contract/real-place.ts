/** A real node in each situation, with the shipped fake behind its targets. */
import events from "node:events";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { type Client, createClient } from "#generated/client/src/index.ts";
import { fakeCommand, fixtureCommand, nodeProgram, type TargetEntry } from "../../programs.ts";
import { createHome, eventOf, type Home, startNode, type TestNode } from "../../support.ts";
import { alterations, alteredFetch } from "./altered-fetch.ts";
import { agentOfToken, nothing, type Situation, targets, twofold, type World } from "./case.ts";
import { type Others, once, openOthers } from "./other-nodes.ts";
import type { Place } from "./suite.ts";

const echo = { payload: { text: "hello" }, target_runtime: targets.able };
const large = { payload: { text: "long ".repeat(5000) }, target_runtime: targets.able };
const endless = { payload: { mode: "silent" } };

/** More targets than the cases name. */
const busy = "busy";
const full = "full";
const stubborn = "stubborn";
const frank = "frank";

async function registry(): Promise<{ [name: string]: TargetEntry }> {
  const command = await fakeCommand();
  const offering = { command, more: { capabilities: [twofold] } };
  return {
    [targets.able]: { command },
    [targets.second]: { command },
    [targets.one]: offering,
    [targets.other]: offering,
    [targets.missing]: { command: ["/nowhere/agent"] },
    [busy]: { command },
    [full]: { command, more: { max_concurrency: 1, queue: 1 } },
    [frank]: { command: fixtureCommand("scripted") },
    [stubborn]: { command: fixtureCommand("lingering", "--ignore-end", "--ignore-term") },
  };
}

/** Begins a task and waits until it is in its target's hands. */
async function begin(node: TestNode, target_runtime: string): Promise<string> {
  const { task_id } = await node.submit({ ...endless, target_runtime });
  await eventOf(node, task_id, "task.running");
  return task_id;
}

/** Begins a task and waits until it asks. */
async function ask(node: TestNode): Promise<string> {
  const { task_id } = await node.submit({ payload: { mode: "permission" }, target_runtime: targets.able });
  await eventOf(node, task_id, "task.awaiting_input");
  return task_id;
}

async function done(node: TestNode, request: { readonly [key: string]: unknown }) {
  const { task_id } = await node.submit(request);
  const task = await node.task(task_id, 20);
  if (task.status !== "completed") throw new Error(`${task_id} is ${task.status}`);
  return task;
}

/** Changes the database behind the node's back. */
function behind<T>(node: TestNode, change: (database: Database.Database) => T): T {
  const database = new Database(join(node.dataDir, "aethrolink.db"));
  try {
    return change(database);
  } finally {
    database.close();
  }
}

/** Opens a thread of `able` and another. */
async function openThread(node: TestNode, agent_b_id: string): Promise<string> {
  const { body } = await node.call<{ thread: { thread_id: string } }>("POST", "/v1/threads", {
    agent_a_id: targets.able,
    agent_b_id,
  });
  return body.thread.thread_id;
}

async function artifactOf(node: TestNode): Promise<string> {
  const { result_artifact_id } = await done(node, large);
  return result_artifact_id ?? "";
}

/** Says that the events up to now aren't all kept. */
async function forget(node: TestNode): Promise<number> {
  await done(node, echo);
  behind(node, (database) =>
    database.exec("INSERT OR REPLACE INTO forgotten_position SELECT 1, max(position) FROM task_events"),
  );
  return 1;
}

const empty = (database: Database.Database) => {
  database.pragma("foreign_keys = OFF");
  const tables = [
    "task_events",
    "artifacts",
    "thread_turns",
    "threads",
    "tokens",
    "agents",
    "tasks",
    "runtime_leases",
    "launch_history",
    "runtimes",
    "forgotten_position",
    "peer_targets",
    "peers",
  ];
  for (const table of tables) database.exec(`DROP TABLE ${table}`);
};

/** Sends those who use a table to a page that isn't there. */
const damage = (database: Database.Database) => {
  database.unsafeMode();
  database.pragma("writable_schema = ON");
  database.exec(
    "UPDATE sqlite_schema SET rootpage = 999999 WHERE name IN ('tasks', 'threads', 'launch_history', 'runtimes', 'agents', 'peers', 'peer_targets')",
  );
  database.pragma(`schema_version = ${Number(database.pragma("schema_version", { simple: true })) + 1}`);
};

async function registered(client: Client): Promise<string> {
  const { agent } = await client.registerAgent({ transport_kind: "external" });
  return agent.agent_id;
}

function worldOf(node: TestNode, { registry }: Home, others: Others): World {
  const client = createClient({ baseUrl: node.url, token: node.token });
  return {
    ...others.world,
    endedTask: once(async () => (await done(node, echo)).task_id),
    runningTask: () => begin(node, targets.able),
    askingTask: () => ask(node),
    artifact: once(() => artifactOf(node)),
    async damagedArtifact() {
      const artifact_id = await artifactOf(node);
      writeFileSync(join(node.dataDir, "artifacts", artifact_id), "not what was stored");
      return artifact_id;
    },
    agent: once(() => registered(client)),
    passingAgent: once(() => registered(client)),
    ownToken: async () => (await client.listTokens()).tokens[0]?.token_id ?? "",
    spareToken: once(async () => (await client.createToken({ role: "reader" })).record.token_id),
    lostPosition: () => forget(node),
    busyTarget: once(async () => {
      await begin(node, busy);
      return busy;
    }),
    fullTarget: once(async () => {
      await begin(node, full);
      await node.submit({ ...endless, target_runtime: full });
      return full;
    }),
    processWithTwoTasks: once(async () => {
      for (const _ of "ab") await begin(node, frank);
      const told = await done(node, { payload: { env: true }, target_runtime: frank });
      return JSON.parse(told.result?.text ?? "{}").AETHROLINK_TOKEN;
    }),
    thread: once(() => openThread(node, targets.second)),
    busyThread: once(async () => {
      const thread_id = await openThread(node, targets.second);
      await node.submit({ ...endless, sender: targets.able, thread_id });
      return thread_id;
    }),
    async fullThread() {
      return openThread(node, await this.fullTarget());
    },
    async forsakenThread() {
      const thread_id = await openThread(node, targets.second);
      behind(node, (database) =>
        database
          .prepare("UPDATE threads SET agent_b_id = ? WHERE thread_id = ?")
          .run(nothing.name, thread_id),
      );
      return thread_id;
    },
    async withBrokenRegistry(call) {
      const whole = readFileSync(registry, "utf8");
      writeFileSync(registry, "runtimes:\n  able: { adaptor: acp }\n");
      return call().finally(() => writeFileSync(registry, whole));
    },
  };
}

/** Makes what cases need, before nothing can be made any more. */
async function prepare(
  { endedTask, artifact, spareToken, agent, passingAgent, thread }: World,
  others: Others,
): Promise<void> {
  await Promise.all([
    ...[endedTask(), artifact(), spareToken(), agent(), passingAgent(), thread()],
    others.prepare(),
  ]);
}

/** Brings a node into its situation. */
async function bring(node: TestNode, world: World, others: Others, situation: Situation): Promise<void> {
  if (situation === "stopping") {
    await begin(node, stubborn);
    node.process.kill("SIGTERM");
    while (!node.stderr().includes('"stopping"'))
      await events.once(node.process.stderr ?? node.process, "data");
  }
  if (situation !== "damaged" && situation !== "emptied") return;
  await prepare(world, others);
  behind(node, situation === "damaged" ? damage : empty);
}

/** A copy of the program in a folder without the documents that it serves. */
async function programAlone(): Promise<string> {
  const program = await nodeProgram();
  const folder = join(dirname(program), "alone");
  mkdirSync(folder, { recursive: true });
  const copy = join(folder, basename(program));
  copyFileSync(program, copy);
  return copy;
}

async function start(home: Home, situation: Situation): Promise<TestNode> {
  home.setRegistry(await registry());
  return startNode(situation === "undocumented" ? { ...home, program: await programAlone() } : home);
}

/** Starts a node and brings it into a situation. */
export async function openRealPlace(situation: Situation): Promise<Place> {
  await using left = new AsyncDisposableStack();
  const home = left.use(createHome());
  const node = left.use(await start(home, situation));
  const others = left.use(openOthers(node));
  const world = worldOf(node, home, others);
  const client = createClient({ baseUrl: node.url, token: node.token });
  const { token: reader } = await client.createToken({ role: "reader", name: "contract" });
  const { token: agent } = await client.createToken({ role: `agent:${agentOfToken}`, name: "contract" });
  await bring(node, world, others, situation);
  // Told once more, it would be out before it has ended what it started.
  if (situation === "stopping") left.defer(() => node.exited.then(() => {}));
  const kept = left.move();
  return {
    baseUrl: node.url,
    tokens: { operator: node.token, reader, agent, nobody: undefined },
    world,
    altered: (how) => alteredFetch(alterations[how]),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
