/** Targets that the registry names. */
import type { DiscoveryProvider } from "#src/core/network-ports.ts";
import type { Target } from "#src/core/ports.ts";

/** @param read those of now; a registry that is read anew is another map */
export function registryDiscovery(read: () => ReadonlyMap<string, Target>): DiscoveryProvider {
  return { name: "registry", targets: read };
}
