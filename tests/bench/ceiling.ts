/**
 * The ceiling: the least that a server of this API can do for a task, as something to compare a node with.
 *
 * 1. Seven events a task, all on disk (`synchronous = FULL`) before anybody hears of them.
 * 2. What happens in one turn of the event loop is one commit.
 * 3. The row of a task is changed with each event, and found by its status: after a restart a server must know what is open.
 * 4. No checks, routes, tokens, limits or supervision: what is asked is taken to be right.
 * 5. Nothing of the node's own: what makes the node faster must not make the ceiling faster.
 *
 * Usage: node ceiling.ts DATABASE AGENT
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Database from "better-sqlite3";

interface Task {
  readonly task_id: string;
  readonly created_at: string;
  readonly intent: string;
  readonly payload: { readonly text: string };
  status: string;
  seq: number;
  text: string;
  /** What is on disk, as frames. */
  readonly frames: string[];
  readonly readers: Set<ServerResponse>;
}

const [database = "", agentProgram = ""] = process.argv.slice(2);
const db = new Database(database);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec(`
  CREATE TABLE tasks (task_id TEXT PRIMARY KEY, status TEXT, intent TEXT, payload TEXT, result TEXT, created_at TEXT, updated_at TEXT) WITHOUT ROWID;
  CREATE INDEX tasks_by_status ON tasks (status);
  CREATE TABLE events (task_id TEXT, seq INTEGER, json TEXT, PRIMARY KEY (task_id, seq)) WITHOUT ROWID;
`);
const begin = db.prepare("BEGIN IMMEDIATE");
const commit = db.prepare("COMMIT");
const insertTask = db.prepare("INSERT INTO tasks VALUES (?, ?, ?, ?, NULL, ?, ?)");
const insertEvent = db.prepare("INSERT INTO events VALUES (?, ?, ?)");
const changeTask = db.prepare("UPDATE tasks SET status = ?, result = ?, updated_at = ? WHERE task_id = ?");
const findTask = db.prepare("SELECT * FROM tasks WHERE task_id = ?");
const findEvents = db.prepare<[string], { seq: number; json: string }>(
  "SELECT seq, json FROM events WHERE task_id = ? ORDER BY seq",
);

/** What is decided in this turn: what to write, and what to do when it is on disk. */
let turn: { readonly write: () => void; readonly kept: () => void }[] = [];

function keep(write: () => void, kept: () => void): void {
  if (turn.length === 0) setImmediate(flush);
  turn.push({ write, kept });
}

function flush(): void {
  const steps = turn;
  turn = [];
  begin.run();
  for (const { write } of steps) write();
  commit.run();
  for (const { kept } of steps) kept();
}

const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

let random = Buffer.alloc(0);

/** A ULID of random bytes of its own. */
function newId(): string {
  if (random.length < 16) random = randomBytes(4096);
  let id = "";
  for (let rest = Date.now(); id.length < 10; rest = Math.floor(rest / 32))
    id = digits.charAt(rest % 32) + id;
  for (const byte of random.subarray(0, 16)) id += digits.charAt(byte & 31);
  random = random.subarray(16);
  return id;
}

const frameOf = (seq: number, json: string) => `event: task.event\nid: ${seq}\ndata: ${json}\n\n`;
const openTasks = new Map<string, Task>();

function happen(task: Task, kind: string, state: string, data: object, kept = () => {}): void {
  task.status = state;
  const seq = ++task.seq;
  const { task_id } = task;
  const created_at = new Date().toISOString();
  const json = JSON.stringify({
    event_id: newId(),
    task_id,
    seq,
    kind,
    state,
    source: "core",
    data,
    created_at,
  });
  const result = state === "completed" ? JSON.stringify({ text: task.text }) : null;
  const write = () => {
    insertEvent.run(task_id, seq, json);
    changeTask.run(state, result, created_at, task_id);
  };
  keep(write, () => {
    const frame = frameOf(seq, json);
    task.frames.push(frame);
    for (const reader of task.readers) reader.write(frame);
    if (state === "completed") {
      openTasks.delete(task_id);
      for (const reader of task.readers) reader.end();
    }
    kept();
  });
}

