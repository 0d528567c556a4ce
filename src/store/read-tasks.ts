/** What has been committed of the tasks, read through the read-only connection. */
import { and, desc, eq, gt, gte, lt, ne, type SQL, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/sqlite-core";
import type { CancelledBy, TaskStatus } from "#contracts/enums.ts";
import type { TaskEvent } from "#contracts/events.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import type { Parties } from "#src/core/access.ts";
import { openTreeReader, type TreeReader } from "./read-tree.ts";
import { taskEvents, tasks } from "./schema.ts";
import { builder, type Prepared, prepare, type Sqlite } from "./sql.ts";
import { type Frames, handful } from "./tail.ts";
import { type EventRow, eventJson, frameOf } from "./task-log.ts";
import { recordOf, type TaskRow, taskOfRow } from "./task-rows.ts";
import { firstIdOf } from "./ulid.ts";

export interface TaskFilter {
  readonly status?: TaskStatus | undefined;
  readonly target?: string | undefined;
  readonly sender?: string | undefined;
  readonly conversation_id?: string | undefined;
  readonly parent_task_id?: string | undefined;
  readonly thread_id?: string | undefined;
  /** Milliseconds since the epoch; only tasks made after it. */
  readonly created_after?: number | undefined;
  /** The task behind which the page begins. */
  readonly before?: string | undefined;
  /** Only tasks that this participant sends or is the target of. */
  readonly viewer?: string | undefined;
}

export interface Standing extends Parties {
  readonly status: TaskStatus;
  readonly last_seq: number;
  /** Who asked for its cancel, whether it came to that or not. */
  readonly cancel: CancelledBy | null;
}

export interface TaskReader {
  get(task_id: string): TaskRecord | undefined;
  /** How far a task has come, and whose it is; undefined: there is none. */
  standing(task_id: string): Standing | undefined;
  /** A task with all beneath it. */
  readonly tree: TreeReader;
  /** Tasks, newest first. */
  list(filter: TaskFilter, limit: number): TaskRecord[];
  /** The history of a task behind `after`, as encoded frames; undefined: there is none. */
  frames(task_id: string, after: number, limit: number): Frames | undefined;
  /** The same of all tasks, by position. */
  allFrames(after: number, limit: number): Frames | undefined;
  /** The same of what a participant sends or is the target of. */
  viewerFrames(viewer: string, after: number, limit: number): Frames | undefined;
  /** @param after only events whose `seq` is larger; default: all */
  events(task_id: string, after?: number): TaskEvent[];
  /**
   * `gone`: up to here events of forgotten tasks are missing; `newest`: of all events that there ever
   * were. Zeros where there are none.
   */
  positions(): { gone: number; newest: number };
}

const value = sql.placeholder;

/** Which condition each filter adds. */
const conditions: { readonly [Name in keyof Omit<TaskFilter, "viewer">]-?: SQL } = {
  status: eq(tasks.status, sql`${value("status")}`),
  target: eq(tasks.resolved_runtime, value("target")),
  sender: eq(tasks.sender, value("sender")),
  conversation_id: eq(tasks.conversation_id, value("conversation_id")),
  parent_task_id: eq(tasks.parent_task_id, value("parent_task_id")),
  thread_id: eq(tasks.thread_id, value("thread_id")),
  created_after: sql`${gte(tasks.task_id, value("from_id"))} AND ${gt(tasks.created_at, value("created_after"))}`,
  before: lt(tasks.task_id, value("before")),
};

/**
 * The same for a viewer, each half by its own index and in the order of the list. The status is kept from
 * the choice of the index: everybody's tasks of a status may be many more than the viewer's.
 */
const halves = {
  sent: eq(tasks.sender, value("viewer")),
  received: sql`${eq(tasks.resolved_runtime, value("viewer"))} AND ${ne(tasks.sender, value("viewer"))}`,
};
const viewerConditions = { ...conditions, status: sql`+${tasks.status} = ${value("status")}` };

const eventHalves = {
  sent: eq(taskEvents.sender, value("viewer")),
  received: sql`${eq(taskEvents.target, value("viewer"))} AND ${taskEvents.sender} IS NOT ${value("viewer")}`,
};

type FilterName = keyof typeof conditions;

/** Prepares the reads of a database. */
export function openTaskReader(reader: Sqlite): TaskReader {
  const db = builder(reader);
  const row = prepare<TaskRow>(
    reader,
    db
      .select()
      .from(tasks)
      .where(eq(tasks.task_id, value("task_id"))),
  );
  const standing = prepare<Standing>(
    reader,
    db
      .select({
        status: tasks.status,
        last_seq: tasks.last_seq,
        cancel: tasks.cancel,
        sender: tasks.sender,
        resolved_runtime: tasks.resolved_runtime,
      })
      .from(tasks)
      .where(eq(tasks.task_id, value("task_id"))),
  );
  const ofTask = prepare<EventRow>(
    reader,
    db
      .select()
      .from(taskEvents)
      .where(and(eq(taskEvents.task_id, value("task_id")), gt(taskEvents.seq, value("after"))))
      .orderBy(taskEvents.seq)
      .limit(value("limit")),
  );
  const ofAll = prepare<EventRow & { position: number }>(
    reader,
    db
      .select()
      .from(taskEvents)
      .where(gt(taskEvents.position, value("after")))
      .orderBy(taskEvents.position)
      .limit(value("limit")),
  );
  const behind = (own: SQL) =>
    db
      .select()
      .from(taskEvents)
      .where(and(own, gt(taskEvents.position, value("after"))));
  const ofViewer = prepare<EventRow & { position: number }>(
    reader,
    unionAll(behind(eventHalves.sent), behind(eventHalves.received))
      .orderBy(taskEvents.position)
      .limit(value("limit")),
  );
  const ends = prepare<{ gone: number | null; newest: number | null }>(reader, {
    toSQL: () => ({
      sql: "SELECT (SELECT position FROM forgotten_position) AS gone, (SELECT max(position) FROM task_events) AS newest",
      params: [],
    }),
  });
  return {
    get: (task_id) => recordOfRow(row.get({ task_id })),
    standing: (task_id) => standing.get({ task_id }),
    tree: openTreeReader(reader),
    list: lister(reader),
    frames: (task_id, after, limit) => framesOf(ofTask.each({ task_id, after, limit }), (event) => event.seq),
    allFrames: (after, limit) => framesOf(ofAll.each({ after, limit }), (event) => event.position),
    viewerFrames: (viewer, after, limit) =>
      framesOf(ofViewer.each({ viewer, after, limit }), (event) => event.position),
    events: (task_id, after = 0) =>
      ofTask.all({ task_id, after, limit: -1 }).map((event) => JSON.parse(eventJson(event)) as TaskEvent),
    positions() {
      const found = ends.get({});
      const gone = found?.gone ?? 0;
      return { gone, newest: Math.max(gone, found?.newest ?? 0) };
    },
  };
}

const recordOfRow = (row: TaskRow | undefined) => (row === undefined ? undefined : recordOf(taskOfRow(row)));

/** The frames of a handful of rows: the others are read when these have gone. */
function framesOf<Row extends EventRow>(rows: Iterable<Row>, idOf: (row: Row) => number): Frames | undefined {
  const frames: string[] = [];
  let size = 0;
  let last = 0;
  for (const row of rows) {
    const frame = frameOf(idOf(row), eventJson(row));
    size += frame.length;
    if (frames.length > 0 && size > handful) break;
    frames.push(frame);
    last = idOf(row);
  }
  return frames.length === 0 ? undefined : { bytes: Buffer.from(frames.join("")), last };
}

/** One statement for each set of filters that was asked for, prepared at its first use. */
function lister(reader: Sqlite): TaskReader["list"] {
  const db = builder(reader);
  const statements = new Map<string, Prepared<TaskRow>>();
  const all = (names: FilterName[]) =>
    db
      .select()
      .from(tasks)
      .where(and(...names.map((name) => conditions[name])))
      .orderBy(desc(tasks.task_id))
      .limit(value("limit"));
  const half = (names: FilterName[], own: SQL) =>
    db
      .select()
      .from(tasks)
      .where(and(own, ...names.map((name) => viewerConditions[name])));
  const statementOf = (names: FilterName[], viewed: boolean) => {
    const key = [viewed, ...names].join();
    const known = statements.get(key);
    if (known !== undefined) return known;
    const query = viewed
      ? unionAll(half(names, halves.sent), half(names, halves.received))
          .orderBy(desc(tasks.task_id))
          .limit(value("limit"))
      : all(names);
    const statement = prepare<TaskRow>(reader, query);
    statements.set(key, statement);
    return statement;
  };
  return (filter, limit) => {
    const names = (Object.keys(conditions) as FilterName[]).filter((name) => filter[name] !== undefined);
    const after = filter.created_after;
    const times =
      after === undefined ? {} : { from_id: firstIdOf(after), created_after: new Date(after).toISOString() };
    return statementOf(names, filter.viewer !== undefined)
      .all({ ...filter, ...times, limit })
      .map((row) => recordOf(taskOfRow(row)));
  };
}
