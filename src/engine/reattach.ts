/**
 * Runs that went on at their runtime while there was no node.
 *
 * 1. Nothing is handed over again: what is known of the run is followed, and nothing else.
 * 2. Events are taken over once: the adapter's state tells which were, and is kept with them.
 * 3. The run holds its place and its lane from the first moment of this life on.
 * 4. The running time goes on where it stood: the time without a node counts, that of questions does not.
 */
import type { LeftRun } from "#src/core/left-run.ts";
import type { Run, RuntimeAdapter, Target } from "#src/core/ports.ts";
import { ended } from "#src/core/task-machine.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import type { Engine, Work } from "./engine.ts";
import { followRun } from "./follow-run.ts";
import { askPlace, beginWork, taskLeft, type WorkToBegin } from "./run-task.ts";
import { saidBefore } from "./said-before.ts";
import { cancelRun, resumeRunningTime } from "./steer-task.ts";

/** A run of an earlier life, and what it hears when nobody waits for it any more. */
export interface AttachedRun {
  readonly run: Run;
  readonly over: AbortController;
}

/** The run that a task of an earlier life has; undefined: there is none to go on with. */
export function leftRunOf(
  engine: Engine,
  task: OpenTask,
  target: Target,
  adapter: RuntimeAdapter,
): AttachedRun | undefined {
  if (task.adapter_state === null) return undefined;
  const left: LeftRun = {
    task: taskLeft({ task, target }),
    adapter_state: task.adapter_state,
    said: saidBefore(engine, task),
    awaiting: task.awaiting.map(({ request_id, expires_at }) => ({
      request_id,
      leftMs: Date.parse(expires_at) - engine.clock.now(),
    })),
  };
  const over = new AbortController();
  const run = adapter.attach?.(left, target, over.signal);
  return run === undefined ? undefined : { run, over };
}

/** Follows a run again; it reaches for its runtime in the background. */
export function startAttached(
  engine: Engine,
  about: Omit<WorkToBegin, "over">,
  { run, over }: AttachedRun,
): void {
  beginWork(engine, { ...about, over }, async (_engine, work) => {
    work.run = run;
    void askPlace(engine, work);
    countRunningTime(engine, work);
    if (work.task.cancel !== null) cancelRun(engine, work);
    await followRun(engine, work, run);
  });
}

export function countRunningTime(engine: Engine, work: Work): void {
  const { timeout_ms } = work.task.fixed.delivery;
  if (timeout_ms === null || work.task.cancel !== null) return;
  const leftMs = timeout_ms - ranMs(engine, work.task);
  if (work.task.open > 0) work.leftMs = leftMs;
  else resumeRunningTime(engine, work, leftMs);
}

/** For how long it has run: since it was handed over, but for the time in which it asked. */
function ranMs({ reader, clock }: Engine, { fixed }: OpenTask): number {
  let since: number | undefined;
  let ran = 0;
  for (const { state, created_at } of reader.events(fixed.task_id)) {
    const counts = state === "dispatching" || state === "running";
    if (counts) since ??= Date.parse(created_at);
    else if (since !== undefined && !ended(state)) {
      ran += Date.parse(created_at) - since;
      since = undefined;
    }
  }
  return since === undefined ? ran : ran + clock.now() - since;
}
