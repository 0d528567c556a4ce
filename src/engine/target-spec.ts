/** Targets as they go on the wire. */
import type { JsonObject as WireObject } from "#contracts/shared.ts";
import type { TargetSpec } from "#contracts/targets.ts";
import type { Target } from "#src/core/ports.ts";
import type { Engine } from "./engine.ts";

/** What everybody may know of a target. */
export function specOf(engine: Engine, target: Target): TargetSpec {
  const { target_id, display_name, adapter, dialect, launch, capabilities, owner, source, max_concurrency } =
    target;
  return {
    target_id,
    runtime_id: target_id,
    display_name,
    adapter,
    ...(dialect === "" ? {} : { dialect }),
    launch: { mode: launch.mode },
    capabilities: [...capabilities],
    owner,
    source,
    ...(max_concurrency === null ? {} : { max_concurrency }),
    ...peerOf(engine, target),
  };
}

function peerOf({ network }: Engine, { remote }: Target): Pick<TargetSpec, "peer_id" | "peer_status"> {
  if (remote === undefined) return {};
  const { peer_id } = remote;
  return { peer_id, peer_status: network.peers.get(peer_id)?.status ?? "offline" };
}

/** What only the operator may know besides; never an environment or a header. */
export function detailOf(engine: Engine, target: Target): TargetSpec {
  const { launch, endpoint, healthcheck, defaults, remote } = target;
  const base_url = remote && engine.network.peers.get(remote.peer_id)?.base_url;
  return {
    ...specOf(engine, target),
    ...(launch.command === null ? {} : { command: [...launch.command] }),
    ...(endpoint === null ? {} : { endpoint }),
    ...(healthcheck === null ? {} : { healthcheck }),
    ...(base_url === undefined ? {} : { peer_base_url: base_url }),
    defaults: defaults as WireObject,
  };
}
