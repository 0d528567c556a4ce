/**
 * Tasks that are parts of other tasks: who may be whose parent, and what a tree looks like.
 *
 * 1. A parent is open, and nobody has asked for its cancel, in the turn in which its child is accepted;
 *    a cancel asks for the children in its own turn. So no child slips in beside a cancel.
 * 2. A process that the node started speaks for the tasks that it has in hand, and for no other.
 */

import type { TaskCreateRequest } from "#contracts/task-request.ts";
import { mostInTree, type TaskTree } from "#contracts/task-tree.ts";
import type { Trace } from "#contracts/tasks.ts";
import type { Delegator } from "#src/core/access.ts";
import { type Ancestor, deepest, loopIn } from "#src/core/hops.ts";
import type { Lane, Lease, Target } from "#src/core/ports.ts";
import { selfPeer } from "#src/core/remote-target.ts";
import { sumUsage } from "#src/core/sum-usage.ts";
import { ended } from "#src/core/task-machine.ts";
import { fail } from "#src/errors.ts";
import type { NewTask, OpenTask } from "#src/store/task-rows.ts";
import { adapterOf, type Engine } from "./engine.ts";
import { laneOf } from "./run-task.ts";

/** Which tasks each process has in hand. */
export interface InHand {
  /** From here on the process of this lease may act for the task. */
  begin(task: OpenTask, lease: Lease): void;
  end(task: OpenTask): void;
  /** Those that are open. */
  of(launch_id: string): OpenTask[];
  /** How many tasks all processes have. */
  size(): number;
}

/** Nothing is in hand yet. */
export function openInHand(): InHand {
  const byLaunch = new Map<string, Set<OpenTask>>();
  const launchOf = new Map<OpenTask, string>();
  return {
    begin(task, { launch_id }) {
      if (launch_id === undefined) return;
      launchOf.set(task, launch_id);
      byLaunch.set(launch_id, (byLaunch.get(launch_id) ?? new Set()).add(task));
    },
    end(task) {
      const launch_id = launchOf.get(task);
      if (launch_id === undefined) return;
      launchOf.delete(task);
      const left = byLaunch.get(launch_id);
      left?.delete(task);
      if (left?.size === 0) byLaunch.delete(launch_id);
    },
    of: (launch_id) => [...(byLaunch.get(launch_id) ?? [])].filter(({ status }) => !ended(status)),
    size: () => launchOf.size,
  };
}

/**
 * The parent of a task that is to be: the one that is named, else the only one that the process has.
 * @returns undefined where it has none
 * @throws RequestError task_not_found, forbidden, parent_ambiguous, parent_not_open
 */
export function parentOf(
  engine: Engine,
  { trace }: TaskCreateRequest,
  by: Delegator | undefined,
): OpenTask | undefined {
  const named = trace?.parent_task_id;
  const parent = named === undefined ? onlyTaskOf(engine, by) : namedTask(engine, named, by);
  if (parent === undefined || parent.cancel === null) return parent;
  return fail(
    "parent_not_open",
    `The task ${parent.fixed.task_id} is being cancelled; it can't have more children.`,
  );
}

function onlyTaskOf(engine: Engine, by: Delegator | undefined): OpenTask | undefined {
  if (by?.launch_id === undefined) return undefined;
  const open = engine.inHand.of(by.launch_id);
  const [only, another] = open;
  if (only === undefined) {
    fail(
      "parent_not_open",
      `This process of ${by.target_id} has no open task, so nothing is to be delegated.`,
    );
  }
  if (another === undefined) return only;
  const ids = open.map(({ fixed }) => fixed.task_id).join(", ");
  return fail(
    "parent_ambiguous",
    `This process of ${by.target_id} has ${open.length} open tasks, so name the one that this is for: ${ids}.`,
  );
}

function namedTask(engine: Engine, task_id: string, by: Delegator | undefined): OpenTask {
  const open = engine.log.get(task_id);
  const target = open?.fixed.resolved_runtime ?? engine.reader.get(task_id)?.resolved_runtime;
  if (target === undefined && by === undefined) fail("task_not_found", `There is no task ${task_id}.`);
  if (by !== undefined && !maySpeakFor(engine, by, open, target)) {
    fail("forbidden", `The task ${task_id} is none that is in the hands of whom this token belongs to.`);
  }
  if (open !== undefined && !ended(open.status)) return open;
  return fail("parent_not_open", `The task ${task_id} has ended; it can't have more children.`);
}

/** That a task is or was one of its target's is no secret to a target: it is told that the task has ended. */
function maySpeakFor(
  { inHand }: Engine,
  { target_id, launch_id }: Delegator,
  open: OpenTask | undefined,
  target: string | undefined,
): boolean {
  if (target !== target_id) return false;
  if (launch_id === undefined || open === undefined || ended(open.status)) return true;
  return inHand.of(launch_id).includes(open);
}

/**
 * Refuses a task that would wait for itself, or lie too deep.
 * @param above what waits for it, where that is not its parent
 * @throws RequestError loop_detected
 */
export function refuseLoop(engine: Engine, target: Target, fixed: NewTask, above?: string): void {
  const parent = fixed.trace.parent_task_id ?? above;
  if (parent === undefined) return;
  const { target_id, max_concurrency } = target;
  const lane = laneOf(adapterOf(engine, target), target, fixed);
  const found = loopIn({ target_id, max_concurrency, lane }, ancestorsFrom(engine, parent));
  if (found !== undefined) fail("loop_detected", `The task is not taken: ${found}`);
}

/**
 * A task and those above it, one more than a task may have; of a task that came from elsewhere each node that
 * it came through.
 */
function ancestorsFrom(engine: Engine, task_id: string): Ancestor[] {
  const found: Ancestor[] = [];
  for (let next: string | undefined = task_id; next !== undefined && found.length <= deepest; ) {
    found.push({ task_id: next, holds: holdsOf(engine, next) });
    const given = engine.relays.nodeTaskOf(next);
    const nodes = given === undefined ? [] : (JSON.parse(given.chain) as string[]);
    found.push(...nodes.map((node) => ({ task_id: node, holds: null })));
    const trace: Trace | undefined = engine.log.get(next)?.fixed.trace ?? engine.reader.get(next)?.trace;
    next = given?.pairing_id === selfPeer ? given.origin_proxy_task_id : trace?.parent_task_id;
  }
  return found;
}

function holdsOf({ works }: Engine, task_id: string): { target_id: string; lane: Lane } | null {
  const work = works.get(task_id);
  if (work === undefined || ended(work.task.status)) return null;
  const { target, adapter, task } = work;
  return { target_id: target.target_id, lane: laneOf(adapter, target, task.fixed) };
}

/**
 * What a task has delegated, and what all of it has used.
 * @throws RequestError task_not_found
 */
export function taskTree(engine: Engine, task_id: string): TaskTree {
  const found = engine.reader.tree(task_id, mostInTree + 1);
  if (found.length === 0) fail("task_not_found", `There is no task ${task_id}.`);
  const truncated = found.length > mostInTree;
  const tasks = truncated ? engine.reader.tree(task_id, mostInTree) : found;
  return { task_id, tasks, usage: sumUsage(tasks.map(({ usage }) => usage)), truncated };
}
