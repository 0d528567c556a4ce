/** Waiting for a task without following its events. */
import type { TaskRecord, TaskStatus } from "#generated/client/src/api.schemas.ts";
import { getTask } from "#generated/client/src/api.ts";
import type { CallOptions } from "#generated/client/src/call.ts";
import { countAttempts, type RetryOptions } from "#generated/client/src/retrying.ts";

export interface WaitOptions extends CallOptions, RetryOptions {
  /**
   * How long to wait at most, up to 24 days; then a `TimeoutError` (DOMException) is thrown. The task goes on.
   */
  timeoutMs?: number | undefined;
}

const resting: ReadonlySet<TaskStatus> = new Set(["completed", "failed", "cancelled", "awaiting_input"]);

/** No timer lasts longer (2^31 - 1 ms); a longer one would be over at once. */
const longestMs = 2_147_483_647;

/** Seconds that one request is held. */
const heldS = 30;

/**
 * Waits until a task has ended, or asks something.
 * @returns the task as it is then
 * @throws AethrolinkError, UnreachableError, or the reason of the signal or the timeout
 */
export async function waitForTask(taskId: string, options: WaitOptions = {}): Promise<TaskRecord> {
  const { timeoutMs, onRetry, maxFailures, pause, ...call } = options;
  const signal = eitherSignal(call.signal, timeoutMs);
  const attempts = countAttempts({ onRetry, maxFailures, pause }, signal);
  for (;;) {
    try {
      const task = await getTask(taskId, { wait: heldS }, { ...call, signal });
      if (resting.has(task.status)) return task;
      attempts.answered();
      attempts.progressed();
    } catch (thrown) {
      await attempts.failed(thrown);
    }
  }
}

function eitherSignal(
  signal: AbortSignal | undefined,
  timeoutMs: number | undefined,
): AbortSignal | undefined {
  if (timeoutMs === undefined) return signal;
  const timeout = AbortSignal.timeout(Math.min(timeoutMs, longestMs));
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}
