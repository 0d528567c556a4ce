/** Targets that peers have said they have, as they were last told. */
import type { DiscoveryProvider } from "#src/core/network-ports.ts";
import type { Target } from "#src/core/ports.ts";

/** A peer's target, as far as a peer tells. */
export interface RemoteTarget {
  readonly peer_id: string;
  readonly target_id: string;
  readonly display_name: string;
  readonly capabilities: readonly string[];
}

/**
 * The targets of peers, under `peer/target`.
 * @param read what is kept of them; the same list as before, where nothing has changed
 */
export function peerDiscovery(read: () => readonly RemoteTarget[]): DiscoveryProvider {
  let from: readonly RemoteTarget[] | undefined;
  let known: ReadonlyMap<string, Target> = new Map();
  return {
    name: "peers",
    targets() {
      const now = read();
      if (now !== from) {
        from = now;
        known = new Map(now.map((remote) => [`${remote.peer_id}/${remote.target_id}`, remoteTarget(remote)]));
      }
      return known;
    },
  };
}

/** A peer's target as this node routes to it; how it is started is the peer's own business. */
function remoteTarget({ peer_id, target_id, display_name, capabilities }: RemoteTarget): Target {
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
