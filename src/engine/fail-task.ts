/** How a task ends that can't be done, or can't be gone on with. */
import type { EventSource, FailureReason } from "#contracts/enums.ts";
import { cut } from "#src/core/bounds.ts";
import { ended } from "#src/core/task-machine.ts";
import type { Happening } from "#src/store/task-log.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import type { Engine, Work } from "./engine.ts";
import { type KeptResult, keepResult, nothingKept } from "./keep-result.ts";
import { saidBefore } from "./said-before.ts";

const longestDetail = 4096;
const largestDetail = 8192;

/** Why something failed, as an event has room for it beside a result. */
export const detailOf = (detail: string): string => cut(detail, longestDetail, largestDetail);

/** The end of a task that can't be done, or can't be gone on with; a detail that is too long is cut. */
export function failure(reason: FailureReason, why: string, source: EventSource = "core"): Happening {
  const detail = detailOf(why);
  return {
    kind: "task.failed",
    source,
    message: detail,
    data: { reason, detail },
    changes: { last_error: { reason, detail } },
  };
}

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
  return insist(engine, task, () => engine.log.append(task, failure(reason, detail)));
}

/**
 * Ends a task that may have run, with what its runtime had said; else as {@link failTask} does. Where that
 * text can't be stored the task ends without it.
 * @returns settles when the end is on disk, or the task had ended already
 * @throws why the first try could not be written; it is tried again, and nobody need wait for it
 */
export function failRun(engine: Engine, work: Work, reason: FailureReason, detail: string): Promise<void> {
  const { task } = work;
  if (ended(task.status)) return Promise.resolve();
  const writing = partialOf(engine, work, failure(reason, detail)).then(({ stored, ...parts }) =>
    insist(engine, task, () => {
      if (ended(task.status)) return undefined;
      if (stored !== undefined) engine.artifacts.attach(task, stored);
      return engine.log.append(task, withResult(failure(reason, detail), parts));
    }),
  );
  writing.catch(() => {}); // said where it is tried again
  return writing;
}

/** An end together with what came of the task before. */
export const withResult = (end: Happening, { data, changes }: Omit<KeptResult, "stored">): Happening => ({
  ...end,
  data: { ...end.data, ...data },
  changes: { ...end.changes, ...changes },
});

const retryMs = 1000;

function insist(
  engine: Engine,
  task: OpenTask,
  write: () => Promise<void> | undefined,
): Promise<void> | undefined {
  const { task_id } = task.fixed;
  const kept = write();
  kept?.catch((cause: unknown) => {
    // A next life decides of the tasks that this one leaves open.
    if (engine.stopping || engine.log.get(task_id) === undefined) return;
    engine.logger.error({ err: cause, task_id }, "the end of a task could not be written; trying again");
    engine.clock.after(retryMs, () => insist(engine, task, write));
  });
  return kept;
}

/** What a task's runtime had said, what is held back of it included, as it can be kept beside its end. */
async function partialOf(engine: Engine, work: Work, { data }: Happening): Promise<KeptResult> {
  const { task } = work;
  try {
    work.letOut?.();
    // What is lost was seen by nobody; what was kept before is there.
    await engine.log.kept(task).catch(() => undefined);
    return await keepResult(engine, { text: saidBefore(engine, task) }, data);
  } catch (thrown) {
    const { task_id } = task.fixed;
    engine.logger.error({ err: thrown, task_id }, "what a task had said could not be kept with its end");
    return nothingKept;
  }
}
