/** Peers in words. */
import type { PeerRecord } from "@aethrolink/client";
import { fieldsInWords, table } from "./render.ts";

/** A line for each peer. */
export function peersInWords(peers: readonly PeerRecord[]): string {
  const rows = peers.map(({ peer_id, trust, status, base_url, display_name, status_reason }) => ({
    peer: peer_id,
    trust,
    status,
    address: base_url,
    name: display_name,
    why: status_reason ?? "",
  }));
  return table(rows, "There are no peers. Pair with one: alink-cli peer-invite there, peer-join here.");
}

/** A peer with all that is known of it. */
export function peerInWords(peer: PeerRecord): string {
  return fieldsInWords([
    ["peer", peer.peer_id],
    ["name", peer.display_name],
    ["address", peer.base_url],
    ["node id", peer.node_id ?? "none"],
    ["trust", peer.trust],
    ["status", peer.status],
    ["why", peer.status_reason ?? undefined],
    ["capabilities", peer.capabilities.join(", ") || undefined],
    ["last seen", peer.last_seen_at ?? "never"],
  ]);
}