const agent = spawn(process.execPath, [agentProgram], { stdio: ["pipe", "pipe", "inherit"] });
const waiting = new Map<number, (result: { readonly sessionId: string }) => void>();
const sessions = new Map<string, Task>();
let calls = 0;
let outgoing = "";

function call(method: string, params: object): Promise<{ readonly sessionId: string }> {
  const id = ++calls;
  if (outgoing === "")
    setImmediate(() => {
      agent.stdin.write(outgoing);
      outgoing = "";
    });
  outgoing += `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
  return new Promise((resolve) => waiting.set(id, resolve));
}

let rest = "";
agent.stdout.setEncoding("utf8").on("data", (text: string) => {
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) hear(JSON.parse(line));
});

interface Message {
  readonly id?: number;
  readonly result: { readonly sessionId: string };
  readonly params: {
    readonly sessionId: string;
    readonly update: { readonly content: { readonly text: string } };
  };
}

function hear({ id, result, params }: Message): void {
  if (id !== undefined) {
    waiting.get(id)?.(result);
    waiting.delete(id);
    return;
  }
  const task = sessions.get(params.sessionId);
  const { text } = params.update.content;
  if (task === undefined) return;
  task.text += text;
  happen(task, "task.progress", "running", { type: "message", text });
}

async function run(task: Task): Promise<void> {
  happen(task, "runtime.ready", "dispatching", {});
  happen(task, "task.dispatching", "dispatching", {});
  const { sessionId } = await call("session/new", { cwd: ".", mcpServers: [] });
  sessions.set(sessionId, task);
  happen(task, "task.running", "running", { remote_session_id: sessionId });
  const result = await call("session/prompt", {
    sessionId,
    prompt: [{ type: "text", text: task.payload.text }],
  });
  sessions.delete(sessionId);
  happen(task, "task.completed", "completed", { result });
}

function answer(res: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  res.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  res.end(text);
}

function create(body: string, res: ServerResponse): void {
  const { intent, payload } = JSON.parse(body) as Pick<Task, "intent" | "payload">;
  const task_id = newId();
  const created_at = new Date().toISOString();
  const task: Task = {
    ...{ task_id, created_at, intent, payload, status: "created", seq: 0, text: "" },
    ...{ frames: [], readers: new Set() },
  };
  openTasks.set(task_id, task);
  keep(
    () => insertTask.run(task_id, "created", intent, JSON.stringify(payload), created_at, created_at),
    () => {},
  );
  happen(task, "task.created", "created", {});
  happen(task, "task.routed", "created", {}, () => {
    const links = { self: `/v1/tasks/${task_id}`, events: `/v1/tasks/${task_id}/events` };
    answer(res, 202, { task: { task_id, intent, status: "created", created_at }, links });
    void run(task);
  });
}

function follow(task_id: string, res: ServerResponse): void {
  res.writeHead(200, { "content-type": "text/event-stream" });
  const task = openTasks.get(task_id);
  if (task === undefined) {
    res.end(
      findEvents
        .all(task_id)
        .map(({ seq, json }) => frameOf(seq, json))
        .join(""),
    );
    return;
  }
  if (task.frames.length > 0) res.write(task.frames.join(""));
  task.readers.add(res);
  res.on("close", () => task.readers.delete(res));
}

function handle(req: IncomingMessage, res: ServerResponse): void {
  const [, , , task_id = "", part] = (req.url ?? "").split("/");
  if (req.method === "POST") {
    let body = "";
    req.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    req.on("end", () => create(body, res));
  } else if (part === "events") follow(task_id, res);
  else answer(res, 200, findTask.get(task_id));
}

await call("initialize", { protocolVersion: 1 });
const server = createServer(handle);
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`the ceiling answers at http://127.0.0.1:${port}\n`);
});
