import { getEventListeners } from "node:events";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PeerRecord } from "#contracts/peers.ts";
import type { TargetSpec } from "#contracts/targets.ts";
import { keepSyncing } from "#src/engine/sync-peers.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { createFakeClock } from "../fake-clock.ts";
import { until } from "../open-engine.ts";
import { type OpenServer, openServer } from "../open-server.ts";
import { claimsOf, signed } from "../signing.ts";
import { codeOf, openTwoServers, type TwoServers } from "../two-servers.ts";

let two: TwoServers;
beforeEach(async () => {
  two = await openTwoServers();
});
afterEach(() => two[Symbol.asyncDispose]());

const minuteMs = 60_000;

const peersOf = async (server: OpenServer) =>
  ((await server.call("GET", "/v1/peers")).body as { peers: PeerRecord[] }).peers;
const targetsOf = async (server: OpenServer, query = "") =>
  ((await server.call("GET", `/v1/targets${query}`)).body as { targets: TargetSpec[] }).targets;
const idOf = (server: OpenServer) => server.node.engine.network.nodeId;
const join = (code: string, changes: object = {}) =>
  two.b.call("POST", "/v1/peers/join", {
    code,
    base_url: two.b.url,
    as: "beta",
    peer_id: "alpha",
    ...changes,
  });

/** A request as a key signs it. */
async function ask(
  server: OpenServer,
  by: ReturnType<typeof ed25519Identity>,
  { path, type, body }: { path: string; type: "targets.list" | "node.pair"; body?: object },
) {
  const method = body === undefined ? "GET" : "POST";
  const text = body === undefined ? "" : JSON.stringify(body);
  const message = {
    by,
    to: idOf(server),
    message_type: type,
    method,
    path,
    body: text,
    nowMs: two.clock.now(),
  } as const;
  return server.call(method, path, body, { authorization: null, ...(await signed(message)) });
}

describe("a code", () => {
  it("makes two nodes peers that trust each other by their keys", async () => {
    await two.pair();
    expect(await peersOf(two.a)).toMatchObject([
      { peer_id: "beta", base_url: two.b.url, node_id: idOf(two.b), trust: "trusted" },
    ]);
    expect(await peersOf(two.b)).toMatchObject([
      { peer_id: "alpha", base_url: two.a.url, node_id: idOf(two.a), trust: "trusted", status: "online" },
    ]);
  });

  it("works once", async () => {
    const code = await codeOf(two.a);
    expect((await join(code)).status).toBe(201);
    expect(await join(code)).toMatchObject({ status: 409, body: { code: "pairing_refused" } });
  });

  it("works for ten minutes", async () => {
    const early = await codeOf(two.a);
    const late = await codeOf(two.a);
    two.clock.advance(10 * minuteMs - 1);
    expect((await join(early)).status).toBe(201);
    two.clock.advance(1);
    expect(await join(late)).toMatchObject({ status: 409, body: { code: "pairing_refused" } });
  });

  it("is for the node whose key it names, whoever answers at its address", async () => {
    const code = JSON.parse(Buffer.from((await codeOf(two.a)).slice(7), "base64url").toString()) as object;
    const other = { ...code, node_id: ed25519Identity(makeKey()).nodeId };
    const forged = `alink1_${Buffer.from(JSON.stringify(other)).toString("base64url")}`;
    expect(await join(forged)).toMatchObject({ status: 409, body: { code: "pairing_refused" } });
    expect([await peersOf(two.a), await peersOf(two.b)]).toEqual([[], []]);
  });

  it("is used by the key that signs, in no other's name", async () => {
    const { secret } = JSON.parse(Buffer.from((await codeOf(two.a)).slice(7), "base64url").toString()) as {
      secret: string;
    };
    const thief = ed25519Identity(makeKey());
    const body = { secret, node_id: idOf(two.b), peer_id: "beta", base_url: "http://127.0.0.1:9" };
    expect((await ask(two.a, thief, { path: "/v1/node/pair", type: "node.pair", body })).status).toBe(401);
    expect(await peersOf(two.a)).toEqual([]);
    // It was not used up by that.
    const own = { ...body, node_id: thief.nodeId };
    expect((await ask(two.a, thief, { path: "/v1/node/pair", type: "node.pair", body: own })).status).toBe(
      200,
    );
  });

  it("does not take back what was blocked", async () => {
    await two.pair();
    await two.a.call("POST", "/v1/peers/beta/block");
    expect(await join(await codeOf(two.a))).toMatchObject({ status: 409, body: { code: "pairing_refused" } });
    expect(await peersOf(two.a)).toMatchObject([{ peer_id: "beta", trust: "blocked" }]);
  });

  it("gives a node another name where the one that it asks for is taken", async () => {
    await two.a.call("POST", "/v1/peers", { peer_id: "beta", base_url: "http://127.0.0.1:9" });
    await two.pair();
    expect((await peersOf(two.a)).map(({ peer_id }) => peer_id).sort()).toEqual(["beta", "beta-2"]);
  });
});

