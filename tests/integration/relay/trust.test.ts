/** What becomes of what a peer gave, when it is blocked, removed, or another. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failTask } from "#src/engine/fail-task.ts";
import { joinPeer } from "#src/engine/pairing.ts";
import { blockPeer, trustPeer } from "#src/engine/peers.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { fakeTarget, openEngine, until } from "../../open-engine.ts";
import { type OpenServer, openServer } from "../../open-server.ts";
import { codeOf, openTwoServers } from "../../two-servers.ts";
import { askAs, signedAs, steering, submitAs, submitOf } from "./node-calls.ts";

const base_url = "http://127.0.0.1:9";
const alice = ed25519Identity(makeKey());
const other = ed25519Identity(makeKey());
let server: OpenServer;
beforeEach(async () => {
  server = await openServer({ targets: [fakeTarget({ target_id: "build" })] });
  await know(alice.nodeId);
});
afterEach(() => server[Symbol.asyncDispose]());

/** Makes a key the peer `alice`. */
const know = (node_id: string) => server.call("POST", "/v1/peers", { peer_id: "alice", base_url, node_id });

/** Gives a task that asks, and waits for its question. */
async function give(by = alice, changes: object = {}) {
  const body = submitOf(by, changes);
  const { destination_task_id: id } = (await submitAs(server, by, body)).body as {
    destination_task_id: string;
  };
  await server.node.reaches(id, "awaiting_input");
  return { id, proxy: body.origin_proxy_task_id };
}

const eventsOf = ({ id, proxy }: { id: string; proxy: string }) =>
  ({
    method: "GET",
    message_type: "task.event",
    path: `/v1/node/tasks/${id}/events?origin_proxy_task_id=${proxy}`,
  }) as const;

/** Reads the stream of a task until it ends. */
async function follow(task: { id: string; proxy: string }) {
  const asked = eventsOf(task);
  const answer = await fetch(server.url + asked.path, { headers: await signedAs(server, alice, asked) });
  const heard = { status: answer.status, text: "", over: false };
  void (async () => {
    for await (const part of answer.body ?? []) heard.text += Buffer.from(part).toString();
    heard.over = true;
  })();
  await until(() => heard.text.includes("task.awaiting_input"), "the question to be told");
  return heard;
}

describe("a stream that a peer reads ends, and tells no more,", () => {
  const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["when the peer is blocked", () => server.call("POST", "/v1/peers/alice/block")],
    ["when the peer is removed", () => server.call("DELETE", "/v1/peers/alice")],
    ["when another key is pinned", () => know(other.nodeId)],
  ];
  it.each(ways)("%s", async (_when, end) => {
    const task = await give();
    const heard = await follow(task);
    await end();
    await until(() => heard.over, "the end of the stream");
    await server.node.answer(task.id, { approved: true });
    await server.node.reaches(task.id, "completed");
    expect(heard.text).not.toContain("task.completed");
    expect((await askAs(server, alice, eventsOf(task))).status).toBe(401);
  });
});

