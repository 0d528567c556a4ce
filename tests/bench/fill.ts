/** Many tasks in a database at once, as they would be after a long life of a node. */
import Database from "better-sqlite3";

const eventsOfTask = 7;

/** An id that is as a node makes them: in order, 26 characters. */
export const idOf = (number: number) => `01${String(number).padStart(24, "0")}`;

/**
 * Fills a database that a node has made. A hundred conversations for a thousand tasks, nine senders, five targets.
 * @param path of its file
 */
export function fill(path: string, count: number): void {
  const database = new Database(path);
  database.pragma("synchronous = OFF");
  database.pragma("journal_mode = DELETE");
  const numbers =
    "WITH RECURSIVE numbers(n) AS (SELECT CAST(@from AS INTEGER) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < @to)";
  const required = database.pragma("table_info(tasks)") as {
    name: string;
    notnull: number;
    dflt_value: unknown;
  }[];
  const values: { readonly [column: string]: string } = {
    task_id: "printf('01%024d', n)",
    conversation_id: "'conversation-' || (n / 10)",
    parent_task_id: "CASE WHEN n % 10 > 0 THEN printf('01%024d', n - n % 10) END",
    thread_id: "CASE WHEN n % 10 > 4 THEN printf('01%024d', n - n % 10) END",
    sender: "'sender-' || (n % 9)",
    intent: "'test.run'",
    resolved_runtime: "'target-' || (n % 5)",
    payload: `'{"text":"' || printf('%0300d', n) || '"}'`,
    delivery: `'{"mode":"stream","launch_if_down":true,"timeout_ms":null,"question_timeout_ms":1,"queue_timeout_ms":1,"wait_ms":1}'`,
    trace: `'{"trace_id":"01"}'`,
    awaiting: "'[]'",
    status: "CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'completed' END",
    last_seq: String(eventsOfTask),
    result: `'{"text":"' || printf('%0500d', n) || '"}'`,
    created_at: "strftime('%Y-%m-%dT%H:%M:%fZ', 1750000000 + n / 10, 'unixepoch')",
    updated_at: "strftime('%Y-%m-%dT%H:%M:%fZ', 1750000001 + n / 10, 'unixepoch')",
    finished_at: "strftime('%Y-%m-%dT%H:%M:%fZ', 1750000001 + n / 10, 'unixepoch')",
  };
  const columns = required
    .filter(({ name, notnull }) => name in values || notnull === 1)
    .map(({ name }) => name);
  const tasks = database.prepare(
    `INSERT INTO tasks (${columns.join()}) ${numbers} SELECT ${columns.map((name) => values[name] ?? "'{}'").join()} FROM numbers`,
  );
  const events = database.prepare(
    `INSERT INTO task_events (event_id, task_id, seq, kind, state, source, data, created_at, sender, target)
     ${numbers}, steps(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM steps WHERE seq < ${eventsOfTask})
     SELECT printf('02%023d', n) || seq, printf('01%024d', n), seq,
       CASE seq WHEN 1 THEN 'task.created' WHEN ${eventsOfTask} THEN 'task.completed' ELSE 'task.progress' END,
       'running', 'runtime', '{"type":"message","text":"' || printf('%080d', n) || '"}', '2026-01-01T00:00:00.000Z', 'sender-' || (n % 9), 'target-' || (n % 5)
     FROM numbers, steps`,
  );
  for (let from = 0; from < count; from += 50_000) {
    const part = { from, to: Math.min(count, from + 50_000) };
    database.transaction(() => {
      tasks.run(part);
      events.run(part);
    })();
  }
  database.close();
}