describe("the targets of a peer", () => {
  beforeEach(() => two.pair());

  it("are listed beside those of the node, and tell nothing of how they run", async () => {
    const listed = await targetsOf(two.b, "?refresh=true");
    expect(listed).toMatchObject([
      { target_id: "build", owner: "local", source: "registry" },
      {
        target_id: "alpha/research",
        owner: "remote",
        source: "peer",
        peer_id: "alpha",
        peer_status: "online",
      },
    ]);
    const [, detail] = await targetsOf(two.b, "?detail=true");
    expect(detail).toMatchObject({ peer_base_url: two.a.url, defaults: {} });
    expect(detail).not.toHaveProperty("command");
  });

  it("are those that are exported", async () => {
    const exports = { trusted: new Set<string>() };
    two.a.node.engine.registry = { ...two.a.node.engine.registry, exports };
    expect((await targetsOf(two.b, "?refresh=true")).map(({ target_id }) => target_id)).toEqual(["build"]);
  });

  it("are never passed on to another", async () => {
    await targetsOf(two.a, "?refresh=true");
    const synced = await two.b.call("POST", "/v1/peers/alpha/sync");
    expect(synced.body).toMatchObject({ targets: [{ target_id: "research" }] });
  });

  it("stay known while the peer doesn't answer, which is offline with a reason", async () => {
    await two.a[Symbol.asyncDispose]();
    expect(await two.b.call("POST", "/v1/peers/alpha/sync")).toMatchObject({
      status: 502,
      body: { code: "peer_unreachable" },
    });
    expect(await peersOf(two.b)).toMatchObject([
      { status: "offline", status_reason: expect.stringMatching(/ECONNREFUSED/) },
    ]);
    expect(await targetsOf(two.b, "?refresh=true")).toMatchObject([
      { target_id: "build" },
      { target_id: "alpha/research", peer_status: "offline" },
    ]);
  });

  it("go with the peer", async () => {
    await two.b.call("DELETE", "/v1/peers/alpha");
    expect((await targetsOf(two.b)).map(({ target_id }) => target_id)).toEqual(["build"]);
    expect(await peersOf(two.b)).toEqual([]);
  });
});

