/**
 * Cancelling, and the limit of the running time, which is a cancel by the clock.
 *
 * 1. A cancel is asked for once; asking again changes nothing.
 * 2. What hasn't been handed over ends at once; what has been ends when its run says how it ended.
 * 3. Whoever cancels a task, the clock included, cancels its open children, in the same turn and so in the
 *    same commit.
 * 4. A run that is to end and doesn't is given up in the end: no place is held for it for ever.
 */
import type { CancelledBy, TaskStatus } from "#contracts/enums.ts";
import { ended } from "#src/core/task-machine.ts";
import { fail, messageOf } from "#src/errors.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import type { Engine, Work } from "./engine.ts";
import { failRun, failTask } from "./fail-task.ts";

/** A run that can't be cancelled has so long to end by itself. */
const confirmMs = 5000;
/** A run cuts its work off by itself after `confirmMs`; this long after the request it has failed to. */
const cutOffMs = 11_000;

/** A run that goes on behind the end of its task has so long to be cut off, and is then given up. */
const giveUpMs = 11_000;

/** Another node has so long to confirm a cancel. */
const peerMs = 10_000;

const handedOver = new Set<TaskStatus>(["running", "awaiting_input"]);

export interface CancelAnswer {
  readonly task_id: string;
  readonly status: TaskStatus;
  /** The task had ended already. */
  readonly over: boolean;
}

/**
 * Asks for the end of a task.
 * @param actor who asks, for the event
 * @returns when the request is on disk
 * @throws RequestError task_not_found
 */
export async function cancelTask(
  engine: Engine,
  task_id: string,
  actor: string,
  reason: string | undefined,
): Promise<CancelAnswer> {
  const task = engine.log.get(task_id);
  if (task === undefined) return { ...standingOf(engine, task_id), over: true };
  if (ended(task.status)) {
    // Its end counts when it is on disk; one that is lost leaves the task open.
    await engine.log.kept(task).catch(() => undefined);
    return cancelTask(engine, task_id, actor, reason);
  }
  if (task.cancel === null) await requestCancel(engine, task, { by: "caller", actor, reason });
  else await engine.log.kept(task);
  return { ...standingOf(engine, task_id), over: false };
}

function standingOf(engine: Engine, task_id: string) {
  const standing = engine.reader.standing(task_id);
  if (standing === undefined) fail("task_not_found", `There is no task ${task_id}.`);
  return { task_id, status: standing.status };
}

interface CancelRequest {
  readonly by: CancelledBy;
  readonly actor: string;
  readonly reason: string | undefined;
}

/**
 * Writes down that a task is to be cancelled.
 * @returns settles when it is on disk; undefined where that changes nothing
 */
export function noteCancel(
  engine: Engine,
  task: OpenTask,
  { by, actor, reason }: CancelRequest,
): Promise<void> | undefined {
  return engine.log.append(task, {
    kind: "task.cancel_requested",
    source: by === "caller" ? "api" : "core",
    ...(by === "parent" ? { message: `its parent ${task.fixed.trace.parent_task_id} is cancelled` } : {}),
    data: { actor, by, ...(reason === undefined ? {} : { reason }) },
    changes: { cancel: by },
  });
}

async function requestCancel(engine: Engine, task: OpenTask, request: CancelRequest): Promise<void> {
  const { by, actor, reason } = request;
  // None where the node is stopping, and nobody works on the task any more.
  const work = engine.works.get(task.fixed.task_id);
  const kept = noteCancel(engine, task, request);
  if (kept === undefined) return; // invariant 1
  cancelChildren(engine, task, { by: "parent", actor, reason });
  if (handedOver.has(task.status)) {
    await kept;
    if (work !== undefined && !ended(task.status)) cancelRun(engine, work);
    return;
  }
  const untold = "before the runtime had confirmed that it took the work";
  if (by === "timeout") {
    // It may be written at a later try only, and the work may be in the runtime's hands by then.
    if (work !== undefined) behindEnd(engine, task, () => leave(engine, work));
    await failTask(engine, task, "timeout", overdue({ task }, untold));
  } else await engine.log.append(task, { kind: "task.cancelled", source: "core" });
  work?.over.abort();
}

/** Brings to its end what goes on for a task that has ended. */
function leave(engine: Engine, work: Work): void {
  if (work.run === undefined) work.over.abort();
  else cancelRun(engine, work);
}

const retryMs = 1000;

