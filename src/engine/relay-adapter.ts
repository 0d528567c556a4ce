/**
 * Targets of other nodes, as far as they are asked for like runtimes of this one: what is known of them, and
 * that nothing of them is started or stopped here. Their tasks are relay-task.ts's.
 */
import { AdapterFault, type RuntimeAdapter } from "#src/core/ports.ts";
import type { PeerStore } from "#src/store/peers.ts";

const notHere = (target_id: string) =>
  new AdapterFault("unavailable", `${target_id} is another node's; it is started and stopped there`);

/** The adapter of peers' targets. */
export function createRelayAdapter(peers: Pick<PeerStore, "get">): RuntimeAdapter {
  return {
    name: "node_relay",
    health({ remote }) {
      const peer = peers.get(remote?.peer_id ?? "");
      if (peer?.status === "online") return { healthy: true, state: "up" };
      return { healthy: false, state: "down", detail: peer?.status_reason ?? "its node is not known" };
    },
    usable: () => undefined,
    launch: ({ target_id }) => ({ launch_id: null, lease: Promise.reject(notHere(target_id)) }),
    probe: ({ target_id }) => Promise.reject(notHere(target_id)),
    // The other node has the queue.
    lane: ({ remote }) => ({ process: remote?.peer_id ?? "", session: null }),
    submit: (_task, { target_id }) => Promise.reject(notHere(target_id)),
    stop: async () => false,
    close: async () => {},
  };
}
