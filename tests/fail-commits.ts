/** A database that takes no more events, as on a full disk. */
import type { Storage } from "#src/store/open.ts";

/**
 * Makes commits that hold events fail.
 * @param when which of them, as a condition of SQL over the event `NEW`; default: all
 * @returns ends it
 */
export function failCommits({ writer }: Storage, when = "1"): () => void {
  writer.exec(
    `CREATE TEMP TRIGGER no_room BEFORE INSERT ON task_events WHEN ${when} BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
  );
  return () => void writer.exec("DROP TRIGGER no_room");
}
