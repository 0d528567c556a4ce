/** What is left after a fault: the files of a node that has gone, the processes that it may have left. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";

/**
 * The database of a node that has gone, read from a copy, so that the next life finds the files
 * exactly as the last one left them.
 */
export interface LeftBehind extends Disposable {
  /** What `PRAGMA integrity_check` says. */
  integrity(): string;
  /** Tasks whose events don't go 1, 2, 3… up to their record's own count. */
  gaps(): string[];
  /** How each task stands, by id, the oldest first. */
  statuses(): Map<string, string>;
  launchIds(): string[];
  /** Rows of any query. */
  rows<Row>(sql: string): Row[];
}

/** Copies and opens the database of a data directory. */
export function openLeftBehind(dataDir: string): LeftBehind {
  const copy = mkdtempSync(join(tmpdir(), "aethrolink-left-"));
  for (const suffix of ["", "-wal"]) {
    const path = join(dataDir, `aethrolink.db${suffix}`);
    if (existsSync(path)) cpSync(path, join(copy, `aethrolink.db${suffix}`));
  }
  const database = new Database(join(copy, "aethrolink.db"));
  const rows = <Row>(sql: string) => database.prepare<[], Row>(sql).all();
  return {
    rows,
    integrity: () => String(database.pragma("integrity_check", { simple: true })),
    gaps: () =>
      rows<{ task_id: string }>(
        `SELECT t.task_id FROM tasks t LEFT JOIN task_events e USING (task_id) GROUP BY t.task_id
         HAVING count(e.seq) = 0 OR min(e.seq) <> 1 OR max(e.seq) <> count(e.seq) OR max(e.seq) <> t.last_seq`,
      ).map((row) => row.task_id),
    statuses: () =>
      new Map(
        rows<{ task_id: string; status: string }>("SELECT task_id, status FROM tasks ORDER BY task_id").map(
          (row) => [row.task_id, row.status],
        ),
      ),
    launchIds: () =>
      rows<{ launch_id: string }>("SELECT launch_id FROM launch_history").map((row) => row.launch_id),
    [Symbol.dispose]() {
      database.close();
      rmSync(copy, { recursive: true, force: true });
    },
  };
}

/** The living processes that carry one of these launch ids (Linux). */
export function carriers(launchIds: Iterable<string>): number[] {
  const marks = [...launchIds].map((id) => `AETHROLINK_LAUNCH_ID=${id}`);
  if (marks.length === 0) return [];
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && isAlive(pid))
    .filter((pid) => {
      const environment = textOf(`/proc/${pid}/environ`).split("\0");
      return marks.some((mark) => environment.includes(mark));
    });
}

/** Whether a process lives; a zombie doesn't. */
export function isAlive(pid: number): boolean {
  const state = /^\d+ \(.*\) (\S)/s.exec(textOf(`/proc/${pid}/stat`))?.[1];
  return state !== undefined && state !== "Z" && state !== "X";
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return ""; // it has gone
  }
}

/** How often each task's prompt reached a counting agent. */
export function prompts(file: string): Map<string, number> {
  const counts = new Map<string, number>();
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  for (const id of text.split("\n")) if (id !== "") counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
