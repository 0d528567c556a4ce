/**
 * Threads and their turns. What is committed is read through the read-only connection; a turn that was
 * decided and isn't on disk yet is found, too, so that nobody takes its place.
 */
import { and, asc, desc, eq, getTableColumns, gt, isNotNull, lt, ne, type SQL, sql } from "drizzle-orm";
import type { HandOffEnd, TaskStatus } from "#contracts/enums.ts";
import type { Batch } from "./batch.ts";
import { remoteTaskBindings, sessionBindings, taskEvents, tasks, threads, threadTurns } from "./schema.ts";
import { builder, columnsOf, type Prepared, prepare, type Sqlite } from "./sql.ts";
import type { TaskLog } from "./task-log.ts";
import type { OpenTask } from "./task-rows.ts";

export type ThreadRow = typeof threads.$inferSelect;
export type NewTurn = typeof threadTurns.$inferInsert;

/** Where the task of a turn runs, if it was given to a peer. */
type Elsewhere = Pick<
  typeof remoteTaskBindings.$inferSelect,
  "destination_node_id" | "destination_task_id" | "destination_thread_id"
> & { readonly peer_id: string | null };

/** A turn with what its task says of it. */
export type TurnRow = typeof threadTurns.$inferSelect &
  Elsewhere & {
    readonly status: TaskStatus;
    readonly last_error: string | null;
    readonly remote: string | null;
    readonly created_at: string;
    readonly updated_at: string;
  };

export interface ThreadFilter {
  /** Only threads that it is in, and so is the second, if there is one. */
  readonly among?: readonly (string | undefined)[] | undefined;
  /** The thread behind which the page begins. */
  readonly before?: string | undefined;
}

export interface Threads {
  /** Keeps a new thread; resolves when it is on disk. */
  add(thread: ThreadRow): Promise<void>;
  get(thread_id: string): ThreadRow | undefined;
  /** Threads, newest first. */
  list(filter: ThreadFilter, limit: number): ThreadRow[];
  /** The last turn that is on disk. */
  last(thread_id: string): TurnRow | undefined;
  turn(thread_id: string, turn_index: number): TurnRow | undefined;
  /** Turns behind `after`, in order. */
  turns(thread_id: string, after: number, limit: number): TurnRow[];
  /** Turns before `before`, the newest first. */
  turnsBefore(thread_id: string, before: number, limit: number): TurnRow[];
  /** The last turn of one of the two as a target that has come to a runtime. */
  lastAt(thread_id: string, target_agent_id: string): TurnRow | undefined;
  /** Whether a turn was decided that isn't on disk yet. */
  opening(thread_id: string): boolean;
  /** Writes a turn in its task's commit of this turn of the event loop, and with it how the one before ended. */
  begin(task: OpenTask, turn: NewTurn, kept: Promise<void>): void;
  /** Notes that nothing follows by itself any more; resolves when it is on disk. */
  end(turn: TurnRow, end: HandOffEnd, detail: string | null): Promise<void>;
  /** Turns behind which a next one is due by itself. */
  due(): TurnRow[];
  /** Whether a task has asked something. */
  asked(task_id: string): boolean;
  /** The sessions of a target that are kept for a thread. */
  bindings(thread_id: string, target_id: string): (typeof sessionBindings.$inferSelect)[];
}

const value = sql.placeholder;
const newest = 2 ** 31;

/** Prepares the statements of threads. */
export function openThreads(writer: Sqlite, reader: Sqlite, log: Pick<TaskLog, "batch" | "with">): Threads {
  const writes = prepareWrites(writer);
  const reads = prepareReads(reader);
  const opening = new Set<string>();
  const turnsBefore = (thread_id: string, before: number, limit: number) =>
    reads.before.all({ thread_id, before, limit });
  return {
    add: (thread) => addRow(log.batch, () => writes.addThread.run(thread)),
    get: (thread_id) => reads.thread.get({ thread_id }),
    list({ among = [], before = "~" }, limit) {
      const [one, other = null, ...more] = new Set(among.filter((id) => id !== undefined));
      if (one === undefined) return reads.threads.all({ before, limit });
      return more.length > 0 ? [] : reads.threadsOf.all({ one, other, before, limit });
    },
    last: (thread_id) => turnsBefore(thread_id, newest, 1)[0],
    turn: (thread_id, turn_index) =>
      turnsBefore(thread_id, turn_index + 1, 1).find((turn) => turn.turn_index === turn_index),
    turns: (thread_id, after, limit) => reads.after.all({ thread_id, after, limit }),
    turnsBefore,
    lastAt: (thread_id, target_agent_id) => reads.lastAt.get({ thread_id, target_agent_id, limit: 1 }),
    opening: (thread_id) => opening.has(thread_id),
    begin(task, turn, kept) {
      const { thread_id, turn_index } = turn;
      log.with(task, () => {
        writes.handedOn.run({ thread_id, turn_index: turn_index - 1 });
        writes.addTurn.run(turn);
      });
      opening.add(thread_id);
      const settled = () => void opening.delete(thread_id);
      kept.then(settled, settled);
    },
    end: ({ thread_id, turn_index }, hand_off_end, hand_off_detail) =>
      addRow(log.batch, () => writes.end.run({ thread_id, turn_index, hand_off_end, hand_off_detail })),
    due: () => reads.due.all({ limit: -1 }),
    asked: (task_id) => reads.asked.get({ task_id }) !== undefined,
    bindings: (sticky_key, target_id) => reads.bindings.all({ sticky_key, target_id }),
  };
}

