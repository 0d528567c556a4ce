/**
 * Forgetting what is too old, while the node works.
 *
 * 1. A task that waits or runs is never forgotten.
 * 2. Each step is small, in a commit with whatever else was decided in its turn, and is followed by a rest.
 * 3. The bytes of an artifact go after the commit that took its row. What a crash leaves of them is found
 *    by its missing row; bytes that are young may be about to get theirs.
 */
import type { ArtifactStore, Clock } from "#src/core/ports.ts";
import type { ArtifactRows } from "#src/store/artifact-rows.ts";
import type { Batch } from "#src/store/batch.ts";
import type { TaskForgetter } from "#src/store/forget-tasks.ts";

/** Rows that grow old by themselves. */
export interface GrowingOld {
  /** Forgets as many as `limit`. @returns how many */
  forgetOld(limit: number): number;
}

export interface Keeping {
  readonly batch: Batch;
  readonly clock: Clock;
  readonly tasks: TaskForgetter;
  readonly others: readonly GrowingOld[];
  readonly store: ArtifactStore;
  readonly rows: ArtifactRows;
  /** How long tasks are kept behind their end; null: for ever. */
  readonly keepDays: number | null;
  /** Between two steps: lets others work. */
  rest(): Promise<void>;
  /** Whether to leave off; the next time goes on. */
  over(): boolean;
}

/** What was forgotten. */
export interface Forgotten {
  tasks: number;
  events: number;
  artifacts: number;
  /** Rows of other kinds. */
  others: number;
}

/** How many rows a step removes. */
const stepRows = 500;
/** And how many tasks, each with its rows in several indexes. */
const stepTasks = 50;

export const dayMs = 24 * 60 * 60 * 1000;

/** Forgets all that is too old by now. */
export async function forgetOld(keeping: Keeping): Promise<Forgotten> {
  const { keepDays, clock, tasks, others } = keeping;
  const forgotten: Forgotten = { tasks: 0, events: 0, artifacts: 0, others: 0 };
  for (const kept of others) {
    await inSteps(keeping, () => {
      const count = kept.forgetOld(stepRows);
      forgotten.others += count;
      return count === stepRows;
    });
  }
  await removeRemains(keeping, forgotten); // of an earlier life
  if (keepDays === null) return forgotten;
  const before = clock.now() - keepDays * dayMs;
  let after = "";
  while (!keeping.over()) {
    const { count, last } = await commit(keeping, () => tasks.forget(before, after, stepTasks));
    forgotten.tasks += count;
    await removeRemains(keeping, forgotten);
    if (last === undefined) break;
    after = last;
    await keeping.rest();
  }
  return forgotten;
}

async function removeRemains(keeping: Keeping, forgotten: Forgotten): Promise<void> {
  let more = true;
  while (more && !keeping.over()) {
    const removed = await commit(keeping, () => keeping.tasks.removeRemains(stepRows));
    for (const artifact_id of removed.artifact_ids) await keeping.store.remove(artifact_id);
    forgotten.events += removed.events;
    forgotten.artifacts += removed.artifact_ids.length;
    more = removed.more;
    if (more) await keeping.rest();
  }
}

/** @param step says whether there may be more to do */
async function inSteps(keeping: Keeping, step: () => boolean): Promise<void> {
  while (!keeping.over() && (await commit(keeping, step))) await keeping.rest();
}

/** Runs a step in the commit of this turn. @returns its outcome, when it is on disk */
async function commit<T>({ batch }: Keeping, step: () => T): Promise<T> {
  const done: T[] = [];
  await batch.add(Symbol("forget"), () => {
    done.splice(0, 1, step()); // a commit that failed is tried once more
  });
  return done[0] as T;
}

/**
 * Removes bytes that no row names.
 * @param youngMs how old they must be at least
 * @returns how many
 */
export async function removeOrphans(keeping: Keeping, youngMs: number): Promise<number> {
  let count = 0;
  for await (const name of orphans(keeping, youngMs)) {
    if (keeping.over()) break;
    await keeping.store.remove(name);
    count++;
  }
  return count;
}

/** The bytes that no row names. */
export async function* orphans(
  { store, rows, clock }: Pick<Keeping, "store" | "rows" | "clock">,
  youngMs: number,
): AsyncGenerator<string> {
  const before = clock.now() - youngMs;
  for await (const { name, at } of store.list()) {
    if (at <= before && rows.get(name) === undefined) yield name;
  }
}
