/** Targets that peers have said they have, as they were last told. */
import type { DiscoveryProvider } from "#src/core/network-ports.ts";
import type { Target } from "#src/core/ports.ts";
import { type RemoteTarget, remoteTarget } from "#src/core/remote-target.ts";

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
