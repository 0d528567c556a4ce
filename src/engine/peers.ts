/**
 * The nodes that this one knows, and how far it believes them.
 *
 * 1. A key is pinned by the operator, by an invitation, or by its owner's former key: never by a message.
 * 2. A blocked peer stays blocked until the operator trusts or removes it, and nothing of it is offered.
 * 3. A key is one peer's, and a name one thing's.
 */
import { type NodeHealth as Health, nodeProtocol } from "#contracts/node.ts";
import {
  nodeIdPattern,
  type PeerRecord,
  type PeerRegistration,
  type PeerTargetRecord,
} from "#contracts/peers.ts";
import type { JsonObject as WireObject } from "#contracts/shared.ts";
import { reservedNames } from "#src/core/access.ts";
import { type KnownPeer, PeerFault } from "#src/core/network-ports.ts";
import type { JsonObject } from "#src/core/ports.ts";
import { fail } from "#src/errors.ts";
import type { Peer, PeerTarget } from "#src/store/peers.ts";
import { newId } from "#src/store/ulid.ts";
import type { Engine } from "./engine.ts";
import { askPeer, refuseAddress } from "./network.ts";

/** A peer as it goes on the wire. */
export const peerRecord = ({ pairing_id: _own, capabilities, metadata, ...peer }: Peer): PeerRecord => ({
  ...peer,
  capabilities: [...capabilities],
  metadata: metadata as WireObject,
});

/** Its targets as they go on the wire. */
export const peerTargetRecords = ({ status }: Peer, targets: readonly PeerTarget[]): PeerTargetRecord[] =>
  targets.map(({ capabilities, metadata, ...target }) => ({
    ...target,
    capabilities: [...capabilities],
    metadata: metadata as WireObject,
    status: status === "online" ? "available" : "unavailable",
  }));

/**
 * A peer by its name.
 * @throws RequestError peer_not_found
 */
export function findPeer({ network }: Engine, peer_id: string): Peer {
  const peer = network.peers.get(peer_id);
  if (peer !== undefined) return peer;
  const known = network.peers.list().map((each) => each.peer_id);
  return fail("peer_not_found", `There is no peer ${peer_id}. Known: ${known.join(", ") || "none"}.`);
}

/** Why a name can't be a peer's; undefined: it can. */
export function nameFault({ network, agents }: Engine, peer_id: string): string | undefined {
  if (reservedNames.has(peer_id)) return `${peer_id} is reserved; give the peer another name.`;
  const isTaken = network.discovery.targets().has(peer_id) || agents.store.get(peer_id) !== undefined;
  return isTaken ? `${peer_id} is a target or an agent of this node; give the peer another name.` : undefined;
}

/** @throws RequestError name_taken */
export function refuseName(engine: Engine, peer_id: string): void {
  const fault = nameFault(engine, peer_id);
  if (fault !== undefined) fail("name_taken", fault);
}

/** @throws RequestError where the key is this node's own, or another peer's */
export function refuseKey({ network }: Engine, peer_id: string | undefined, node_id: string): void {
  if (node_id === network.nodeId) fail("invalid_request", "node_id: this is the node's own id.");
  const other = network.peers.byNodeId(node_id);
  if (other !== undefined && other.peer_id !== peer_id) {
    fail("name_taken", `This node is known as ${other.peer_id} already; use that name, or remove it first.`);
  }
}

/** What is known of a node that is new, before anything else is. */
export function newPeer(engine: Engine, peer_id: string, base_url: string): Peer {
  const now = new Date(engine.clock.now()).toISOString();
  return {
    peer_id,
    pairing_id: newId(),
    display_name: peer_id,
    base_url,
    node_id: null,
    trust: "pending",
    status: "offline",
    status_reason: notAsked,
    capabilities: [],
    metadata: {},
    registered_at: now,
    updated_at: now,
    last_seen_at: null,
  };
}

/** Keeps a peer with what is different now. */
export async function keepPeer({ network, clock }: Engine, peer: Peer): Promise<Peer> {
  const kept = { ...peer, updated_at: new Date(clock.now()).toISOString() };
  await network.peers.put(kept);
  return kept;
}

/** What was given under a name by one node is not there for another; a key that is pinned later is the same node's. */
const pairingOf = ({ pairing_id, node_id }: Peer, given: string | undefined): string =>
  node_id === null || given === undefined || given === node_id ? pairing_id : newId();

/**
 * Makes a node known, or changes what is known of it. Another key makes it another node.
 * @throws RequestError for a name, key or address that can't be
 */
