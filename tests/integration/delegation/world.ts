/** Trees of tasks at a runtime that is driven by hand. */
import type { TaskRecord } from "#contracts/tasks.ts";
import type { FakeTurn } from "#src/adapters/fake/index.ts";
import { RequestError } from "#src/errors.ts";
import { type OpenEngine, running as runningAlone } from "../../open-engine.ts";

export const byHand = () => {};

/** A task that runs, with what drives it. */
export interface Running {
  readonly task_id: string;
  readonly record: TaskRecord;
  readonly turn: FakeTurn;
}

/** Gives a task, perhaps as a part of another, and waits until it runs. */
export async function running(
  node: OpenEngine,
  parent?: string,
  request: { readonly [key: string]: unknown } = {},
): Promise<Running> {
  const trace = parent === undefined ? {} : { trace: { parent_task_id: parent } };
  return runningAlone(node, { ...trace, ...request });
}

/** The code that a request is refused with; `taken` where it isn't. */
export async function refusalOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return "taken";
  } catch (thrown) {
    if (thrown instanceof RequestError) return thrown.code;
    throw thrown;
  }
}
