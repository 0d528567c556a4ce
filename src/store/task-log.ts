/**
 * The log of the tasks: the only writer of their state.
 *
 * 1. Callers say what happened; `next` says what follows from it, against the state in memory.
 * 2. An event and its task's row are one member of one commit: kept together or not at all.
 * 3. Nothing is published before it is on disk; when a commit fails, the state is what was stored before.
 * 4. An event is encoded once for all readers, when it is on disk.
 */
import { inArray, sql } from "drizzle-orm";
import {
  type EventSource,
  type TaskEventKind,
  type TaskStatus,
  type TerminalStatus,
  taskStatuses,
} from "#contracts/enums.ts";
import type { Clock } from "#src/core/ports.ts";
import { ended, next } from "#src/core/task-machine.ts";
import { type Batch, openBatch } from "./batch.ts";
import { openChildren } from "./open-children.ts";
import { taskEvents, tasks } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";
import { openTail, type Tail } from "./tail.ts";
import {
  allColumns,
  type ChangingColumns,
  changingColumns,
  fixedColumns,
  type NewTask,
  type OpenTask,
  openTaskOf,
  restore,
  type TaskChanges,
  type TaskRow,
  taskOfRow,
} from "./task-rows.ts";
import { newId } from "./ulid.ts";
import { openViewerTails, type ViewerTails } from "./viewer-tails.ts";

/** Something that happened, as its author tells it. */
export interface Happening {
  readonly kind: TaskEventKind;
  readonly source: EventSource;
  readonly message?: string;
  readonly data?: object;
  /** What the task's record gains by it. */
  readonly changes?: TaskChanges;
}

interface PendingEvent {
  readonly row: EventRow;
  position: number;
}

/** An event that is on disk, and its JSON. */
interface KeptEvent extends PendingEvent {
  readonly json: string;
}

export type EventRow = Omit<typeof taskEvents.$inferSelect, "position">;

interface Entry {
  readonly task: OpenTask;
  readonly tail: Tail;
  /** Not on disk yet: decided in this turn. */
  pending: PendingEvent[];
  /** In the commit that is being written. */
  writing: PendingEvent[];
  /** What the task is in that commit. */
  sent: ChangingColumns | undefined;
  /** What the task is on disk; undefined: it isn't there yet. */
  stored: ChangingColumns | undefined;
  kept: Promise<void>;
}

export interface TaskLog {
  /** Accepts a task; its first events are appended in the same turn. */
  create(fixed: NewTask): OpenTask;
  /**
   * Adds what happened to a task.
   * @returns settles when it is on disk; undefined where the table says that it changes nothing
   */
  append(task: OpenTask, happening: Happening): Promise<void> | undefined;
  /**
   * Adds a row to the same commit as the task's events of this turn.
   * @param kept runs when it is on disk, before anybody is told
   */
  with(task: OpenTask, write: () => void, kept?: () => void): void;
  /** Settles when all that is decided of a task is on disk; rejects when the last of it was lost. */
  kept(task: OpenTask): Promise<void>;
  /** A task whose end isn't on disk. */
  get(task_id: string): OpenTask | undefined;
  /** Children whose end isn't on disk, of one parent. */
  childrenOf(task_id: string): readonly OpenTask[];
  readonly openTasks: ReadonlyMap<string, { readonly task: OpenTask }>;
  /** Called with each task that has ended, when its end is on disk. */
  onEnd(hear: (task: OpenTask) => void): void;
  /** The newest events of an open task. */
  tail(task_id: string): Tail | undefined;
  /** The newest events of all tasks, by position; kept only while somebody listens. */
  readonly all: Tail;
  /** The newest events of what concerns a participant. */
  readonly viewers: ViewerTails;
  readonly batch: Batch;
  /** Since this process began. */
  readonly counts: { events: number; readonly ended: { [Status in TerminalStatus]: number } };
}

/** The event as it goes over the wire; `data` is JSON already. */
export function eventJson(row: EventRow): string {
  const message = row.message === null ? "" : `"message":${JSON.stringify(row.message)},`;
  // Joined: a text that is put together by a template holds its pieces, twenty of them, as long as its task is open.
  const pieces = ['{"event_id":"', row.event_id, '","task_id":"', row.task_id, '","seq":', row.seq];
  pieces.push(',"kind":"', row.kind, '","state":"', row.state, '","source":"', row.source, '",', message);
  pieces.push('"data":', row.data, ',"created_at":"', row.created_at, '"}');
  return pieces.join("");
}

/** A frame of a stream (WHATWG HTML, server-sent events). */
export function frameOf(id: number, json: string): string {
  return `event: task.event\nid: ${id}\ndata: ${json}\n\n`;
}

/**
 * Opens the log over a database, with the tasks that an earlier life left open.
 * @param clock where the events' times come from
 */
