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

/**
 * Ends a task that can't be done.
 * @returns settles when it is on disk; undefined where the task has ended already
 */
export function failTask(
  engine: Engine,
  task: OpenTask,
  reason: FailureReason,
  detail: string,
): Promise<void> | undefined {
  return engine.log.append(task, failure(reason, detail));
}
