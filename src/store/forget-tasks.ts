/**
 * Forgets tasks that have ended, some at a time.
 *
 * 1. A task vanishes in one commit, together with the note that events and artifacts of it may be left.
 *    These go in later commits; after a crash the note says what is still to be done.
 * 2. Events go from the newest to the oldest: whoever is reading them sees no hole.
 * 3. Tasks are looked for by their ids, which are as old as they are: no index is kept for it, and where
 *    nothing is old enough nothing is looked at.
 */
import type { Sqlite } from "./sql.ts";
import { firstIdOf } from "./ulid.ts";

/** What a step took away. */
export interface Removed {
  readonly events: number;
  /** Artifacts whose rows have gone; their bytes are to follow when that is committed. */
  readonly artifact_ids: readonly string[];
  /** Whether something of a forgotten task is left. */
  readonly more: boolean;
}

export interface TaskForgetter {
  /**
   * Forgets tasks that ended before a time; to be called in a commit.
   * @param beforeMs milliseconds since the epoch
   * @param after the last task that an earlier step looked at; "": none
   * @returns how many, and the last that it looked at; undefined: there is none left to look at
   */
  forget(beforeMs: number, after: string, limit: number): { count: number; last: string | undefined };
  /** Forgets one task, whenever it ended; to be called in a commit. */
  forgetOne(task_id: string): void;
  /** Removes what forgotten tasks left, at most `limit` rows; to be called in a commit. */
  removeRemains(limit: number): Removed;
  /** How many tasks ended before a time. */
  count(beforeMs: number): number;
}

/** Prepares the statements. */
export function openTaskForgetter(writer: Sqlite): TaskForgetter {
  const old = writer.prepare<[string, string, number], { task_id: string; finished_at: string | null }>(
    "SELECT task_id, finished_at FROM tasks WHERE task_id > ? AND task_id < ? ORDER BY task_id LIMIT ?",
  );
  const note = writer.prepare("INSERT OR IGNORE INTO forgotten_tasks (task_id) VALUES (?)");
  const remove = writer.prepare("DELETE FROM tasks WHERE task_id = ?");
  const raise = writer.prepare(`INSERT INTO forgotten_position (id, position)
    SELECT 1, position FROM task_events WHERE task_id = ? ORDER BY seq DESC LIMIT 1
    ON CONFLICT (id) DO UPDATE SET position = max(position, excluded.position)`);
  const remains = openRemains(writer);
  const forgetOne = (task_id: string) => {
    note.run(task_id);
    raise.run(task_id);
    remove.run(task_id);
  };
  return {
    forget(beforeMs, after, limit) {
      const before = new Date(beforeMs).toISOString();
      const looked = old.all(after, firstIdOf(beforeMs), limit);
      const due = looked.filter(({ finished_at }) => finished_at !== null && finished_at < before);
      for (const { task_id } of due) forgetOne(task_id);
      return { count: due.length, last: looked.at(-1)?.task_id };
    },
    forgetOne,
    removeRemains: remains,
    count: (beforeMs) =>
      Number(
        writer
          .prepare("SELECT count(*) FROM tasks WHERE task_id < ? AND finished_at < ?")
          .pluck()
          .get(firstIdOf(beforeMs), new Date(beforeMs).toISOString()),
      ),
  };
}

function openRemains(writer: Sqlite): TaskForgetter["removeRemains"] {
  const first = writer.prepare<[], string>("SELECT task_id FROM forgotten_tasks LIMIT 1").pluck();
  const done = writer.prepare("DELETE FROM forgotten_tasks WHERE task_id = ?");
  const events = writer.prepare(`DELETE FROM task_events WHERE position IN
    (SELECT position FROM task_events WHERE task_id = ? ORDER BY seq DESC LIMIT ?)`);
  const artifacts = writer
    .prepare<[string, number], string>(`DELETE FROM artifacts WHERE artifact_id IN
      (SELECT artifact_id FROM artifacts WHERE task_id = ? LIMIT ?) RETURNING artifact_id`)
    .pluck();
  return (limit) => {
    let left = limit;
    let removedEvents = 0;
    const artifact_ids: string[] = [];
    for (let task_id = first.get(); task_id !== undefined; task_id = first.get()) {
      const gone = left > 0 ? events.run(task_id, left).changes : 0;
      removedEvents += gone;
      left -= gone;
      const rows = left > 0 ? artifacts.all(task_id, left) : [];
      artifact_ids.push(...rows);
      left -= rows.length;
      if (left <= 0) return { events: removedEvents, artifact_ids, more: true };
      done.run(task_id);
      left--;
    }
    return { events: removedEvents, artifact_ids, more: false };
  };
}
