/**
 * The log alone, on a database in memory, for very many random histories: what happens to a few tasks is
 * written as callers of the log write it, whatever it is and whenever it comes; commits may fail, and a
 * life of the node may end between any two of them.
 *
 * 1. What the log takes or refuses is what the hand-written model says, at once.
 * 2. What was lost leaves the task as it stood on disk; what was told to be kept is there in the next life.
 * 3. What is on disk, read in its order, is a history that the model allows, without gap, with one end.
 */
import Database from "better-sqlite3";
import { expect } from "vitest";
import type { CancelledBy, TaskEventKind } from "#contracts/enums.ts";
import { migrations } from "#generated/migrations/index.ts";
import { migrate } from "#src/store/migrate.ts";
import { openTaskLog, type TaskLog } from "#src/store/task-log.ts";
import type { NewTask, OpenTask, TaskChanges } from "#src/store/task-rows.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { expected, kinds, type ModelState } from "../../unit/core/lifecycle-model.ts";

/** One thing that happens; `task` chooses the task that it happens to. */
export type LogStep =
  | { readonly do: "create" | "commit" | "kill" }
  /** The next commit of events of this kind fails. */
  | { readonly do: "fail"; readonly kind: string }
  | { readonly do: "happen"; readonly task: number; readonly kind: string; readonly by: CancelledBy };

/** What the model holds of a task: as decided, and as it stands on disk (undefined: it isn't there). */
interface Told {
  readonly id: string;
  now: ModelState;
  seq: number;
  disk: { readonly state: ModelState; readonly seq: number } | undefined;
  /** Of its kinds in the commit that is open. */
  pending: string[];
}

export interface LogWorld extends Disposable {
  readonly sqlite: Database.Database;
  log: TaskLog;
  tasks: Told[];
  /** Kinds whose events the next commit refuses. */
  readonly failing: Set<string>;
  made: number;
}

const clock = createFakeClock();
const over = (status: string) => status === "completed" || status === "failed" || status === "cancelled";

const fixed = (task_id: string): NewTask => ({
  task_id,
  conversation_id: "c",
  sender: "local",
  intent: "test.run",
  requested_runtime: undefined,
  resolved_runtime: "tested",
  runtime_options: {},
  payload: "",
  payload_artifact_id: null,
  delivery: {
    mode: "stream",
    launch_if_down: true,
    wait_ms: 0,
    timeout_ms: null,
    queue_timeout_ms: 1000,
    question_timeout_ms: 1000,
    when_offline: "fail",
  },
  trace: { trace_id: "0af7651916cd43dd8448eb211c80319c" },
  metadata: {},
  created_at: "2026-11-23T09:00:00.000Z",
});

export function openLogWorld(): LogWorld {
  const sqlite = new Database(":memory:");
  migrate(sqlite, ":memory:", migrations);
  sqlite.exec(
    "CREATE TEMP TABLE failing (kind TEXT); CREATE TEMP TRIGGER no_room BEFORE INSERT ON main.task_events WHEN EXISTS (SELECT 1 FROM failing WHERE kind = NEW.kind) BEGIN SELECT RAISE(ABORT, 'disk full'); END",
  );
  return {
    sqlite,
    log: openTaskLog(sqlite, clock),
    tasks: [],
    failing: new Set(),
    made: 0,
    [Symbol.dispose]: () => void sqlite.close(),
  };
}

/** Forgets a history, for the next one. */
export function clear(world: LogWorld): void {
  world.log.batch.flush();
  world.sqlite.exec("DELETE FROM task_events; DELETE FROM tasks; DELETE FROM failing");
  const open = world.log.openTasks.size > 0;
  if (open) world.log = openTaskLog(world.sqlite, clock);
  world.tasks = [];
  world.failing.clear();
}

const question = (request_id: string) => ({
  request_id,
  kind: "input" as const,
  prompt: "?",
  asked_at: "2026-11-23T09:00:00.000Z",
});

/** What the author of an event says that the record gains by it. */
function changesOf(task: OpenTask, kind: string, by: CancelledBy): TaskChanges {
  if (kind === "task.cancel_requested") return { cancel: by };
  if (kind === "task.awaiting_input")
    return { awaiting: [...task.awaiting, question(String(task.seq))] as OpenTask["awaiting"] };
  return kind === "task.resumed" ? { awaiting: task.awaiting.slice(1) } : {};
}