export function openTaskLog(writer: Sqlite, clock: Clock): TaskLog {
  const statements = prepareStatements(writer);
  const batch = openBatch(writer);
  const entries = new Map<string, Entry>();
  const children = openChildren();
  const all = openTail(statements.lastPosition());
  const viewers = openViewerTails(all.last);
  const hearers: ((task: OpenTask) => void)[] = [];
  const timeNow = openTimes(clock);
  const counts = { events: 0, ended: { completed: 0, failed: 0, cancelled: 0 } };
  for (const row of statements.open()) {
    const task = taskOfRow(row);
    entries.set(row.task_id, entryOf(task, changingColumns(task)));
    children.add(task);
  }

  const publish = (entry: Entry) => {
    const events = entry.writing.map(({ row, position }) => ({ row, position, json: eventJson(row) }));
    entry.writing = [];
    entry.stored = entry.sent;
    counts.events += events.length;
    for (const { row, json } of events) entry.tail.push(row.seq, frameOf(row.seq, json));
    publishToAll(all, events);
    viewers.push(entry.task.fixed, () =>
      events.map(({ position, json }) => ({ position, frame: frameOf(position, json) })),
    );
    const state = events.at(-1)?.row.state;
    if (state !== undefined && ended(state)) {
      counts.ended[state]++;
      entries.delete(entry.task.fixed.task_id);
      children.remove(entry.task);
    }
    entry.tail.ring();
    all.ring();
    if (state !== undefined && ended(state)) for (const hear of hearers) hear(entry.task);
  };

  const giveUp = (entry: Entry) => {
    entry.writing = [];
    entry.pending = [];
    // Not from the disk: where it can't be written it may be unreadable too.
    if (entry.stored !== undefined) return restore(entry.task, entry.stored);
    entries.delete(entry.task.fixed.task_id);
    children.remove(entry.task);
  };

  const write = (entry: Entry) => {
    if (entry.writing.length === 0) {
      entry.writing = entry.pending;
      entry.pending = [];
    }
    entry.sent = changingColumns(entry.task);
    if (entry.stored === undefined) statements.insert(allColumns(entry.task));
    else statements.change(entry.sent);
    for (const event of entry.writing) event.position = statements.event(event.row);
  };

  return {
    create(fixed) {
      const entry = entryOf(openTaskOf(fixed), undefined);
      entries.set(fixed.task_id, entry);
      children.add(entry.task);
      return entry.task;
    },
    append(task, happening) {
      const entry = entries.get(task.fixed.task_id);
      const state =
        happening.kind === "task.created" && task.seq === 0 ? "created" : next(task, happening.kind);
      if (entry === undefined || state === undefined) return undefined;
      const row = eventRow(task, happening, state, timeNow());
      take(task, happening, state, row.created_at);
      if (entry.pending.length === 0) {
        entry.kept = batch.add(entry, () => write(entry), {
          kept: () => publish(entry),
          lost: () => giveUp(entry),
        });
      }
      entry.pending.push({ row, position: 0 });
      return entry.kept;
    },
    with(task, step, kept) {
      const entry = entries.get(task.fixed.task_id);
      if (entry !== undefined) batch.add(entry, step, kept === undefined ? {} : { kept });
    },
    kept: (task) => entries.get(task.fixed.task_id)?.kept ?? Promise.resolve(),
    get: (task_id) => entries.get(task_id)?.task,
    childrenOf: children.of,
    openTasks: entries,
    onEnd: (hear) => void hearers.push(hear),
    tail: (task_id) => entries.get(task_id)?.tail,
    all,
    viewers,
    batch,
    counts,
  };
}

/** The time as text, made once in a millisecond: many events share it. */
function openTimes(clock: Clock): () => string {
  let ms = Number.NaN;
  let text = "";
  return () => {
    const now = clock.now();
    if (now !== ms) text = new Date(now).toISOString();
    ms = now;
    return text;
  };
}

function publishToAll(all: Tail, events: readonly KeptEvent[]): void {
  if (all.listeners() === 0) for (const { position } of events.slice(-1)) all.skip(position);
  else for (const { position, json } of events) all.push(position, frameOf(position, json));
}

function entryOf(task: OpenTask, stored: ChangingColumns | undefined): Entry {
  const tail = openTail(task.seq);
  return { task, tail, pending: [], writing: [], sent: stored, stored, kept: Promise.resolve() };
}

function eventRow(task: OpenTask, happening: Happening, state: TaskStatus, created_at: string): EventRow {
  return {
    event_id: newId(),
    task_id: task.fixed.task_id,
    seq: task.seq + 1,
    kind: happening.kind,
    state,
    source: happening.source,
    message: happening.message ?? null,
    data: happening.data === undefined ? "{}" : JSON.stringify(happening.data),
    created_at,
    sender: task.fixed.sender === "local" ? null : task.fixed.sender,
    target: task.fixed.resolved_runtime,
  };
}

/** Takes an event over into the state in memory. */
function take(task: OpenTask, { kind, changes }: Happening, state: TaskStatus, at: string): void {
  task.seq++;
  task.status = state;
  task.updated_at = at;
  if (changes !== undefined) Object.assign(task, changes);
  // While a cancel is under way, and after the end, no question is open.
  if (kind === "task.cancel_requested" || ended(state)) task.awaiting = [];
  task.open = task.awaiting.length;
  if (ended(state)) task.finished_at = at;
}

const openStatuses = taskStatuses.filter((status) => !ended(status));

function prepareStatements(writer: Sqlite) {
  const db = builder(writer);
  const byId = sql`${tasks.task_id} = ${sql.placeholder("task_id")}`;
  const insert = prepare(writer, db.insert(tasks).values(columnsOf(tasks)));
  const change = prepare(
    writer,
    db
      .update(tasks)
      .set(columnsOf(tasks, ...fixedColumns))
      .where(byId),
  );
  const event = prepare(writer, db.insert(taskEvents).values(columnsOf(taskEvents, "position")));
  const open = prepare<TaskRow>(
    writer,
    db.select().from(tasks).where(inArray(tasks.status, openStatuses)).orderBy(tasks.task_id),
  );
  const last = prepare<{ seq: number }>(writer, {
    toSQL: () => ({ sql: "SELECT seq FROM sqlite_sequence WHERE name = 'task_events'", params: [] }),
  });
  return {
    insert: (values: TaskRow) => insert.run(values),
    change: (values: ChangingColumns) => change.run(values),
    event: (values: EventRow) => Number(event.run(values).lastInsertRowid),
    open: () => open.all({}),
    lastPosition: () => last.get({})?.seq ?? 0,
  };
}
