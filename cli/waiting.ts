/** Waiting for a task on a terminal: a line that tells how long and where it stands, and a way out. */
import { type CallOptions, getTask, type TaskRecord, waitForTask } from "@aethrolink/client";

/** A line on standard error that replaces itself; nothing where nobody looks. */
export function progressLine(show: boolean) {
  const begin = Date.now();
  let text = "";
  const draw = () => {
    const seconds = Math.round((Date.now() - begin) / 1000);
    process.stderr.write(`\r\x1b[K${seconds} s  ${text}`);
  };
  const timer = show ? setInterval(draw, 1000) : undefined;
  return {
    /** Says where it stands. */
    say(now: string) {
      text = now;
      if (show) draw();
    },
    /** Takes the line away. */
    clear() {
      clearInterval(timer);
      if (show) process.stderr.write("\r\x1b[K");
    },
    /** Takes the line away until the next word. */
    hide() {
      if (show) process.stderr.write("\r\x1b[K");
    },
  };
}

/** Ctrl-C ends the waiting, not the task; says so. */
export function leaveOnInterrupt(task_id: string, line: { clear(): void }): () => void {
  const leave = () => {
    line.clear();
    process.stderr.write(
      `alink-cli: the task goes on. Follow it with: alink-cli task-events ${task_id}\n` +
        `           Cancel it with: alink-cli task-cancel ${task_id}\n`,
    );
    process.exit(130);
  };
  process.once("SIGINT", leave);
  return () => process.off("SIGINT", leave);
}

/**
 * Waits until a task has ended or asks.
 * @param show whether people look on
 * @param timeoutMs how long at most; then the task as it is
 */
export async function waitVisibly(
  task_id: string,
  options: CallOptions,
  show: boolean,
  timeoutMs?: number,
): Promise<TaskRecord> {
  const line = progressLine(show);
  const stay = leaveOnInterrupt(task_id, line);
  line.say(`waiting for ${task_id}`);
  try {
    return await waitForTask(task_id, { ...options, timeoutMs });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "TimeoutError")
      return await getTask(task_id, undefined, options);
    throw thrown;
  } finally {
    stay();
    line.clear();
  }
}
