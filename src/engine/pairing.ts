/**
 * How two nodes become peers by a code.
 *
 * 1. A code holds a secret of 256 random bits, works once, and for 10 minutes. It is kept as its SHA-256,
 *    in memory: a restart ends it.
 * 2. It is bound to both keys: it names the key of the node that made it, which must sign the answer; and
 *    whoever uses it signs with the key that is then pinned.
 * 3. It is used up in the same turn in which it is found good.
 */
import { createHash, randomBytes } from "node:crypto";
import { Paired, type PairRequest } from "#contracts/node.ts";
import {
  nodeIdPattern,
  type PeerInvitation,
  type PeerInviteRequest,
  type PeerJoinRequest,
} from "#contracts/peers.ts";
import { reservedNames } from "#src/core/access.ts";
import { type KnownPeer, type PeerAnswer, type PeerCaller, PeerFault } from "#src/core/network-ports.ts";
import type { JsonObject } from "#src/core/ports.ts";
import { fail } from "#src/errors.ts";
import type { Peer } from "#src/store/peers.ts";
import type { Engine } from "./engine.ts";
import { askPeer, refuseAddress } from "./network.ts";
import { keepPeer, nameFault, newPeer, refuseKey, refuseName, unreachable } from "./peers.ts";
import { syncPeer } from "./sync-peers.ts";

const lifeMs = 10 * 60 * 1000;
/** Of more, the oldest is forgotten. */
const mostOpen = 100;
const prefix = "alink1_";

const sha256Of = (text: string) => createHash("sha256").update(text).digest("hex");

/**
 * Makes an invitation.
 * @throws RequestError invalid_request where no address is known under which others reach this node
 */
export function invitePeer(engine: Engine, given: PeerInviteRequest): PeerInvitation {
  const { network, clock } = engine;
  const base_url = ownAddress(engine, given.base_url);
  const secret = randomBytes(32).toString("base64url");
  const expiresAt = clock.now() + lifeMs;
  const display_name = given.display_name ?? network.machineName;
  network.invitations.set(sha256Of(secret), { expiresAt, display_name });
  for (const [oldest] of network.invitations) {
    if (network.invitations.size <= mostOpen) break;
    network.invitations.delete(oldest);
  }
  const code = { url: base_url, node_id: network.nodeId, secret };
  return {
    code: prefix + Buffer.from(JSON.stringify(code)).toString("base64url"),
    base_url,
    node_id: network.nodeId,
    expires_at: new Date(expiresAt).toISOString(),
  };
}

function ownAddress({ network }: Engine, given: string | undefined): string {
  const base_url = given ?? network.baseUrl;
  if (base_url === null) {
    fail(
      "invalid_request",
      "base_url: say where the other node reaches this one; it listens at every address.",
    );
  }
  refuseAddress(network, base_url);
  return base_url;
}

interface Code {
  readonly url: string;
  readonly node_id: string;
  readonly secret: string;
}

function codeIn(text: string): Code {
  try {
    const json = Buffer.from(text.trim().slice(prefix.length), "base64url").toString();
    const { url, node_id, secret } = JSON.parse(json) as Partial<Code>;
    if (
      typeof url === "string" &&
      URL.canParse(url) &&
      nodeIdPattern.test(node_id ?? "") &&
      typeof secret === "string"
    )
      return { url, node_id: node_id ?? "", secret };
  } catch {
    // Said below, like a code that holds something else.
  }
  return fail("invalid_request", "code: it is damaged; copy it whole, as peer-invite printed it.");
}

/**
 * Pairs with the node that made a code.
 * @throws RequestError pairing_refused, peer_unreachable, or for a name or address that can't be
 */
export async function joinPeer(engine: Engine, given: PeerJoinRequest): Promise<Peer> {
  const { network } = engine;
  const { url, node_id, secret } = codeIn(given.code);
  refuseAddress(network, url, "code");
  const known = network.peers.byNodeId(node_id);
  refuseKey(engine, given.peer_id ?? known?.peer_id, node_id);
  refuseOther(engine, given.peer_id, node_id);
  const request = {
    secret,
    node_id: network.nodeId,
    peer_id: given.as ?? nameOf(network.machineName),
    base_url: ownAddress(engine, given.base_url),
    display_name: given.display_name ?? network.machineName,
  };
  const paired = await pair(engine, { peer_id: url, base_url: url, node_id, trust: "pending" }, request);
  // Much may have happened while it was asked: what the operator did meanwhile counts.
  const now = network.peers.byNodeId(node_id);
  if (now?.trust === "blocked" && known?.trust !== "blocked")
    fail("pairing_refused", `${now.peer_id} was blocked while it was paired with.`);
  const peer_id = given.peer_id ?? now?.peer_id ?? freeName(engine, paired.peer_id);
  refuseOther(engine, given.peer_id, node_id);
  refuseKey(engine, peer_id, node_id);
  const peer = await keepPeer(engine, {
    ...(now ?? newPeer(engine, peer_id, url)),
    base_url: url,
    display_name: paired.display_name ?? peer_id,
    node_id,
    trust: "trusted",
  });
  if (now === undefined) await network.peers.setTargets(peer_id, []);
  const synced = await syncPeer(engine, peer_id).catch(() => undefined); // its reason stands in its record
  return synced?.peer ?? network.peers.get(peer_id) ?? peer;
}

