/** What another node may ask about tasks, and what none may. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageClaims } from "#src/core/network-ports.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { fakeTarget } from "../../open-engine.ts";
import { type OpenServer, openServer } from "../../open-server.ts";
import { signed } from "../../signing.ts";
import { type Asked, askAs, steering, submitAs, submitOf } from "./node-calls.ts";

const alice = ed25519Identity(makeKey());
const mallory = ed25519Identity(makeKey());
let server: OpenServer;
beforeAll(async () => {
  server = await openServer({ targets: [fakeTarget({ target_id: "build" })] });
  for (const [peer_id, { nodeId: node_id }] of Object.entries({ alice, mallory }))
    await server.call("POST", "/v1/peers", { peer_id, base_url: "http://127.0.0.1:9", node_id });
});
afterAll(() => server[Symbol.asyncDispose]());

const ask = (by: typeof alice, asked: Asked) => askAs(server, by, asked);
const submit = (by: typeof alice, body: object, claims?: Partial<MessageClaims>) =>
  submitAs(server, by, body, claims);
const count = () => server.node.engine.reader.list({}, 200).length;

describe("a task that a node gives", () => {
  it("is one task, however often and however fast it is said", async () => {
    const body = submitOf(alice);
    const before = count();
    const answers = await Promise.all(Array.from({ length: 10 }, () => submit(alice, body)));
    const again = await submit(alice, body);
    expect(new Set([...answers, again].map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set([...answers, again].map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(count()).toBe(before + 1);
  });

  it("is taken however the path is written, and refused in the same words", async () => {
    for (const path of ["/v1/node/tasks/", "/V1/Node/Tasks"]) {
      const asked = { message_type: "task.submit", path } as const;
      expect(await ask(alice, { ...asked, body: submitOf(alice) })).toMatchObject({ status: 202 });
      expect(await ask(alice, { ...asked, body: {} })).toMatchObject({
        status: 400,
        body: { message_type: "error", code: "invalid_task_submit" },
      });
    }
  });

  it("is another's where another node calls its own the same", async () => {
    const body = submitOf(alice);
    const mine = await submit(alice, body);
    const other = await submit(mallory, { ...body, origin_node_id: mallory.nodeId });
    expect(other.status).toBe(202);
    expect((other.body as { destination_task_id: string }).destination_task_id).not.toBe(
      (mine.body as { destination_task_id: string }).destination_task_id,
    );
  });

  it("isn't there for other nodes: not seen, not answered, not cancelled", async () => {
    const body = submitOf(alice);
    const proxy = body.origin_proxy_task_id;
    const { destination_task_id: id } = (await submit(alice, body)).body as { destination_task_id: string };
    await server.node.reaches(id, "awaiting_input");
    const missing = { status: 404, body: { message_type: "error", retryable: false } };
    const of = `/v1/node/tasks/${id}`;
    const query = `?origin_proxy_task_id=${proxy}`;
    const get = { method: "GET", message_type: "task.event" } as const;
    expect(await ask(mallory, { ...get, path: `${of}/events${query}` })).toMatchObject(missing);
    expect(await ask(alice, { ...get, path: `${of}/events?origin_proxy_task_id=other` })).toMatchObject(
      missing,
    );
    const artifact = { method: "GET", message_type: "task.artifact" } as const;
    expect(await ask(mallory, { ...artifact, path: `${of}/artifacts/x${query}` })).toMatchObject(missing);
    const resume = { message_type: "task.resume", path: `${of}/resume` } as const;
    const answer = { payload: { approved: true } };
    expect(await ask(mallory, { ...resume, body: steering(mallory, id, proxy, answer) })).toMatchObject(
      missing,
    );
    const cancel = { message_type: "task.cancel", path: `${of}/cancel` } as const;
    expect(await ask(mallory, { ...cancel, body: steering(mallory, id, proxy) })).toMatchObject(missing);
    expect(server.node.record(id).status).toBe("awaiting_input");
    const own = await ask(alice, { ...resume, body: steering(alice, id, proxy, answer) });
    expect(own.status).toBe(202);
    await server.node.reaches(id, "completed");
    const late = await ask(alice, { ...cancel, body: steering(alice, id, proxy) });
    expect(late).toMatchObject({ status: 200, body: { task_id: id, status: "completed" } });
  });

  it("tells its events without the target's settings", async () => {
    const body = submitOf(alice, { payload: { text: "hello" } });
    const { destination_task_id: id } = (await submit(alice, body)).body as { destination_task_id: string };
    await server.node.reaches(id, "completed");
    const path = `/v1/node/tasks/${id}/events?origin_proxy_task_id=${body.origin_proxy_task_id}`;
    const stream = await ask(alice, { method: "GET", message_type: "task.event", path });
    expect(stream.headers.get("aethrolink-signature")).toMatch(/^ey/);
    expect(String(stream.body)).toContain('"kind":"task.completed"');
    expect(String(stream.body)).not.toContain("runtime_options");
    const end = server.node.kinds(id).length;
    const headers = { "last-event-id": String(end) };
    const more = await ask(alice, { method: "GET", message_type: "task.event", path, headers });
    expect(more.status).toBe(204);
  });
});

describe("a task is refused, and nothing is written,", () => {
  const refused = [
    ["of a target that isn't there", { target_agent_id: "nobody" }, 404, "task_submit_failed"],
    ["with a field that isn't known", { more: 1 }, 400, "invalid_task_submit"],
    ["with a payload that is no object", { payload: "text" }, 400, "invalid_task_submit"],
    ["in another node's name", { origin_node_id: mallory.nodeId }, 400, "invalid_task_submit"],
  ] as const;
  it.each(refused)("%s", async (_what, changes, status, code) => {
    const before = count();
    expect(await submit(alice, submitOf(alice, changes))).toMatchObject({ status, body: { code } });
    expect(count()).toBe(before);
  });

  it("that has come through this node, or through too many", async () => {
    const before = count();
    const { nodeId } = server.node.engine.network;
    const loop = await submit(alice, submitOf(alice), { chain: [nodeId, alice.nodeId] });
    expect(loop).toMatchObject({ status: 409, body: { code: "loop_detected", retryable: false } });
    const far = Array.from({ length: 8 }, () => ed25519Identity(makeKey()).nodeId);
    expect(await submit(alice, submitOf(alice), { chain: [...far, alice.nodeId] })).toMatchObject({
      status: 409,
    });
    expect(count()).toBe(before);
    const deep = await submit(alice, submitOf(alice), { chain: [...far.slice(1), alice.nodeId] });
    expect(deep.status).toBe(202);
  });

  it("where its chain is another than the signed one", async () => {
    const body = submitOf(alice);
    const path = "/v1/node/tasks";
    const { nodeId } = server.node.engine.network;
    const text = JSON.stringify(body);
    const about = { message_type: "task.submit", method: "POST", path, body: text } as const;
    const message = { ...about, by: alice, to: nodeId, nowMs: server.node.clock.now() };
    const headers = await signed(message, { chain: [nodeId, alice.nodeId] });
    const forged = { ...headers, "AethroLink-Chain": alice.nodeId, authorization: null };
    const before = count();
    expect(await server.call("POST", path, message.body, forged)).toMatchObject({
      status: 401,
      body: { code: "unauthorized", message_type: "error" },
    });
    expect(count()).toBe(before);
  });

  it("without a signature", async () => {
    const answer = await server.call("POST", "/v1/node/tasks", submitOf(alice), { authorization: null });
    expect(answer).toMatchObject({ status: 401, body: { code: "unauthorized" } });
  });
});

it("a body and a path that name different tasks are told apart", async () => {
  const path = "/v1/node/tasks/one/cancel";
  const answer = await ask(alice, { message_type: "task.cancel", path, body: steering(alice, "two", "x") });
  expect(answer).toMatchObject({ status: 400, body: { code: "task_id_mismatch" } });
  const events = await ask(alice, {
    method: "GET",
    message_type: "task.event",
    path: "/v1/node/tasks/x/events",
  });
  expect(events).toMatchObject({ status: 400, body: { code: "invalid_task_events" } });
});
