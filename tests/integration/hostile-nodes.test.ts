/**
 * Hostile messages, many of them: none is accepted, and none changes anything. HOSTILE_MESSAGES says how
 * many; the full count is 10,000.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { openSeenSignatures } from "#src/store/seen-signatures.ts";
import { createFakeClock } from "../fake-clock.ts";
import { openEngine } from "../open-engine.ts";
import { type OpenServer, openServer } from "../open-server.ts";
import { tellFigures } from "../soak/figures.ts";
import { attacks, type Cast, rollsFrom, rotation, type Sent } from "./hostile-nodes.ts";

const count = Number(process.env["HOSTILE_MESSAGES"] ?? 500);
const names = Object.keys(attacks);

const clock = createFakeClock();
let server: OpenServer;
let cast: Cast;

beforeAll(async () => {
  server = await openServer({ clock });
  const make = () => ed25519Identity(makeKey());
  cast = {
    node: server.node.engine.network.nodeId,
    trusted: make(),
    blocked: make(),
    pending: make(),
    stranger: make(),
    now: clock.now,
  };
  const base_url = "http://127.0.0.1:9";
  for (const name of ["trusted", "blocked", "pending"] as const)
    await server.call("POST", "/v1/peers", { peer_id: name, base_url, node_id: cast[name].nodeId });
  await server.call("POST", "/v1/peers/blocked/block");
  const { peers } = server.node.engine.network;
  const pending = peers.get("pending");
  if (pending !== undefined) await peers.put({ ...pending, trust: "pending" });
});
afterAll(() => server[Symbol.asyncDispose]());

const send = ({ method, path, body, headers }: Sent) =>
  server.call(method, path, body, { authorization: null, ...headers });

/** All that a message could change, but for what only says when a peer was seen. */
function standing(): string {
  const { storage, engine } = server.node;
  engine.log.batch.flush();
  const rows = (table: string) => storage.reader.prepare(`SELECT * FROM ${table}`).all();
  const tables = ["tasks", "task_events", "peer_targets", "seen_signatures", "tokens", "artifacts"];
  const peers = storage.reader.prepare("SELECT peer_id, node_id, trust, base_url FROM peers").all();
  return JSON.stringify([peers, engine.network.invitations.size, ...tables.map(rows)]);
}

/** A change of key that is believed; the cast goes on with the key that was changed back. */
async function believed(): Promise<Sent> {
  const good = await rotation(cast, { by: cast.trusted });
  expect((await send(good)).status).toBe(200);
  const base = { peer_id: "trusted", base_url: "http://127.0.0.1:9", node_id: cast.trusted.nodeId };
  expect((await server.call("POST", "/v1/peers", base)).status).toBe(201);
  return good;
}

describe(`${count} hostile messages`, () => {
  it("are refused, each of them, and change nothing", async () => {
    const roll = rollsFrom(20_261_123);
    const refused: { [name: string]: number } = {};
    for (let sent = 0; sent < count; ) {
      const good = await believed();
      const before = standing();
      // Of each kind one; then what is good is still believed.
      for (const name of names.slice(0, count - sent)) {
        const { status } = await send((await attacks[name]?.(cast, roll, good)) ?? good);
        expect([name, status]).toEqual([name, 401]);
        refused[name] = (refused[name] ?? 0) + 1;
        sent++;
      }
      expect(standing()).toBe(before);
    }
    await believed();
    expect(Object.values(refused).reduce((sum, each) => sum + each, 0)).toBe(count);
    expect(Object.keys(refused)).toEqual(names);
    tellFigures("G16", { hostile: count, accepted: 0 });
  }, 600_000);

  it("are counted", async () => {
    const { body } = await server.call("GET", "/metrics");
    expect(String(body)).toMatch(new RegExp(`requests_refused_total{code="unauthorized"} ${count}\\n`));
  });
});

describe("a message that was taken", () => {
  const untilOf = (now: number) => now + 61_000;

  it("is not taken again after a restart, as long as it would hold", async () => {
    const first = await openEngine({ clock });
    const seen = openSeenSignatures(first.storage.writer, first.engine.log.batch, clock);
    expect(seen.take("message-1", "node", untilOf(clock.now()))).toBeUndefined();
    first.engine.log.batch.flush();
    first.abandon();
    await using second = await openEngine({ clock, dir: first.dir });
    const again = openSeenSignatures(second.storage.writer, second.engine.log.batch, clock);
    expect(again.take("message-1", "node", untilOf(clock.now()))).toMatch(/before/);
    expect(again.take("message-1", "another node", untilOf(clock.now()))).toBeUndefined();
  });

  it("is forgotten when it is too old anyway, and never for being one of many", async () => {
    await using node = await openEngine({ clock });
    const seen = openSeenSignatures(node.storage.writer, node.engine.log.batch, clock, 3);
    const take = (jti: string) => seen.take(jti, "node", untilOf(clock.now()));
    expect([take("1"), take("2"), take("3")]).toEqual([undefined, undefined, undefined]);
    expect(take("4")).toMatch(/too many/);
    expect(take("1")).toMatch(/before/);
    clock.advance(62_000);
    expect([take("4"), seen.count()]).toEqual([undefined, 1]);
  });
});