const addRow = (batch: Batch, write: () => void) => batch.add(Symbol("thread"), write);

function prepareWrites(writer: Sqlite) {
  const db = builder(writer);
  const meant = sql`thread_id = ${value("thread_id")} AND turn_index = ${value("turn_index")}`;
  const due = sql`${meant} AND turns_left > 0 AND hand_off_end IS NULL`;
  return {
    addThread: prepare(writer, db.insert(threads).values(columnsOf(threads))),
    addTurn: prepare(writer, db.insert(threadTurns).values(columnsOf(threadTurns))),
    handedOn: prepare(
      writer,
      db.update(threadTurns).set({ hand_off_end: sql`'next'`, plan: sql`NULL` }).where(due),
    ),
    end: prepare(
      writer,
      db
        .update(threadTurns)
        .set({
          hand_off_end: sql`${value("hand_off_end")}`,
          hand_off_detail: sql`${value("hand_off_detail")}`,
          plan: sql`NULL`,
        })
        .where(due),
    ),
  };
}

/** A turn with its task, and with what ties that to a peer. */
function turnsWhere(reader: Sqlite, where: SQL | undefined, order: SQL): Prepared<TurnRow> {
  const { status, last_error, remote, created_at, updated_at } = tasks;
  const { peer_id, destination_node_id, destination_task_id, destination_thread_id } = remoteTaskBindings;
  const elsewhere = { peer_id, destination_node_id, destination_task_id, destination_thread_id };
  const task = { status, last_error, remote, created_at, updated_at };
  const query = builder(reader)
    .select({ ...getTableColumns(threadTurns), ...task, ...elsewhere })
    .from(threadTurns)
    .innerJoin(tasks, eq(tasks.task_id, threadTurns.task_id))
    .leftJoin(remoteTaskBindings, eq(remoteTaskBindings.task_id, threadTurns.task_id))
    .where(where)
    .orderBy(order)
    .limit(value("limit"));
  return prepare<TurnRow>(reader, query);
}

/** Threads that one is in: by two indexes, each read no further than the page goes. */
const threadsOf = {
  toSQL() {
    const half = (one: string, other: string) =>
      `SELECT * FROM (SELECT * FROM threads WHERE ${one} = ? AND thread_id < ? AND (? IS NULL OR ${other} = ?) ORDER BY thread_id DESC LIMIT ?)`;
    const halfs = ["one", "before", "other", "other", "limit"];
    return {
      sql: `${half("agent_a_id", "agent_b_id")} UNION ALL ${half("agent_b_id", "agent_a_id")} ORDER BY thread_id DESC LIMIT ?`,
      params: [...halfs, ...halfs, "limit"].map((name) => value(name)),
    };
  },
};

function prepareReads(reader: Sqlite) {
  const db = builder(reader);
  const ofThread = eq(threadTurns.thread_id, value("thread_id"));
  const { turn_index, target_agent_id } = threadTurns;
  const due = sql`${threadTurns.turns_left} > 0 AND ${threadTurns.hand_off_end} IS NULL`;
  return {
    thread: prepare<ThreadRow>(
      reader,
      db
        .select()
        .from(threads)
        .where(eq(threads.thread_id, value("thread_id"))),
    ),
    threads: prepare<ThreadRow>(
      reader,
      db
        .select()
        .from(threads)
        .where(lt(threads.thread_id, value("before")))
        .orderBy(desc(threads.thread_id))
        .limit(value("limit")),
    ),
    threadsOf: prepare<ThreadRow>(reader, threadsOf),
    after: turnsWhere(reader, and(ofThread, gt(turn_index, value("after"))), asc(turn_index)),
    before: turnsWhere(reader, and(ofThread, lt(turn_index, value("before"))), desc(turn_index)),
    lastAt: turnsWhere(
      reader,
      and(ofThread, eq(target_agent_id, value("target_agent_id")), isNotNull(tasks.remote)),
      desc(turn_index),
    ),
    due: turnsWhere(reader, due, asc(threadTurns.thread_id)),
    asked: prepare<{ seq: number }>(
      reader,
      db
        .select({ seq: taskEvents.seq })
        .from(taskEvents)
        .where(and(eq(taskEvents.task_id, value("task_id")), eq(taskEvents.kind, "task.awaiting_input")))
        .limit(1),
    ),
    bindings: prepare<typeof sessionBindings.$inferSelect>(
      reader,
      db
        .select()
        .from(sessionBindings)
        .where(
          and(
            eq(sessionBindings.sticky_key, value("sticky_key")),
            eq(sessionBindings.target_id, value("target_id")),
            ne(sessionBindings.remote_session_id, sql`''`), // given up: nothing continues it
          ),
        ),
    ),
  };
}
