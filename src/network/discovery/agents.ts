/** Targets that registered agents are. */
import type { DiscoveryProvider } from "#src/core/network-ports.ts";
import type { Target } from "#src/core/ports.ts";

/** @param read those of now; a map that changes as agents come and go */
export function agentDiscovery(read: () => ReadonlyMap<string, Target>): DiscoveryProvider {
  let known: ReadonlyMap<string, Target> = new Map();
  return {
    name: "agents",
    targets() {
      const now = read();
      if (!same(known, now)) known = new Map(now);
      return known;
    },
  };
}

function same(a: ReadonlyMap<string, Target>, b: ReadonlyMap<string, Target>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, target] of a) if (b.get(name) !== target) return false;
  return true;
}