/** A child whose cancel can't be written is tried again, for as long as its parent's cancel stands. */
function cancelChildren(engine: Engine, parent: OpenTask, request: CancelRequest): void {
  if (parent.cancel === null) return;
  for (const child of engine.log.childrenOf(parent.fixed.task_id)) {
    requestCancel(engine, child, request).catch((thrown: unknown) => {
      const { task_id } = child.fixed;
      engine.logger.error(
        { err: thrown, task_id },
        "the cancel of a child could not be written; trying again",
      );
      engine.clock.after(retryMs, () => {
        if (!engine.stopping) cancelChildren(engine, parent, request);
      });
    });
  }
}

/** Tells the run to stop; its final signal says how it ended. Nobody waits for the telling: it may take long. */
export function cancelRun(engine: Engine, work: Work): void {
  const { run, task } = work;
  if (run === undefined) return;
  if (run.cancel === undefined) {
    armBackstop(engine, work, confirmMs, "this runtime can't be cancelled");
    return;
  }
  if (work.target.owner === "remote")
    armBackstop(engine, work, peerMs, "the other node did not confirm the cancel in time");
  else armBackstop(engine, work, cutOffMs, "the runtime neither confirmed the cancel nor could be cut off");
  run.cancel().catch((thrown: unknown) => {
    engine.logger.warn({ err: thrown, task_id: task.fixed.task_id }, "a cancel could not be sent");
    if (ended(task.status)) return;
    armBackstop(engine, work, confirmMs, `the cancel could not be sent: ${messageOf(thrown)}`);
  });
}

/** Tells the run of a task to stop when the task's end is on disk. */
export const cancelRunBehindEnd = (engine: Engine, work: Work): void =>
  behindEnd(engine, work.task, () => cancelRun(engine, work));

/** Acts when the end of a task is on disk, however often that must be tried. */
function behindEnd(engine: Engine, { fixed: { task_id } }: OpenTask, act: () => void): void {
  const unlisten = engine.log.tail(task_id)?.listen(() => {
    if (engine.log.get(task_id) !== undefined) return;
    unlisten?.();
    act();
  });
}

function armBackstop(engine: Engine, work: Work, afterMs: number, detail: string): void {
  work.timers.cancelling?.();
  work.timers.cancelling = engine.clock.after(afterMs, () => {
    if (work.task.cancel === "timeout") void failRun(engine, work, "timeout", overdue(work, detail));
    else void failRun(engine, work, "cancel_failed", detail);
    armGivingUp(engine, work);
  });
}

/** Behind the task's end: what the run says when it is given up is none. */
function armGivingUp(engine: Engine, work: Work): void {
  work.timers.cancelling = engine.clock.after(giveUpMs, () => {
    if (ended(work.task.status)) work.over.abort();
    else armGivingUp(engine, work);
  });
}

/** The detail of a task whose running time was used up. */
export function overdue({ task }: Pick<Work, "task">, outcome: string): string {
  return `ran longer than ${task.fixed.delivery.timeout_ms} ms; ${outcome}`;
}

/** Begins to count the running time. */
export function armRunningTime(engine: Engine, work: Work): void {
  const { timeout_ms } = work.task.fixed.delivery;
  if (timeout_ms === null) return;
  resumeRunningTime(engine, work, timeout_ms);
}

/** The running time stands still while a question is open. */
export function pauseRunningTime(engine: Engine, work: Work): void {
  if (work.timers.running === undefined) return;
  work.timers.running();
  delete work.timers.running;
  work.leftMs = (work.leftMs ?? 0) - (engine.clock.now() - work.runningSince);
}

/** Goes on counting what is left of it. */
export function resumeRunningTime(engine: Engine, work: Work, leftMs = work.leftMs): void {
  if (leftMs === undefined || work.timers.running !== undefined) return;
  work.leftMs = leftMs;
  work.runningSince = engine.clock.now();
  const timer = engine.clock.after(Math.max(0, leftMs), () => {
    const request = { by: "timeout", actor: "timeout", reason: undefined } as const;
    requestCancel(engine, work.task, request).catch((thrown: unknown) => {
      const { task_id } = work.task.fixed;
      engine.logger.error({ err: thrown, task_id }, "a timeout could not be written; trying again");
      // A question that was asked meanwhile has taken the timer out: it is set again behind that.
      if (engine.stopping || ended(work.task.status) || work.timers.running !== timer) return;
      delete work.timers.running;
      resumeRunningTime(engine, work, retryMs);
    });
  });
  work.timers.running = timer;
}
