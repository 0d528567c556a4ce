/**
 * After a restart: the fate of each task that an earlier life left open, decided from the log before
 * anything is launched or answered.
 *
 * 1. What was not handed over goes on; so does what runs on at its runtime, which is reached for in the
 *    background. What can't be taken up again failed as interrupted, with the text that was seen of it.
 * 2. A cancel that was under way has had its effect where the process ended: those of earlier lives are
 *    ended first. Where the run goes on it is said again, and to another node also where the task has
 *    ended here and that node has not answered.
 * 3. Where a parent was cancelled, its children are too, also those that had not heard of it yet.
 */
import { ended } from "#src/core/task-machine.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import { adapterOf, type Engine } from "./engine.ts";
import { failTask } from "./fail-task.ts";
import { type Interruption, interruptTask } from "./interrupt-task.ts";
import { type AttachedRun, leftRunOf, startAttached } from "./reattach.ts";
import { takeUpCancels } from "./relay-cancel.ts";
import { decideRelayed, goOnRelayed, isRelayed, relayedTarget } from "./relay-recover.ts";
import { pendingLaunch } from "./run-task.ts";
import { startWork } from "./start-work.ts";
import { noteCancel } from "./steer-task.ts";

/**
 * Decides what becomes of the open tasks; those that go on are in the queue when it resolves.
 * To be called once, after the children of earlier lives have ended.
 * @returns how many went on and how many ended
 */
export async function recoverTasks(engine: Engine): Promise<{ resumed: number; ended: number }> {
  const open = [...engine.log.openTasks.values()].map((entry) => entry.task);
  for (const task of open) cancelWithParent(engine, task);
  const runs = new Map<OpenTask, AttachedRun>();
  await Promise.all(open.map((task) => decide(engine, task, runs)));
  const left = open.filter((task) => !ended(task.status));
  // Those that run have their places already.
  for (const [task, run] of runs) goOn(engine, task, run);
  for (const task of left) if (handedOver.has(task.status) && !runs.has(task)) goOnRelayed(engine, task);
  // They go on as if they had all been waiting: the places aren't taken by those that are looked at first.
  const grant = engine.places.hold();
  for (const task of left) if (!engine.works.has(task.fixed.task_id)) takeUp(engine, task);
  grant();
  takeUpCancels(engine);
  engine.log.batch.flush();
  return { resumed: left.length, ended: open.length - left.length };
}

/** Parents come before their children, since their ids do. */
function cancelWithParent(engine: Engine, task: OpenTask): void {
  const parent = task.fixed.trace.parent_task_id;
  if (parent === undefined || task.cancel !== null) return;
  const cancel = engine.log.get(parent)?.cancel ?? engine.reader.standing(parent)?.cancel ?? null;
  if (cancel === null) return;
  const asked = engine.reader.events(parent).findLast(({ kind }) => kind === "task.cancel_requested");
  const actor = asked?.kind === "task.cancel_requested" ? asked.data.actor : "parent";
  noteCancel(engine, task, { by: "parent", actor, reason: undefined });
}

/** @returns when what was decided is on disk */
async function decide(engine: Engine, task: OpenTask, runs: Map<OpenTask, AttachedRun>): Promise<void> {
  const { resolved_runtime } = task.fixed;
  if (isRelayed(task)) return decideRelayed(engine, task);
  if (handedOver.has(task.status)) {
    const run = runOf(engine, task);
    if (run !== undefined) runs.set(task, run);
    else await interruptTask(engine, task, toldOf(engine, task));
  } else if (task.cancel !== null) await engine.log.append(task, { kind: "task.cancelled", source: "core" });
  else if (!engine.routing.targets.has(resolved_runtime))
    await failTask(engine, task, "route_not_found", `the target ${resolved_runtime} is not there any more`);
  else if (task.status === "launching" || task.status === "ready") {
    await engine.log.append(task, pendingLaunch("the node was restarted"));
  }
}

const handedOver = new Set<string>(["dispatching", "running", "awaiting_input"]);

const interruption = {
  dispatching: "the node ended while the work was handed over; it is unknown whether the runtime took it",
  running: "the node ended in mid-turn, and the runtime's process with it",
  awaiting_input: "the node ended while the runtime waited for an answer, and the runtime's process with it",
} as const;

function toldOf(engine: Engine, { status, fixed, remote }: OpenTask): Interruption {
  const timeout = "the node ended before the runtime confirmed that it stopped";
  const cancelled = "the runtime's process ended with the node";
  const target = engine.routing.targets.get(fixed.resolved_runtime);
  const why = target === undefined ? "its target is not there any more" : "its server is another one now";
  // At a server of others it may go on; nobody is left to hear of it.
  if (
    remote?.binding === "acp_comm_http" &&
    target?.launch.mode !== "managed" &&
    target?.launch.mode !== "on_demand"
  )
    return { interrupted: `the node ended in mid-turn, and ${why}`, timeout, cancelled: null };
  return { interrupted: interruption[status as keyof typeof interruption], timeout, cancelled };
}

/** What runs on without the node; nothing does whose target has gone. */
function runOf(engine: Engine, task: OpenTask): AttachedRun | undefined {
  const target = engine.routing.targets.get(task.fixed.resolved_runtime);
  return target === undefined ? undefined : leftRunOf(engine, task, target, adapterOf(engine, target));
}

function goOn(engine: Engine, task: OpenTask, run: AttachedRun): void {
  const target = engine.routing.targets.get(task.fixed.resolved_runtime);
  if (target !== undefined) startAttached(engine, { task, target, adapter: adapterOf(engine, target) }, run);
}

function takeUp(engine: Engine, task: OpenTask): void {
  const target = isRelayed(task)
    ? relayedTarget(task)
    : engine.routing.targets.get(task.fixed.resolved_runtime);
  if (target !== undefined) startWork(engine, task, target, adapterOf(engine, target));
}