describe("trust", () => {
  it("is not given without a key, and not asked for what matters", async () => {
    const added = await two.b.call("POST", "/v1/peers", { peer_id: "alpha", base_url: two.a.url });
    expect(added).toMatchObject({ status: 201, body: { trust: "pending", node_id: null } });
    expect((await two.b.call("POST", "/v1/peers/alpha/sync")).status).toBe(502);
  });

  it("pins the key that a peer shows and proves, when the operator says so", async () => {
    await two.b.call("POST", "/v1/peers", { peer_id: "alpha", base_url: two.a.url });
    const trusted = await two.b.call("POST", "/v1/peers/alpha/trust");
    expect(trusted).toMatchObject({ status: 200, body: { trust: "trusted", node_id: idOf(two.a) } });
  });

  it("ends for a peer that is blocked, in both directions and at once", async () => {
    await two.pair();
    await two.a.call("POST", "/v1/peers/beta/block");
    expect((await two.b.call("POST", "/v1/peers/alpha/sync")).status).toBe(502);
    expect((await two.a.call("POST", "/v1/peers/beta/sync")).status).toBe(502);
    const [blocked] = await peersOf(two.a);
    expect(blocked).toMatchObject({ trust: "blocked", status_reason: expect.stringContaining("is blocked") });
    const trusted = await two.a.call("POST", "/v1/peers/beta/trust");
    expect(trusted.body).toMatchObject({ trust: "trusted", status_reason: "it was not asked yet" });
    expect((await two.b.call("POST", "/v1/peers/alpha/sync")).status).toBe(200);
  });

  it("outlives a change of key that the old key and the new one sign", async () => {
    await two.pair();
    const old = ed25519Identity(makeKey());
    await two.a.call("POST", "/v1/peers", {
      peer_id: "gamma",
      base_url: "http://127.0.0.1:9",
      node_id: old.nodeId,
    });
    const next = ed25519Identity(makeKey());
    const body = JSON.stringify({ new_node_id: next.nodeId });
    const message = {
      to: idOf(two.a),
      message_type: "node.rotate",
      method: "POST",
      path: "/v1/node/rotate",
      body,
      nowMs: two.clock.now(),
    } as const;
    const rotate = async (also: string) =>
      two.a.call("POST", message.path, body, {
        authorization: null,
        ...(await signed({ ...message, by: old })),
        "AethroLink-Signature-New": also,
      });
    const byAnother = await ed25519Identity(makeKey()).sign({
      ...claimsOf({ ...message, by: next }),
      chain: [old.nodeId],
    });
    expect((await rotate(byAnother ?? "")).status).toBe(401);
    const byItself = await next.sign({ ...claimsOf({ ...message, by: next }), chain: [old.nodeId] });
    expect(await rotate(byItself ?? "")).toMatchObject({ status: 200, body: { node_id: next.nodeId } });
    const list = { path: "/v1/targets", type: "targets.list" } as const;
    expect((await ask(two.a, old, list)).status).toBe(401);
    expect((await ask(two.a, next, list)).status).toBe(200);
  });
});

it("a name that stands for nodes without a key is no peer's", async () => {
  const added = await two.b.call("POST", "/v1/peers", { peer_id: "unsigned", base_url: two.a.url });
  expect(added).toMatchObject({ status: 409, body: { code: "name_taken" } });
});

it("however often peers are asked, no more waits for the end of the node than before", async () => {
  const { engine } = two.a.node;
  const waiting = () => getEventListeners(engine.network.over.signal, "abort").length;
  keepSyncing(engine, 1000, () => 0.5);
  await until(() => two.clock.armed() > 0, "the next round to be due");
  const before = waiting();
  for (let round = 0; round < 5; round++) {
    two.clock.advance(1000);
    await until(() => two.clock.armed() > 0, "the next round to be due");
  }
  expect(waiting()).toBe(before);
  engine.network.over.abort();
  expect(two.clock.armed()).toBe(0);
});

it("messages that are refused are a line a minute for an address, which counts them", async () => {
  const lines: { readonly reason?: string; readonly refused_before?: number }[] = [];
  const logger = pino({ level: "warn" }, { write: (line) => void lines.push(JSON.parse(line)) });
  const clock = createFakeClock();
  await using server = await openServer({ logger, clock });
  const stranger = ed25519Identity(makeKey());
  const refusedOnce = async () => {
    const message = { by: stranger, to: idOf(server), message_type: "targets.list" } as const;
    const about = { method: "GET", path: "/v1/targets", nowMs: clock.now() } as const;
    const headers = await signed({ ...message, ...about });
    const { status } = await server.call("GET", about.path, undefined, { authorization: null, ...headers });
    expect(status).toBe(401);
  };
  for (let count = 0; count < 5; count++) await refusedOnce();
  clock.advance(minuteMs);
  await refusedOnce();
  const told = lines.filter(({ reason }) => reason !== undefined);
  expect(told.map(({ refused_before }) => refused_before)).toEqual([undefined, 4]);
});

it("a peer that was offline is asked as soon as it speaks", async () => {
  await two.pair();
  const { peers } = two.a.node.engine.network;
  const beta = peers.get("beta");
  if (beta !== undefined) await peers.put({ ...beta, status: "offline", status_reason: "for this test" });
  await two.b.call("POST", "/v1/peers/alpha/sync");
  await until(() => peers.get("beta")?.status === "online", "the peer to be online");
});