describe("what a peer gave", () => {
  const replaced: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["after it was removed", () => server.call("DELETE", "/v1/peers/alice").then(() => know(other.nodeId))],
    ["in its place", () => know(other.nodeId)],
  ];
  it.each(replaced)("isn't there for a node that gets its name %s", async (_when, replace) => {
    const conversation = { headers: { "aethrolink-conversation": "release" } };
    const body = submitOf(alice);
    const path = "/v1/node/tasks";
    const first = await askAs(server, alice, { message_type: "task.submit", path, body, ...conversation });
    const { destination_task_id: id } = first.body as { destination_task_id: string };
    await server.node.reaches(id, "awaiting_input");
    await replace();
    const task = { id, proxy: body.origin_proxy_task_id };
    expect((await askAs(server, other, eventsOf(task))).status).toBe(404);
    const cancel = { message_type: "task.cancel", path: `${path}/${id}/cancel` } as const;
    const cancelled = await askAs(server, other, { ...cancel, body: steering(other, id, task.proxy) });
    expect(cancelled.status).toBe(404);
    const named = { ...body, origin_node_id: other.nodeId };
    const own = await askAs(server, other, {
      message_type: "task.submit",
      path,
      body: named,
      ...conversation,
    });
    const { destination_task_id: second } = own.body as { destination_task_id: string };
    expect(second).not.toBe(id);
    const [before, after] = [server.node.record(id), server.node.record(second)];
    expect(after.conversation_id).not.toBe(before.conversation_id);
    expect(before.status).toBe("awaiting_input");
  });

  it("has sessions of its own, also where it names the key of another's", async () => {
    const session_key = "agent:main:main";
    const { id } = await give(alice, { runtime_options: { session_key, shade: "green" } });
    const { runtime_options } = server.node.record(id);
    expect(runtime_options).toEqual({
      session_key: expect.stringMatching(/.\/agent:main:main$/),
      shade: "green",
    });
  });

  it("stays its own when it has a new key that the operator pins", async () => {
    const task = await give();
    const trusted = await server.call("POST", "/v1/peers/alice/trust", { node_id: other.nodeId });
    expect(trusted.status).toBe(200);
    const cancel = { message_type: "task.cancel", path: `/v1/node/tasks/${task.id}/cancel` } as const;
    const said = await askAs(server, other, { ...cancel, body: steering(other, task.id, task.proxy) });
    expect(said.status).toBe(202);
  });

  it("is told without what its target is started with and went wrong with, also when that is gone", async () => {
    const secrets = ["/opt/secret/bin/run-it", "/srv/private", "http://10.0.0.7:9102/run", "sk-12345678"];
    const task = await give();
    const { engine } = server.node;
    const open = engine.log.get(task.id);
    if (open === undefined) throw new Error("the task has ended");
    engine.log.append(open, {
      kind: "runtime.health",
      source: "core",
      message: `${secrets.join(" ")} is silent`,
      data: { healthy: false, why: secrets },
    });
    await failTask(engine, open, "launch_failed", `${secrets.join(" ")} exited with code 3`);
    await server.node.reload({ targets: new Map(), routes: new Map() });
    const { body } = await askAs(server, alice, eventsOf(task));
    for (const secret of secrets) expect(String(body)).not.toContain(secret);
    expect(String(body)).toContain('"kind":"runtime.health"');
    expect(String(body)).toContain('"reason":"launch_failed"');
    expect(String(body)).toContain("its runtime could not be started; the node that it ran at knows more");
  });

  it("takes what it has delegated with it when it is cancelled", async () => {
    const task = await give();
    const trace = { parent_task_id: task.id };
    const payload = { mode: "await_then_resume" };
    const child = await server.node.submit({ target_runtime: "build", payload, trace });
    await server.node.reaches(child.task_id, "awaiting_input");
    const cancel = { message_type: "task.cancel", path: `/v1/node/tasks/${task.id}/cancel` } as const;
    const said = await askAs(server, alice, { ...cancel, body: steering(alice, task.id, task.proxy) });
    expect(said.status).toBe(202);
    await server.node.reaches(child.task_id, "cancelled");
    await server.node.reaches(task.id, "cancelled");
  });

  it("says in its tree what it is called where it comes from, and keeps what is above it there", async () => {
    const task = await give(alice, { trace: { trace_id: "t", parent_task_id: "above" } });
    const tree = await server.call("GET", `/v1/tasks/${task.id}/tree`);
    expect(tree.body).toMatchObject({
      tasks: [{ task_id: task.id, origin_task_id: task.proxy, parent_task_id: null, sender: alice.nodeId }],
    });
    expect(server.node.record(task.id)).toMatchObject({
      metadata: { origin_parent_task_id: "above" },
      trace: { trace_id: "t" },
    });
  });
});

it("the nodes that a task came through count against how deep what it delegates may lie", async () => {
  const far = Array.from({ length: 7 }, () => ed25519Identity(makeKey()).nodeId);
  const body = submitOf(alice);
  const { destination_task_id: id } = (await submitAs(server, alice, body, { chain: [...far, alice.nodeId] }))
    .body as { destination_task_id: string };
  await server.node.reaches(id, "awaiting_input");
  const child = server.node.submit({ target_runtime: "build", trace: { parent_task_id: id } });
  await expect(child).rejects.toMatchObject({ code: "loop_detected" });
});

it("a task that a node gives itself counts as one beneath the one that it stands for", async () => {
  await using node = await openEngine({ targets: [fakeTarget({ target_id: "build", max_concurrency: 1 })] });
  const payload = { mode: "await_then_resume" };
  const parent = await node.submit({ target_runtime: "build", payload });
  await node.reaches(parent.task_id, "awaiting_input");
  const trace = { parent_task_id: parent.task_id };
  const child = await node.submit({ target_runtime: "self/build", payload, trace });
  const failed = await node.reaches(child.task_id, "failed");
  expect(failed.last_error?.detail).toMatch(/all places of build/);
});

