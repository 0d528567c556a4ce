/** Several ways to know of targets, as one. */
import type { DiscoveryProvider } from "#src/core/network-ports.ts";
import type { Target } from "#src/core/ports.ts";

/** @param providers of two targets of one name the first provider's counts */
export function compositeDiscovery(providers: readonly DiscoveryProvider[]): DiscoveryProvider {
  let parts: readonly ReadonlyMap<string, Target>[] = [];
  let all: ReadonlyMap<string, Target> = new Map();
  return {
    name: providers.map(({ name }) => name).join(", "),
    targets() {
      const now = providers.map((provider) => provider.targets());
      if (now.some((part, index) => part !== parts[index])) {
        parts = now;
        all = joined(now);
      }
      return all;
    },
  };
}

function joined(parts: readonly ReadonlyMap<string, Target>[]): ReadonlyMap<string, Target> {
  const all = new Map<string, Target>();
  for (const part of parts) {
    for (const [name, target] of part) if (!all.has(name)) all.set(name, target);
  }
  return all;
}
