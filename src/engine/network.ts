/** What the engine knows of other nodes, and how it asks them. */
import { isLoopbackName } from "#src/core/loopback.ts";
import {
  type DiscoveryProvider,
  type KeptPeer,
  type KnownPeer,
  type PeerAnswer,
  PeerFault,
  type PeerLink,
  type PeerRequest,
} from "#src/core/network-ports.ts";
import { fail } from "#src/errors.ts";
import type { Peer, PeerStore, PeerTarget } from "#src/store/peers.ts";
import type { NodeTask } from "#src/store/relays.ts";

export interface Network {
  readonly nodeId: string;
  /** What this machine is called; a node calls itself so to others. */
  readonly machineName: string;
  /** This node as its own peer. */
  readonly self: KeptPeer;
  /** Where other nodes reach this one; null: it listens at no address that could be told. */
  readonly baseUrl: string | null;
  readonly peers: PeerStore;
  readonly link: PeerLink;
  /** All targets, of this node and of peers. */
  readonly discovery: DiscoveryProvider;
  readonly allowUnsigned: boolean;
  readonly allowPlainHttp: boolean;
  /** Whether unsigned callers see every target where the registry says nothing. */
  readonly exportUnsigned: boolean;
  /** Open invitations, by the SHA-256 of their secret. */
  readonly invitations: Map<string, Invitation>;
  /** Syncs that are under way, by peer. */
  readonly syncs: Map<string, Promise<Synced>>;
  /** Tasks of other nodes that are being accepted, by who gives them and what they are called there. */
  readonly accepting: Map<string, Promise<NodeTask>>;
  /** When a peer was last asked because it spoke, in milliseconds since the epoch. */
  readonly heard: Map<string, number>;
  /** Artifacts whose bytes are being fetched from peers. */
  readonly fetching: Map<string, Promise<void>>;
  /** When each peer answered last, in milliseconds since the epoch. */
  readonly reached: Map<string, number>;
  /** Peers that have not answered a cancel, and when they are told again at the soonest, as with the others. */
  readonly owed: Map<string, number>;
  /** Aborted when the node stops. */
  readonly over: AbortController;
}

export interface Invitation {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly display_name: string;
}

export interface Synced {
  readonly peer: Peer;
  readonly targets: readonly PeerTarget[];
}

/** Why a node's address is not used; undefined: it may be. */
export function addressFault({ link, allowPlainHttp }: Network, base_url: string): string | undefined {
  if (!link.reaches(base_url)) return "nothing here goes to such an address";
  const { protocol, hostname } = new URL(base_url);
  if (protocol !== "http:" || isLoopbackName(hostname) || allowPlainHttp) return undefined;
  return "between machines it must be https; peers.allow_plain_http allows http in a network that is encrypted already";
}

/** @throws RequestError invalid_request for an address that is not used */
export function refuseAddress(network: Network, base_url: string, path = "base_url"): void {
  const message = addressFault(network, base_url);
  if (message !== undefined)
    fail("invalid_request", `${path}: ${base_url}: ${message}`, { errors: [{ path, message }] });
}

/**
 * Asks a peer, until the node stops.
 * @throws PeerFault also where the configuration doesn't allow its address any more
 */
export function askPeer(
  network: Network,
  peer: KnownPeer,
  request: PeerRequest,
  signal?: AbortSignal,
): Promise<PeerAnswer> {
  const message = addressFault(network, peer.base_url);
  if (message !== undefined)
    return Promise.reject(new PeerFault("unreachable", `${peer.base_url}: ${message}`));
  const until = signal === undefined ? network.over.signal : AbortSignal.any([signal, network.over.signal]);
  return network.link.ask(peer, request, until);
}
