/** A cancel that another node did not hear is told until it has answered. */
import { describe, expect, it } from "vitest";
import { heardFrom } from "#src/engine/sync-peers.ts";
import { type OpenEngine, until } from "../../open-engine.ts";
import { openTwoServers } from "../../two-servers.ts";
import { acceptance, answer, openWithPeer, type Played, told } from "./scripted-peer.ts";

const nowhere = "http://127.0.0.1:9";

/** Two nodes, and a task at `a` that runs at `b`, whose cancel did not get there. */
async function openUnheard() {
  const two = await openTwoServers();
  await two.pair();
  await two.a.call("POST", "/v1/peers/beta/sync", {});
  const { node } = two.a;
  const { peers } = node.engine.network;
  const { task_id } = await node.submit({ target_runtime: "build", payload: { mode: "cancelled" } });
  const there = () => two.b.node.engine.reader.list({}, 1)[0]?.status;
  await until(() => node.record(task_id).remote !== null && there() === "running", "the task to run there");
  const move = async (base_url: string) => {
    const beta = peers.get("beta");
    if (beta !== undefined) await peers.put({ ...beta, base_url });
  };
  await move(nowhere);
  await node.cancel(task_id, "no more");
  await until(() => {
    two.clock.advance(200);
    return node.record(task_id).status === "failed";
  }, "the cancel to fail");
  expect(there()).toBe("running");
  const heal = () => move(two.b.url);
  return { ...two, task_id, there, heal, [Symbol.asyncDispose]: () => two[Symbol.asyncDispose]() };
}

function peerOf({ node }: { readonly node: OpenEngine }) {
  const peer = node.engine.network.peers.get("peer");
  if (peer === undefined) throw new Error("there is no peer");
  return peer;
}

describe("a cancel that did not get to a peer is told", () => {
  it("when the peer is asked for its targets", async () => {
    await using two = await openUnheard();
    await two.heal();
    await two.a.call("POST", "/v1/peers/beta/sync", {});
    await until(() => two.there() === "cancelled", "the end there");
    const [task] = two.b.node.engine.reader.list({}, 1);
    expect(two.b.node.dataOf(task?.task_id ?? "", "task.cancel_requested")).toMatchObject({
      reason: "no more",
    });
    expect(two.a.node.record(two.task_id).last_error).toMatchObject({ reason: "cancel_failed" });
  });

  it("when the peer says something", async () => {
    await using two = await openUnheard();
    await two.heal();
    await two.b.call("POST", "/v1/peers/alpha/sync", {});
    await until(() => two.there() === "cancelled", "the end there");
  });

  it("when its node starts again", async () => {
    await using two = await openUnheard();
    await two.heal();
    two.a.node.abandon();
    await using again = await two.reopenA();
    await until(() => two.there() === "cancelled", "the end there");
    expect(again.record(two.task_id).last_error).toMatchObject({ reason: "cancel_failed" });
  });
});

