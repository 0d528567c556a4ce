/** What other nodes see of this one. */
import type { TargetSpec } from "#contracts/targets.ts";
import type { PeerCaller } from "#src/core/network-ports.ts";
import { selfPeer } from "#src/core/remote-target.ts";
import type { Engine } from "./engine.ts";
import { specOf } from "./target-spec.ts";

/** The targets that a caller sees: this node's own, as far as they are exported to it. */
export function exportedTargets(engine: Engine, caller: PeerCaller): TargetSpec[] {
  const { registry, network } = engine;
  const listed = caller.kind === "peer" ? registry.exports?.trusted : registry.exports?.unsigned;
  const isSelf = caller.kind === "peer" && caller.peer_id === selfPeer;
  const isAll = isSelf || (listed === undefined && (caller.kind === "peer" || network.exportUnsigned));
  if (caller.kind === "stranger") return [];
  return [...network.discovery.targets().values()]
    .filter(({ owner, target_id }) => owner === "local" && (isAll || listed?.has(target_id) === true))
    .map((target) => specOf(engine, target));
}