export async function addPeer(engine: Engine, given: PeerRegistration): Promise<Peer> {
  const { network, logger } = engine;
  const { peer_id, base_url, node_id } = given;
  refuseName(engine, peer_id);
  refuseAddress(network, base_url);
  if (node_id !== undefined) refuseKey(engine, peer_id, node_id);
  const known = network.peers.get(peer_id) ?? newPeer(engine, peer_id, base_url);
  const peer = await keepPeer(engine, {
    ...known,
    ...trustOf(known, node_id, network.allowUnsigned),
    pairing_id: pairingOf(known, node_id),
    base_url,
    display_name: given.display_name ?? known.display_name,
    capabilities: given.capabilities,
    metadata: given.metadata as JsonObject,
  });
  // What another node exported is none of this one's.
  if (peer.pairing_id !== known.pairing_id) await network.peers.setTargets(peer_id, []);
  if (base_url.startsWith("http:") && network.allowPlainHttp)
    logger.warn(
      { peer_id, base_url },
      "this peer is reached without TLS: what is said to it can be read on the way",
    );
  return peer;
}

function trustOf(
  { node_id, trust }: Peer,
  given: string | undefined,
  allowUnsigned: boolean,
): Pick<Peer, "node_id" | "trust"> {
  if (given !== undefined) return { node_id: given, trust: trust === "blocked" ? trust : "trusted" };
  if (trust === "pending" && node_id === null && allowUnsigned) return { node_id, trust: "unsigned" };
  return { node_id, trust };
}

/**
 * Believes a peer by a key: the given one, else the pinned one, else the one that it shows and proves now.
 * @throws RequestError peer_unreachable, or name_taken for the key of another
 */
export async function trustPeer(engine: Engine, peer_id: string, given: string | undefined): Promise<Peer> {
  const peer = findPeer(engine, peer_id);
  const node_id = given ?? peer.node_id ?? (await shownKey(engine, peer));
  refuseKey(engine, peer_id, node_id);
  // It may have been removed while it was asked, or blocked, or become another.
  const now = findPeer(engine, peer_id);
  const isSame =
    now.pairing_id === peer.pairing_id && now.trust === peer.trust && now.base_url === peer.base_url;
  if (!isSame) fail("peer_unreachable", `${peer_id} was changed while it was asked for its key.`);
  // What was said of one that was not trusted says nothing of it now.
  const standing = now.trust === "trusted" ? {} : { status_reason: notAsked };
  return keepPeer(engine, { ...now, ...standing, node_id, trust: "trusted" });
}

const notAsked = "it was not asked yet";

/** The key that a node shows, and proves to have. */
async function shownKey(engine: Engine, { peer_id, base_url }: Peer): Promise<string> {
  const ask = async (node_id: string | null) => {
    const peer: KnownPeer = { peer_id, base_url, node_id, trust: "pending" };
    const { content } = await askPeer(engine.network, peer, {
      message_type: "node.health",
      method: "GET",
      path: "/v1/node/health",
    });
    return (content as { node_id?: unknown } | null)?.node_id;
  };
  try {
    const shown = await ask(null);
    if (typeof shown !== "string" || !nodeIdPattern.test(shown)) {
      const detail = `${peer_id} shows no key: it is no node that signs. peers.allow_unsigned allows such nodes.`;
      return fail("peer_unreachable", detail);
    }
    await ask(shown);
    return shown;
  } catch (thrown) {
    throw unreachable(peer_id, thrown);
  }
}

/** A peer that can't be asked, as the caller's error; anything else as it is. */
export function unreachable(peer_id: string, thrown: unknown): unknown {
  if (!(thrown instanceof PeerFault)) return thrown;
  return fail("peer_unreachable", `${peer_id} can't be asked: ${thrown.message}.`, { cause: thrown });
}

/** Refuses a peer from now on. */
export async function blockPeer(engine: Engine, peer_id: string): Promise<Peer> {
  const blocked: Peer = {
    ...findPeer(engine, peer_id),
    trust: "blocked",
    status: "offline",
    status_reason: "it is blocked",
  };
  const [kept] = await Promise.all([keepPeer(engine, blocked), engine.network.peers.setTargets(peer_id, [])]);
  return kept;
}

/** Forgets a peer, and what it exports. */
export async function removePeer(engine: Engine, peer_id: string): Promise<Peer> {
  const peer = findPeer(engine, peer_id);
  await engine.network.peers.remove(peer_id);
  return peer;
}

/** What a node says of itself to whoever asks. */
export const nodeHealth = ({ network, clock, stopping }: Engine): Health => ({
  node_id: network.nodeId,
  ok: !stopping,
  protocol: nodeProtocol,
  checked_at: new Date(clock.now()).toISOString(),
});
