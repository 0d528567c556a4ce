/** Targets of other nodes, and of this one by the same way. */
import type { Target } from "./ports.ts";

/** What a node calls itself among its peers: a hop that never leaves it, and is else like any other. */
export const selfPeer = "self";

/** A peer's target, as far as a peer tells. */
export interface RemoteTarget {
  readonly peer_id: string;
  readonly target_id: string;
  readonly display_name: string;
  readonly capabilities: readonly string[];
}

/** A peer's target as this node routes to it; how it is started is the peer's own business. */
export function remoteTarget({ peer_id, target_id, display_name, capabilities }: RemoteTarget): Target {
  return {
    target_id: `${peer_id}/${target_id}`,
    display_name,
    adapter: "node_relay",
    dialect: "",
    owner: "remote",
    source: "peer",
    remote: { peer_id, target_id },
    launch: {
      mode: "external",
      command: null,
      commands: {},
      env: {},
      cwd: null,
      timeout_ms: 60_000,
      idle_timeout_ms: 300_000,
      requires: [],
    },
    endpoint: null,
    healthcheck: null,
    capabilities,
    defaults: {},
    permissions: "ask",
    auth_method: null,
    sticky_mode: "conversation",
    max_concurrency: null,
    queue: 10_000,
    timeout_ms: undefined,
  };
}
