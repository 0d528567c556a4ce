/** How a task ends that can't be done. */
import type { FailureReason } from "#contracts/enums.ts";
import type { Happening } from "#src/store/task-log.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import type { Engine } from "./engine.ts";

/** The end of a task that can't be done, or can't be gone on with. */
export const failure = (reason: FailureReason, detail: string): Happening => ({
  kind: "task.failed",
  source: "core",
  message: detail,
  data: { reason, detail },
  changes: { last_error: { reason, detail } },
});

const retryMs = 1000;

/**
 * Ends a task that can't be done. While its end can't be written it is tried again: no open task is
 * left with nobody to work on it.
 * @returns settles when it is on disk, or rejects when the first try failed; undefined where the task
 *   has ended already
 */
export function failTask(
  engine: Engine,
  task: OpenTask,
  reason: FailureReason,
  detail: string,
): Promise<void> | undefined {
  const { task_id } = task.fixed;
  const kept = engine.log.append(task, failure(reason, detail));
  kept?.catch((cause: unknown) => {
    // A next life decides of the tasks that this one leaves open.
    if (engine.stopping || engine.log.get(task_id) === undefined) return;
    engine.logger.error({ err: cause, task_id }, "the end of a task could not be written; trying again");
    engine.clock.after(retryMs, () => failTask(engine, task, reason, detail));
  });
  return kept;
}
