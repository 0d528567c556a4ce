/**
 * After a restart: tasks that run at other nodes. What was handed over is followed again, in the background;
 * what was about to be is handed over again where the other node knows it again, and is interrupted elsewhere.
 * The end of this node ended nothing there: a cancel that can't be said any more has failed.
 */
import type { KnownPeer } from "#src/core/network-ports.ts";
import type { Target } from "#src/core/ports.ts";
import { remoteTarget } from "#src/core/remote-target.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import { adapterOf, type Engine } from "./engine.ts";
import { failTask } from "./fail-task.ts";
import { interruptTask } from "./interrupt-task.ts";
import { deduplicates, noLonger, relayPeer } from "./relay-link.ts";
import { relayAgain } from "./relay-task.ts";
import { beginWork, pendingLaunch } from "./run-task.ts";

/** Whether a task's target is another node's. */
export const isRelayed = ({ fixed }: OpenTask): boolean => fixed.resolved_runtime.includes("/");

/** The target of such a task, also where the peer tells of it no more. */
export function relayedTarget({ fixed }: OpenTask): Target {
  const [peer_id = "", target_id = ""] = fixed.resolved_runtime.split("/", 2);
  return remoteTarget({ peer_id, target_id, display_name: target_id, capabilities: [] });
}

const handedOver: ReadonlySet<string> = new Set(["dispatching", "running", "awaiting_input"]);

/** @returns when what was decided is on disk */
export async function decideRelayed(engine: Engine, task: OpenTask): Promise<void> {
  const peer_id = relayedTarget(task).remote?.peer_id ?? "";
  const peer = relayPeer(engine, engine.relays.binding(task.fixed.task_id) ?? peer_id);
  const isKnown = peer !== undefined;
  if (handedOver.has(task.status)) {
    if (peer !== undefined && goesOn(engine, task, peer)) return;
    const why = isKnown ? `it is unknown whether ${peer_id} took it` : noLonger(peer_id);
    const told = `the node ended while the task was in other hands, and ${why}`;
    await interruptTask(engine, task, { interrupted: told, timeout: told, cancelled: null });
  } else if (task.cancel !== null) await engine.log.append(task, { kind: "task.cancelled", source: "core" });
  else if (!isKnown) await failTask(engine, task, "route_not_found", noLonger(peer_id));
  else if (task.status === "launching" || task.status === "ready")
    await engine.log.append(task, pendingLaunch("the node was restarted"));
}

function goesOn(engine: Engine, { fixed, cancel }: OpenTask, peer: KnownPeer): boolean {
  const binding = engine.relays.binding(fixed.task_id);
  if (binding === undefined) return false;
  return binding.destination_task_id !== null || (cancel === null && deduplicates(peer));
}

/** Follows it again, or hands it over again. */
export function goOnRelayed(engine: Engine, task: OpenTask): void {
  const binding = engine.relays.binding(task.fixed.task_id);
  if (binding === undefined) return;
  const target = relayedTarget(task);
  beginWork(engine, { task, target, adapter: adapterOf(engine, target) }, (_engine, work) =>
    relayAgain(engine, work, binding),
  );
}
