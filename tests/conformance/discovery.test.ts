import { describe, expect, it } from "vitest";
import type { Target } from "#src/core/ports.ts";
import type { RemoteTarget } from "#src/core/remote-target.ts";
import { agentDiscovery } from "#src/network/discovery/agents.ts";
import { compositeDiscovery } from "#src/network/discovery/composite.ts";
import { peerDiscovery } from "#src/network/discovery/peers.ts";
import { registryDiscovery } from "#src/network/discovery/registry.ts";
import { targetOf } from "../launching.ts";
import { discoveryConformance } from "./discovery.ts";

const mapOf = (names: readonly string[], changes: Partial<Target> = {}) =>
  new Map(names.map((target_id) => [target_id, targetOf([], { target_id, ...changes })]));

function openRegistry() {
  let targets: ReadonlyMap<string, Target> = new Map();
  return {
    provider: registryDiscovery(() => targets),
    set(names: readonly string[]) {
      targets = mapOf(names, { source: "registry" });
    },
  };
}

function openAgents() {
  const targets = new Map<string, Target>();
  return {
    provider: agentDiscovery(() => targets),
    set(names: readonly string[]) {
      targets.clear();
      for (const [name, target] of mapOf(names, { source: "agent" })) targets.set(name, target);
    },
  };
}

const remoteOf = (peer_id: string, target_id: string): RemoteTarget => ({
  peer_id,
  target_id,
  display_name: target_id,
  capabilities: ["test.run"],
});

function openPeers(peer_id: string) {
  let targets: readonly RemoteTarget[] = [];
  return {
    provider: peerDiscovery(() => targets),
    set(names: readonly string[]) {
      targets = names.map((name) => remoteOf(peer_id, name));
    },
  };
}

const same = (name: string) => name;
discoveryConformance({ name: "the registry", open: openRegistry, fullName: same, owner: "local" });
discoveryConformance({ name: "agents", open: openAgents, fullName: same, owner: "local" });
discoveryConformance({
  name: "peers",
  open: () => openPeers("build"),
  fullName: (name) => `build/${name}`,
  owner: "remote",
});
discoveryConformance({
  name: "several at once",
  open() {
    const registry = openRegistry();
    const all = [registry.provider, openPeers("build").provider];
    return { provider: compositeDiscovery(all), set: registry.set };
  },
  fullName: same,
  owner: "local",
});

describe("several discoveries as one", () => {
  it("know what each of them knows; of two targets of one name the first one's counts", () => {
    const registry = openRegistry();
    const agents = openAgents();
    const peers = openPeers("build");
    const all = compositeDiscovery([registry.provider, agents.provider, peers.provider]);
    registry.set(["a", "both"]);
    agents.set(["both", "c"]);
    peers.set(["a"]);
    expect([...all.targets()].map(([name, { source }]) => `${name} ${source}`)).toEqual([
      "a registry",
      "both registry",
      "c agent",
      "build/a peer",
    ]);
  });
});