describe("a peer that is blocked", () => {
  it("while it is paired with stays blocked", async () => {
    await using two = await openTwoServers();
    await two.pair();
    const code = await codeOf(two.a);
    const { engine } = two.b.node;
    const given = { code, base_url: two.b.url, peer_id: "alpha", as: "beta", display_name: undefined };
    const joining = joinPeer(engine, given);
    await blockPeer(engine, "alpha");
    await expect(joining).rejects.toMatchObject({ code: "pairing_refused" });
    expect(engine.network.peers.get("alpha")?.trust).toBe("blocked");
  });

  it("while it is asked for its key stays blocked", async () => {
    await using two = await openTwoServers();
    await two.b.call("POST", "/v1/peers", { peer_id: "alpha", base_url: two.a.url });
    const { engine } = two.b.node;
    const trusting = trustPeer(engine, "alpha", undefined);
    await blockPeer(engine, "alpha");
    await expect(trusting).rejects.toMatchObject({ code: "peer_unreachable" });
    expect(engine.network.peers.get("alpha")).toMatchObject({ trust: "blocked", node_id: null });
  });
});

it("a task that was given to a peer is not asked of another that has its name now", async () => {
  await using two = await openTwoServers();
  await two.pair();
  await two.a.call("POST", "/v1/peers/beta/sync", {});
  const { node } = two.a;
  const { task_id } = await node.submit({ target_runtime: "build", payload: { mode: "await_then_resume" } });
  await node.reaches(task_id, "awaiting_input");
  await two.a.call("DELETE", "/v1/peers/beta");
  await two.a.call("POST", "/v1/peers", { peer_id: "beta", base_url, node_id: other.nodeId });
  await until(() => {
    two.clock.advance(400);
    return node.record(task_id).status === "failed";
  }, "the task to be given up");
  const failed = node.record(task_id);
  expect(failed.last_error).toMatchObject({ reason: "interrupted", detail: /no trusted peer any more/ });
});

describe("a task that waits for a peer", () => {
  /** Two nodes, and a task at `a` for a target of `b`, which can't be reached. */
  async function waiting() {
    const two = await openTwoServers();
    await two.pair();
    await two.a.call("POST", "/v1/peers/beta/sync", {});
    const { node } = two.a;
    const { peers, reached } = node.engine.network;
    const beta = peers.get("beta");
    if (beta === undefined) throw new Error("there is no beta");
    await peers.put({ ...beta, base_url });
    reached.clear();
    const { task_id } = await node.submit({ target_runtime: "build", delivery: { when_offline: "queue" } });
    await node.reaches(task_id, "pending_launch");
    const gone = { reason: "route_not_found", detail: expect.stringMatching(/no trusted peer any more/) };
    return {
      ...two,
      task_id,
      gone,
      /** The same machine under the same name, and yet another. */
      pairAgain: () => peers.put({ ...beta, pairing_id: "another" }),
      [Symbol.asyncDispose]: () => two[Symbol.asyncDispose](),
    };
  }

  it.each([
    ["removed", "DELETE", "/v1/peers/beta"],
    ["blocked", "POST", "/v1/peers/beta/block"],
  ])("fails as soon as the peer is %s", async (_how, method, path) => {
    await using two = await waiting();
    await two.a.call(method, path);
    expect((await two.a.node.reaches(two.task_id, "failed")).last_error).toMatchObject(two.gone);
  });

  it("is not given to a node that is known by the name later", async () => {
    await using two = await waiting();
    await two.pairAgain();
    expect((await two.a.node.reaches(two.task_id, "failed")).last_error).toMatchObject(two.gone);
    expect(two.b.node.engine.reader.list({}, 1)).toEqual([]);
  });

  it("nor when the name was given again before its node starts again", async () => {
    await using two = await waiting();
    const { node } = two.a;
    // As if the node had ended before the task heard of it.
    node.engine.works.get(two.task_id)?.over.abort();
    await two.pairAgain();
    node.abandon();
    await using again = await two.reopenA();
    expect((await again.reaches(two.task_id, "failed")).last_error).toMatchObject(two.gone);
    expect(two.b.node.engine.reader.list({}, 1)).toEqual([]);
  });

  it("goes to its peer, which is back, also when its node was started again meanwhile", async () => {
    await using two = await waiting();
    two.a.node.abandon();
    await using again = await two.reopenA();
    expect(again.record(two.task_id).status).toBe("pending_launch");
    const { peers } = again.engine.network;
    const beta = peers.get("beta");
    if (beta === undefined) throw new Error("there is no beta");
    await peers.put({ ...beta, base_url: two.b.url });
    await until(() => {
      two.clock.advance(400);
      return again.record(two.task_id).status === "completed";
    }, "the task to run there");
  });
});
