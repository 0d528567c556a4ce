/** How a task ends whose run has gone with the node, or goes on where nobody here can reach it. */
import { ended } from "#src/core/task-machine.ts";
import type { Happening } from "#src/store/task-log.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import type { Engine } from "./engine.ts";
import { failure, withResult } from "./fail-task.ts";
import { keepResult } from "./keep-result.ts";
import { saidBefore } from "./said-before.ts";
import { overdue } from "./steer-task.ts";

/** What is told of it, by what had been asked of it before. */
export interface Interruption {
  readonly interrupted: string;
  readonly timeout: string;
  /** null: nothing says that the work has stopped, so the cancel has failed. */
  readonly cancelled: string | null;
}

/**
 * Ends a task that is cut off, with the text that was seen of it.
 * @returns when it is on disk
 */
export async function interruptTask(engine: Engine, task: OpenTask, told: Interruption): Promise<void> {
  const parts = await keepResult(engine, { text: saidBefore(engine, task) }, endOf(task, told).data);
  if (ended(task.status)) return;
  if (parts.stored !== undefined) engine.artifacts.attach(task, parts.stored);
  await engine.log.append(task, withResult(endOf(task, told), parts));
}

function endOf(task: OpenTask, told: Interruption): Happening {
  if (task.cancel === "timeout") return failure("timeout", overdue({ task }, told.timeout));
  if (task.cancel === null) return failure("interrupted", told.interrupted);
  if (told.cancelled === null) return failure("cancel_failed", told.interrupted);
  return { kind: "task.cancelled", source: "core", message: told.cancelled };
}