/** @throws RequestError name_taken for a name that is another node's */
function refuseOther(engine: Engine, peer_id: string | undefined, node_id: string): void {
  if (peer_id === undefined) return;
  refuseName(engine, peer_id);
  const other = engine.network.peers.get(peer_id);
  if (other?.trust === "blocked" && other.node_id !== node_id)
    fail("name_taken", `${peer_id} is blocked; give this node another name, or remove that one first.`);
  if (other !== undefined && other.node_id !== node_id && other.node_id !== null)
    fail("name_taken", `${peer_id} is another node; give this one another name.`);
}

async function pair(engine: Engine, peer: KnownPeer, request: JsonObject): Promise<Paired> {
  const answer = await askPeer(engine.network, peer, {
    message_type: "node.pair",
    method: "POST",
    path: "/v1/node/pair",
    content: request,
  }).catch((thrown: unknown) => {
    if (thrown instanceof PeerFault && thrown.kind === "untrusted") return refusedBy(peer, thrown.message);
    throw unreachable(peer.base_url, thrown);
  });
  const { data } = Paired.safeParse(answer.content);
  if (answer.status === 200 && data?.node_id === peer.node_id) return data;
  return refusedBy(peer, whyOf(answer));
}

const refusedBy = ({ base_url }: KnownPeer, why: string): never =>
  fail(
    "pairing_refused",
    `${base_url} refused: ${why}. A code works once, and for 10 minutes; make a new one there.`,
  );

function whyOf({ status, content }: PeerAnswer): string {
  const detail = (content as { detail?: unknown } | null)?.detail;
  return typeof detail === "string" ? detail.slice(0, 300).replace(/\.$/, "") : `it answers ${status}`;
}

/**
 * Takes back an invitation: pins the key that uses it.
 * @throws RequestError unauthorized for a secret that is wrong, used or too old
 */
export async function acceptPairing(
  engine: Engine,
  caller: PeerCaller,
  request: PairRequest,
): Promise<Paired> {
  const { network, clock, logger } = engine;
  const { node_id, base_url } = request;
  if (caller.kind === "unsigned" || caller.node_id !== node_id)
    fail("unauthorized", "The request is not signed by the key that it names.");
  const name = sha256Of(request.secret);
  const invitation = network.invitations.get(name);
  if (invitation === undefined || invitation.expiresAt <= clock.now())
    fail("unauthorized", "The code is wrong, was used, or is too old.");
  refuseAddress(network, base_url);
  refuseKey(engine, network.peers.byNodeId(node_id)?.peer_id, node_id);
  const known = network.peers.byNodeId(node_id);
  if (known?.trust === "blocked") fail("unauthorized", "This node is blocked.");
  network.invitations.delete(name);
  const peer_id = known?.peer_id ?? freeName(engine, request.peer_id);
  const display_name = request.display_name ?? peer_id;
  await keepPeer(engine, {
    ...(known ?? newPeer(engine, peer_id, base_url)),
    base_url,
    display_name,
    node_id,
    trust: "trusted",
  });
  logger.info({ peer_id, node_id, base_url }, "a node was paired with this one");
  return {
    node_id: network.nodeId,
    peer_id: nameOf(network.machineName),
    display_name: invitation.display_name,
  };
}

/** A machine's name as that of a peer. */
export function nameOf(machineName: string): string {
  const name = machineName
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 60);
  return name === "" || reservedNames.has(name) ? "node" : name;
}

/** A name like the one that was asked for, which nothing has. */
function freeName(engine: Engine, wanted: string): string {
  const isFree = (name: string) =>
    engine.network.peers.get(name) === undefined && nameFault(engine, name) === undefined;
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted.slice(0, 56)}-${number}`;
    if (isFree(name)) return name;
  }
}
