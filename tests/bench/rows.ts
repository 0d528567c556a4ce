/**
 * Reads with 1,000 tasks in the database and with 1,000,000, side by side: two nodes answer the same
 * requests in turn, and the middles of their times are compared. `--tasks N` is another number than a
 * million.
 */
import http from "node:http";
import { join } from "node:path";
import Database from "better-sqlite3";
import { createHome, type Home, startNode, type TestNode } from "../support.ts";
import { ask, machine, percentile } from "./measure.ts";

const few = 1000;
const given = process.argv.indexOf("--tasks");
const many = given < 0 ? 1_000_000 : Number(process.argv[given + 1]);
const rounds = 400;
const eventsOfTask = 7;

/** An id that is as a node makes them: in order, 26 characters. */
const idOf = (number: number) => `01${String(number).padStart(24, "0")}`;

/** Fills a database that a node has made. A hundred conversations for a thousand tasks, nine senders, five targets. */
function fill(home: Home, count: number): void {
  const database = new Database(join(home.dataDir, "aethrolink.db"));
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

interface Read {
  readonly what: string;
  /** @param count how many tasks there are @param n a number below it */
  path(count: number, n: number): string;
  readonly json?: true;
}

const cursorOf = (number: number) => encodeURIComponent(Buffer.from(idOf(number)).toString("base64url"));
const reads: readonly Read[] = [
  { what: "a task", path: (_, n) => `/v1/tasks/${idOf(n)}` },
  { what: "its events", path: (_, n) => `/v1/tasks/${idOf(n)}/events`, json: true },
  { what: "first page", path: () => "/v1/tasks?limit=50" },
  { what: "deep page", path: (count) => `/v1/tasks?limit=50&cursor=${cursorOf(count / 2)}` },
  { what: "by status", path: () => "/v1/tasks?limit=10&status=failed" },
  { what: "by sender", path: (_, n) => `/v1/tasks?limit=50&sender=sender-${n % 9}` },
  { what: "by target", path: (_, n) => `/v1/tasks?limit=50&target=target-${n % 5}` },
  {
    what: "by conversation",
    path: (_, n) => `/v1/tasks?limit=50&conversation_id=conversation-${Math.floor(n / 10)}`,
  },
  { what: "by thread", path: (_, n) => `/v1/tasks?limit=50&thread_id=${idOf(n - (n % 10))}` },
  { what: "by parent", path: (_, n) => `/v1/tasks?limit=50&parent_task_id=${idOf(n - (n % 10))}` },
  {
    what: "by status and sender",
    path: (_, n) => `/v1/tasks?limit=10&status=completed&sender=sender-${n % 9}`,
  },
];

async function filled(count: number, home: Home): Promise<TestNode> {
  await (await startNode(home)).stop();
  fill(home, count);
  return await startNode({ ...home, args: ["--log-level", "warn"] });
}

/** The times of one read at each node, one after the other. */
async function compare(read: Read, nodes: readonly (readonly [number, TestNode])[], agent: http.Agent) {
  const times = nodes.map((): number[] => []);
  const headers = read.json ? { accept: "application/json" } : {};
  for (let round = 0; round < rounds; round++) {
    for (const [index, [count, node]] of nodes.entries()) {
      const path = read.path(count, Math.floor(Math.random() * count));
      const begin = performance.now();
      const text = await ask(node, agent, "GET", path, undefined, headers);
      times[index]?.push(performance.now() - begin);
      if (/"code":|"tasks":\[\]/.test(text)) throw new Error(`${path}: ${text}`);
    }
  }
  const [small = 0, large = 0] = times.map((list) =>
    percentile(
      list.slice(50).sort((a, b) => a - b),
      0.5,
    ),
  );
  return {
    what: read.what,
    p50_few_ms: small.toFixed(3),
    p50_many_ms: large.toFixed(3),
    ratio: (large / small).toFixed(2),
  };
}

using fewHome = createHome();
using manyHome = createHome();
await using fewNode = await filled(few, fewHome);
await using manyNode = await filled(many, manyHome);
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
const rows: object[] = [];
for (const read of reads)
  rows.push(
    await compare(
      read,
      [
        [few, fewNode],
        [many, manyNode],
      ],
      agent,
    ),
  );
agent.destroy();
process.stdout.write(`${machine()}; ${few} tasks against ${many}\n`);
console.table(rows);