/** The model's state after an event that it allows. */
function modelAfter(state: ModelState, kind: string, by: string, status: string): ModelState {
  const cancel = kind === "task.cancel_requested" ? by : state.cancel;
  const closed = kind === "task.cancel_requested" || over(status);
  const more = { "task.awaiting_input": 1, "task.resumed": -1 }[kind] ?? 0;
  return { status, cancel, open: closed ? 0 : state.open + more };
}

function happen(world: LogWorld, told: Told, kind: string, by: CancelledBy): void {
  const task = world.log.get(told.id);
  const status = task === undefined ? undefined : expected(told.now, kind);
  if (task === undefined) {
    expect(over(told.now.status)).toBe(true);
    return;
  }
  const changes = changesOf(task, kind, by);
  const kept = world.log.append(task, { kind: kind as TaskEventKind, source: "core", changes });
  expect({ kind, from: told.now, taken: kept !== undefined }).toEqual({
    kind,
    from: told.now,
    taken: status !== undefined,
  });
  if (status !== undefined) {
    told.now = modelAfter(told.now, kind, by, status);
    told.seq++;
    told.pending.push(kind);
  }
  const { status: stands, open, cancel, seq } = task;
  expect({ status: stands, open, cancel, seq }).toEqual({ ...told.now, seq: told.seq });
}

function create(world: LogWorld): void {
  const id = `task-${world.made++}`;
  const task = world.log.create(fixed(id));
  world.log.append(task, { kind: "task.created", source: "core" });
  const now: ModelState = { status: "created", open: 0, cancel: null };
  world.tasks.push({ id, now, seq: 1, disk: undefined, pending: ["task.created"] });
}

/** Commits; what holds an event of the kind that fails is lost, and nothing else. */
function commit(world: LogWorld): void {
  world.log.batch.flush();
  for (const told of world.tasks) {
    const lost = told.pending.some((kind) => world.failing.has(kind));
    if (!lost) told.disk = { state: told.now, seq: told.seq };
    else if (told.disk !== undefined) ({ state: told.now, seq: told.seq } = told.disk);
    told.pending = [];
  }
  world.tasks = world.tasks.filter(({ disk }) => disk !== undefined);
  if (world.failing.size > 0) world.sqlite.exec("DELETE FROM failing");
  world.failing.clear();
}

/** What wasn't committed is gone; the next life knows what was. */
function kill(world: LogWorld): void {
  const { log } = world;
  world.sqlite.exec("BEGIN");
  log.batch.close();
  world.sqlite.exec("ROLLBACK");
  for (const told of world.tasks) {
    if (told.disk !== undefined) ({ state: told.now, seq: told.seq } = told.disk);
    told.pending = [];
  }
  world.tasks = world.tasks.filter(({ disk }) => disk !== undefined);
  world.log = openTaskLog(world.sqlite, clock);
}

/** Lets a step happen, and judges what is on disk where that may have changed. */
export function takeLogStep(world: LogWorld, step: LogStep): void {
  if (step.do === "create") create(world);
  if (step.do === "fail") {
    world.failing.add(step.kind);
    world.sqlite.prepare("INSERT INTO failing VALUES (?)").run(step.kind);
  }
  if (step.do === "happen") {
    const told = world.tasks[step.task % Math.max(1, world.tasks.length)];
    if (told !== undefined) happen(world, told, step.kind, step.by);
  }
  if (step.do === "commit") commit(world);
  if (step.do === "kill") kill(world);
}

/** Commits what is left, and reads each history from the disk with the model beside it (invariant 3). */
export function judgeLog(world: LogWorld): Set<string> {
  commit(world);
  const ends = new Set<string>();
  const read = world.sqlite.prepare(
    "SELECT task_id, seq, kind, state FROM task_events ORDER BY task_id, position",
  );
  const rows = read.all() as { task_id: string; seq: number; kind: string; state: string }[];
  for (const { id, now, seq } of world.tasks) {
    const events = rows.filter(({ task_id }) => task_id === id);
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: seq }, (_, n) => n + 1));
    expect(events.at(-1)?.state).toBe(now.status);
    const terminal = events.filter(({ kind }) => over(kind.slice("task.".length)));
    expect(terminal).toEqual(over(now.status) ? [events.at(-1)] : []);
    ends.add(now.status);
  }
  expect(new Set(rows.map(({ task_id }) => task_id))).toEqual(new Set(world.tasks.map(({ id }) => id)));
  return ends;
}

export const happeningKinds = kinds.filter((kind) => kind !== "task.created");
