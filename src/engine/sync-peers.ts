/**
 * What peers export, asked for by hand and from time to time.
 *
 * 1. A peer that does not answer keeps what it last said, and is offline, with the reason.
 * 2. One is asked once at a time, however many want to know.
 * 3. Of a peer's targets those count that are its own and can be read; none hides the others.
 * 4. What comes of it counts only if the peer is still the one that was asked.
 */
import { ExportedTarget, ExportedTargets } from "#contracts/peers.ts";
import { type PeerAnswer, PeerFault } from "#src/core/network-ports.ts";
import { fail } from "#src/errors.ts";
import type { Peer, PeerTarget } from "#src/store/peers.ts";
import type { Engine } from "./engine.ts";
import { askPeer, type Synced } from "./network.ts";
import { findPeer } from "./peers.ts";
import { tellCancels } from "./relay-cancel.ts";

/** A sync may take so long in all. */
const syncMs = 10_000;

/**
 * Asks a peer what it exports.
 * @throws RequestError peer_unreachable
 */
export function syncPeer(engine: Engine, peer_id: string): Promise<Synced> {
  const { syncs } = engine.network;
  const running = syncs.get(peer_id);
  if (running !== undefined) return running;
  const sync = (async () => syncOnce(engine, findPeer(engine, peer_id)))().finally(() => {
    syncs.delete(peer_id);
  });
  syncs.set(peer_id, sync);
  return sync;
}

async function syncOnce(engine: Engine, peer: Peer): Promise<Synced> {
  try {
    const answer = await askPeer(engine.network, peer, {
      message_type: "targets.list",
      method: "GET",
      path: "/v1/targets",
      answerMs: syncMs,
    });
    return await keepAnswer(engine, peer, targetsIn(answer));
  } catch (thrown) {
    if (!(thrown instanceof PeerFault)) throw thrown;
    await noteOffline(engine, peer, thrown.message);
    return fail("peer_unreachable", `${peer.peer_id} can't be asked: ${thrown.message}.`, { cause: thrown });
  }
}

type Told = Pick<PeerTarget, "target_id" | "display_name" | "capabilities" | "metadata">;

/** More are not taken from one peer. */
const mostTargets = 1000;

/** Its own targets; what it knows of others is not passed on. */
function targetsIn({ status, content }: PeerAnswer): Told[] {
  if (status !== 200)
    throw new PeerFault("untrusted", `it answers ${status} when it is asked for its targets`);
  const { data } = ExportedTargets.safeParse(content);
  if (data === undefined) throw new PeerFault("untrusted", "what it says of its targets is not understood");
  const own = data.targets
    .flatMap((each) => ExportedTarget.safeParse(each).data ?? [])
    .filter(({ owner }) => owner !== "remote")
    .slice(0, mostTargets);
  const named = new Map(
    own.map(({ target_id, display_name, capabilities }) => [
      target_id,
      { target_id, display_name: display_name ?? target_id, capabilities, metadata: {} },
    ]),
  );
  return [...named.values()];
}

/** The peer as it is known now, if it is the one that was asked. */
function stillThere({ network }: Engine, asked: Peer): Peer | undefined {
  const now = network.peers.get(asked.peer_id);
  const isSame =
    now?.pairing_id === asked.pairing_id &&
    now.node_id === asked.node_id &&
    now.trust === asked.trust &&
    now.base_url === asked.base_url;
  return isSame ? now : undefined;
}

async function keepAnswer(engine: Engine, asked: Peer, told: readonly Told[]): Promise<Synced> {
  const { network, clock, logger } = engine;
  const peer = stillThere(engine, asked);
  if (peer === undefined) throw new PeerFault("untrusted", "it was changed while it was asked");
  const now = new Date(clock.now()).toISOString();
  const online: Peer = { ...peer, status: "online", status_reason: null, last_seen_at: now };
  const targets = told.map((target) => ({ ...target, peer_id: peer.peer_id, synced_at: now }));
  if (peer.status === "offline") logger.info({ peer_id: peer.peer_id }, "a peer is online");
  network.heard.delete(peer.peer_id);
  await Promise.all([network.peers.put(online), network.peers.setTargets(peer.peer_id, targets)]);
  tellCancels(engine, peer.peer_id);
  return { peer: online, targets };
}

async function noteOffline(engine: Engine, asked: Peer, reason: string): Promise<void> {
  const peer = stillThere(engine, asked);
  if (peer === undefined || (peer.status === "offline" && peer.status_reason === reason)) return;
  if (!engine.stopping) engine.logger.warn({ peer_id: peer.peer_id, reason }, "a peer is offline");
  await engine.network.peers.put({ ...peer, status: "offline", status_reason: reason });
}

/** Asks all that can be asked, side by side; resolves when the last has answered, or won't. */
export async function syncPeers(engine: Engine): Promise<void> {
  const able = engine.network.peers.list().filter(({ trust }) => trust === "trusted" || trust === "unsigned");
  await Promise.allSettled(able.map(({ peer_id }) => syncPeer(engine, peer_id)));
}

/** A peer that speaks is asked for it so often at most, until it answers. */
const heardMs = 5000;

/** A peer that speaks is there: it is told what it has not answered, and asked if it was thought to be offline. */
export function heardFrom(engine: Engine, peer_id: string): void {
  tellCancels(engine, peer_id);
  const { network, clock, stopping } = engine;
  if (stopping || network.peers.get(peer_id)?.status !== "offline") return;
  // Two nodes that hear each other, and can't read each other's answers, would ask without end.
  if (clock.now() - (network.heard.get(peer_id) ?? Number.NEGATIVE_INFINITY) < heardMs) return;
  network.heard.set(peer_id, clock.now());
  syncPeer(engine, peer_id).catch(() => {
    // Its reason stands in its record.
  });
}

/**
 * Asks them again and again.
 * @param everyMs between one time and the next, a fifth more or less; 0: never
 * @param random from 0 to 1, so that nodes that start together don't ask together
 */
export function keepSyncing(engine: Engine, everyMs: number, random: () => number = Math.random): void {
  if (everyMs === 0) return;
  let stop = () => {};
  engine.network.over.signal.addEventListener("abort", () => stop(), { once: true });
  const next = async () => {
    if (engine.stopping) return;
    await syncPeers(engine);
    if (engine.stopping) return;
    stop = engine.clock.after(everyMs * (0.8 + 0.4 * random()), () => void next());
  };
  void next();
}