describe("a cancel that was not answered", () => {
  /** A peer that does not answer a cancel before `says`, and a task whose cancel has failed there. */
  async function openDeaf(delivery?: { readonly timeout_ms: number }) {
    const says: { answer: Played | "broken" } = { answer: "broken" };
    const running = { seq: 1, kind: "task.running", data: {} };
    const two = await openWithPeer({
      events: (from, _times, signal) => told(from > 0 ? [] : [running], signal),
      cancel: () => says.answer,
    });
    const { node } = two;
    const { task_id } = await node.submit({ target_runtime: "peer/core", payload: { text: "x" }, delivery });
    await node.reaches(task_id, "running");
    if (delivery === undefined) await node.cancel(task_id);
    await two.passing(() => node.record(task_id).status === "failed", "the end");
    await two.seconds(20);
    return {
      ...two,
      task_id,
      says,
      /** The peer speaks, and so much time passes that it may be told something. */
      async hear() {
        heardFrom(node.engine, "peer");
        await two.seconds(6);
      },
      [Symbol.asyncDispose]: () => two[Symbol.asyncDispose](),
    };
  }

  const owed = ({ engine }: OpenEngine) => engine.relays.owedCancels("peer").length;

  it.each([202, 404, 409])("is told until the peer answers it, if only by %i", async (status) => {
    await using two = await openDeaf();
    const before = two.count("cancel");
    await two.hear();
    expect(two.count("cancel")).toBe(before + 1);
    two.says.answer = answer(status, { code: "no", message: "no" });
    await two.hear();
    expect(two.count("cancel")).toBe(before + 2);
    await two.hear();
    expect(two.count("cancel")).toBe(before + 2);
    expect(owed(two.node)).toBe(0);
  });

  it("is told also when it was the running time that asked", async () => {
    await using two = await openDeaf({ timeout_ms: 1000 });
    expect(two.node.record(two.task_id).last_error).toMatchObject({ reason: "timeout" });
    const before = two.count("cancel");
    await two.hear();
    expect(two.count("cancel")).toBe(before + 1);
  });

  it("is told once in a while, however much the peer says", async () => {
    await using two = await openDeaf();
    const before = two.count("cancel");
    for (let message = 0; message < 100; message++) heardFrom(two.node.engine, "peer");
    await two.seconds(1);
    for (let message = 0; message < 100; message++) heardFrom(two.node.engine, "peer");
    await two.seconds(1);
    expect(two.count("cancel")).toBe(before + 1);
  });

  it("is told to no other node that has the peer's name later", async () => {
    await using two = await openDeaf();
    const before = two.count("cancel");
    const { peers } = two.node.engine.network;
    const peer = peerOf(two);
    await peers.put({ ...peer, pairing_id: "another" });
    await two.hear();
    expect(two.count("cancel")).toBe(before);
    expect(owed(two.node)).toBe(0);
  });

  it("waits while the peer is blocked", async () => {
    await using two = await openDeaf();
    const before = two.count("cancel");
    const { peers } = two.node.engine.network;
    const peer = peerOf(two);
    await peers.put({ ...peer, trust: "blocked" });
    await two.hear();
    expect(two.count("cancel")).toBe(before);
    two.says.answer = answer(202, { task_id: "there", status: "running" });
    await peers.put(peer);
    await two.hear();
    expect(two.count("cancel")).toBe(before + 1);
    expect(owed(two.node)).toBe(0);
  });
});

it("a peer whose acceptance came behind the end of its task is told, by the name that it gave it", async () => {
  let says: Played | "broken" = "broken";
  await using two = await openWithPeer({
    submit: (body, times) => (times === 1 ? "broken" : acceptance(two.peerId, body)),
    cancel: () => says,
  });
  const { node } = two;
  const { task_id } = await node.submit({ target_runtime: "peer/core", payload: { text: "x" } });
  await until(() => two.count("submit") === 1);
  await node.cancel(task_id);
  await two.passing(() => two.count("cancel") > 0, "the cancel there");
  await two.seconds(20);
  expect(node.record(task_id).status).toBe("cancelled");
  says = answer(202, { task_id: "there", status: "running" });
  const before = two.count("cancel");
  heardFrom(node.engine, "peer");
  await until(() => two.count("cancel") === before + 1);
  expect(two.calls.at(-1)?.request.path).toBe("/v1/node/tasks/there/cancel");
  await until(() => node.engine.relays.owedCancels("peer").length === 0);
});

it("a cancel that was answered is told no more", async () => {
  await using two = await openTwoServers();
  await two.pair();
  await two.a.call("POST", "/v1/peers/beta/sync", {});
  const { node } = two.a;
  const { task_id } = await node.submit({ target_runtime: "build", payload: { mode: "cancelled" } });
  await until(() => two.b.node.engine.reader.list({ status: "running" }, 1).length === 1);
  await node.reaches(task_id, "running");
  await node.cancel(task_id);
  await node.reaches(task_id, "cancelled");
  await until(() => node.engine.relays.owedCancels("beta").length === 0);
});
