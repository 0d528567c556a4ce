// What this machine can give at most: the same tasks, the same agent and as many events, each on disk
// (synchronous = FULL, one commit a turn) before it is told, and nothing else. No access, no validation, no routing,
// no supervision, no recovery. It is what the node's figures are held against.
//   node ceiling.mjs <database> <agent command as JSON>
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";

const [file = "", command = "[]"] = process.argv.slice(2);
const db = new Database(file);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec(`CREATE TABLE tasks (task_id TEXT PRIMARY KEY, status TEXT, payload TEXT, updated_at TEXT) WITHOUT ROWID;
  CREATE TABLE task_events (task_id TEXT, seq INTEGER, body TEXT, PRIMARY KEY (task_id, seq)) WITHOUT ROWID;`);
const insertTask = db.prepare("INSERT INTO tasks VALUES (?, ?, ?, ?)");
const insertEvent = db.prepare("INSERT INTO task_events VALUES (?, ?, ?)");
const updateTask = db.prepare("UPDATE tasks SET status = ?, updated_at = ? WHERE task_id = ?");
const [begin, commit] = ["BEGIN IMMEDIATE", "COMMIT"].map((text) => db.prepare(text));

/** What is decided in this turn: written in one commit, then told. */
let turn = [];
function flush() {
  const all = turn;
  turn = [];
  begin.run();
  for (const each of all) each.write();
  commit.run();
  for (const each of all) each.tell();
}
function keep(write, tell) {
  if (turn.length === 0) setImmediate(flush);
  turn.push({ write, tell });
}

const live = new Map();
function event(task, kind, status, data, then = () => {}) {
  const seq = ++task.seq;
  const created_at = new Date().toISOString();
  const body = JSON.stringify({
    event_id: randomUUID(),
    task_id: task.id,
    seq,
    kind,
    state: status,
    data,
    created_at,
  });
  const frame = `event: task.event\nid: ${seq}\ndata: ${body}\n\n`;
  keep(
    () => {
      insertEvent.run(task.id, seq, body);
      updateTask.run(status, created_at, task.id);
    },
    () => {
      task.frames.push(frame);
      for (const reader of task.readers) reader.write(frame);
      if (status === "completed") {
        for (const reader of task.readers) reader.end();
        live.delete(task.id);
      }
      then();
    },
  );
}

const [program, ...args] = JSON.parse(command);
const agent = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
const waiting = new Map();
const sessions = new Map();
let sent = [];
let calls = 0;
/** Requests of a turn are one write. */
function call(method, params) {
  if (sent.length === 0)
    setImmediate(() => {
      agent.stdin.write(sent.join(""));
      sent = [];
    });
  const id = ++calls;
  sent.push(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
  return new Promise((resolve) => waiting.set(id, resolve));
}
createInterface({ input: agent.stdout }).on("line", (line) => {
  const { id, result, params } = JSON.parse(line);
  if (id !== undefined) {
    waiting.get(id)?.(result);
    waiting.delete(id);
    return;
  }
  const task = sessions.get(params.sessionId);
  if (task === undefined) return;
  const { content } = params.update;
  if (content !== undefined) task.text += content.text;
  event(task, "task.progress", "running", content ?? params.update);
});

async function run(task) {
  event(task, "runtime.ready", "ready", {});
  event(task, "task.dispatching", "dispatching", {});
  const { sessionId } = await call("session/new", { cwd: ".", mcpServers: [] });
  sessions.set(sessionId, task);
  event(task, "task.running", "running", {});
  const prompt = [{ type: "text", text: task.payload?.text ?? "" }];
  const { stopReason } = await call("session/prompt", { sessionId, prompt });
  sessions.delete(sessionId);
  event(task, "task.completed", "completed", { result: { text: task.text, stop_reason: stopReason } });
}

function take(text, res) {
  const { payload } = JSON.parse(text);
  const task = { id: randomUUID(), seq: 0, text: "", payload, frames: [], readers: new Set() };
  live.set(task.id, task);
  keep(
    () => insertTask.run(task.id, "created", JSON.stringify(payload), new Date().toISOString()),
    () => {},
  );
  event(task, "task.created", "created", {});
  event(task, "task.routed", "created", {}, () => {
    const body = JSON.stringify({ task: { task_id: task.id, status: "created" } });
    res
      .writeHead(202, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
      .end(body);
    run(task);
  });
}

const ended = db.prepare("SELECT seq, body FROM task_events WHERE task_id = ? ORDER BY seq");
function follow(id, res) {
  res.writeHead(200, { "content-type": "text/event-stream" });
  const task = live.get(id);
  if (task === undefined) {
    res.end(
      ended
        .all(id)
        .map(({ seq, body }) => `event: task.event\nid: ${seq}\ndata: ${body}\n\n`)
        .join(""),
    );
    return;
  }
  if (task.frames.length > 0) res.write(task.frames.join(""));
  task.readers.add(res);
  res.on("close", () => task.readers.delete(res));
}

await call("initialize", { protocolVersion: 1 });
const server = createServer((req, res) => {
  if (req.method === "GET") {
    const id = /^\/v1\/tasks\/([^/]+)\/events/.exec(req.url)?.[1];
    if (id === undefined) res.writeHead(200).end("{}");
    else follow(id, res);
    return;
  }
  const parts = [];
  req.on("data", (part) => parts.push(part));
  req.on("end", () => take(Buffer.concat(parts).toString(), res));
});
server.maxConnections = 20_000;
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
});
process.on("SIGTERM", () => {
  agent.kill();
  process.exit(0);
});
