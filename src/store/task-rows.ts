/** A task as a row, as a record of the wire, and as what the node keeps of it while it is open. */
import type { CancelledBy, TaskStatus } from "#contracts/enums.ts";
import type { JsonObject as WireObject } from "#contracts/shared.ts";
import type {
  Delivery,
  LastError,
  Question,
  TaskRecord,
  TaskRemote,
  TaskResult,
  Trace,
  Usage,
} from "#contracts/tasks.ts";
import type { Json, JsonObject } from "#src/core/ports.ts";
import type { tasks } from "./schema.ts";

export type TaskRow = typeof tasks.$inferSelect;

/** What a task is accepted with; it never changes. */
export interface NewTask {
  readonly task_id: string;
  /** The thread that it is a turn of. */
  readonly thread_id?: string | undefined;
  readonly conversation_id: string;
  /** Whether nothing can have been said in it before. Known in the life that accepts the task only. */
  readonly opens_conversation?: boolean;
  readonly sender: string;
  readonly intent: string;
  readonly requested_runtime: string | undefined;
  readonly resolved_runtime: string;
  /** The target's defaults with the task's own over them. */
  readonly runtime_options: JsonObject;
  /** The whole payload; a large one is an artifact too, and only that is kept. */
  readonly payload: Json;
  readonly payload_artifact_id: string | null;
  readonly delivery: Delivery;
  readonly trace: Trace;
  readonly metadata: JsonObject;
  readonly created_at: string;
}

/** What changes with its events. */
export interface TaskChanges {
  readonly cancel?: CancelledBy;
  readonly remote?: TaskRemote;
  readonly adapter_state?: JsonObject;
  readonly awaiting?: readonly Question[];
  readonly last_error?: LastError;
  readonly result?: TaskResult;
  readonly result_artifact_id?: string;
  readonly usage?: Usage;
}

/** An open task in memory: the truth for decisions, ahead of the log by at most one turn. */
export interface OpenTask {
  readonly fixed: NewTask;
  status: TaskStatus;
  open: number;
  cancel: CancelledBy | null;
  seq: number;
  remote: TaskRemote | null;
  adapter_state: JsonObject | null;
  awaiting: readonly Question[];
  last_error: LastError | null;
  result: TaskResult | null;
  result_artifact_id: string | null;
  usage: Usage | null;
  updated_at: string;
  finished_at: string | null;
}

const encoded = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);
const decoded = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T));

/** A new task, before its first event. */
export function openTaskOf(fixed: NewTask): OpenTask {
  return {
    fixed,
    status: "created",
    open: 0,
    cancel: null,
    seq: 0,
    remote: null,
    adapter_state: null,
    awaiting: [],
    last_error: null,
    result: null,
    result_artifact_id: null,
    usage: null,
    updated_at: fixed.created_at,
    finished_at: null,
  };
}

/** The columns that a task is created with. */
export const fixedColumns = [
  "task_id",
  "thread_id",
  "conversation_id",
  "sender",
  "intent",
  "requested_runtime",
  "resolved_runtime",
  "runtime_options",
  "payload",
  "payload_artifact_id",
  "delivery",
  "trace",
  "parent_task_id",
  "metadata",
  "created_at",
] as const satisfies (keyof TaskRow)[];

/** The others, as they are now. */
export function changingColumns(task: OpenTask) {
  return {
    task_id: task.fixed.task_id,
    status: task.status,
    cancel: task.cancel,
    last_seq: task.seq,
    remote: encoded(task.remote),
    adapter_state: encoded(task.adapter_state),
    awaiting: task.awaiting.length === 0 ? "[]" : JSON.stringify(task.awaiting),
    last_error: encoded(task.last_error),
    result: encoded(task.result),
    result_artifact_id: task.result_artifact_id,
    usage: encoded(task.usage),
    updated_at: task.updated_at,
    finished_at: task.finished_at,
  };
}

export type ChangingColumns = ReturnType<typeof changingColumns>;

/** All columns of a new task. */
export function allColumns(task: OpenTask): TaskRow {
  const { fixed } = task;
  return {
    thread_id: fixed.thread_id ?? null,
    conversation_id: fixed.conversation_id,
    sender: fixed.sender,
    intent: fixed.intent,
    requested_runtime: fixed.requested_runtime ?? null,
    resolved_runtime: fixed.resolved_runtime,
    runtime_options: JSON.stringify(fixed.runtime_options),
    payload: fixed.payload_artifact_id === null ? JSON.stringify(fixed.payload) : null,
    payload_artifact_id: fixed.payload_artifact_id,
    delivery: JSON.stringify(fixed.delivery),
    trace: JSON.stringify(fixed.trace),
    parent_task_id: fixed.trace.parent_task_id ?? null,
    metadata: JSON.stringify(fixed.metadata),
    created_at: fixed.created_at,
    ...changingColumns(task),
  };
}

/** What the changing columns say, taken over into an open task. */
export function restore(task: OpenTask, row: ChangingColumns): void {
  const awaiting = JSON.parse(row.awaiting) as Question[];
  Object.assign(task, {
    status: row.status,
    open: awaiting.length,
    cancel: row.cancel,
    seq: row.last_seq,
    remote: decoded(row.remote),
    adapter_state: decoded(row.adapter_state),
    awaiting,
    last_error: decoded(row.last_error),
    result: decoded(row.result),
    result_artifact_id: row.result_artifact_id,
    usage: decoded(row.usage),
    updated_at: row.updated_at,
    finished_at: row.finished_at,
  } satisfies Omit<OpenTask, "fixed">);
}

/** An open task of an earlier life. A payload that is an artifact is null here until it is needed. */
export function taskOfRow(row: TaskRow): OpenTask {
  const task = openTaskOf({
    task_id: row.task_id,
    thread_id: row.thread_id ?? undefined,
    conversation_id: row.conversation_id,
    sender: row.sender,
    intent: row.intent,
    requested_runtime: row.requested_runtime ?? undefined,
    resolved_runtime: row.resolved_runtime,
    runtime_options: JSON.parse(row.runtime_options) as JsonObject,
    payload: decoded<Json>(row.payload),
    payload_artifact_id: row.payload_artifact_id,
    delivery: JSON.parse(row.delivery) as Delivery,
    trace: JSON.parse(row.trace) as Trace,
    metadata: JSON.parse(row.metadata) as JsonObject,
    created_at: row.created_at,
  });
  restore(task, row);
  return task;
}

/** The record of the wire. */
export function recordOf(task: OpenTask): TaskRecord {
  const { fixed } = task;
  return {
    task_id: fixed.task_id,
    ...(fixed.thread_id === undefined ? {} : { thread_id: fixed.thread_id }),
    conversation_id: fixed.conversation_id,
    sender: fixed.sender,
    intent: fixed.intent,
    ...(fixed.requested_runtime === undefined ? {} : { requested_runtime: fixed.requested_runtime }),
    resolved_runtime: fixed.resolved_runtime,
    runtime_options: fixed.runtime_options as WireObject,
    payload: fixed.payload_artifact_id === null ? (fixed.payload as TaskRecord["payload"]) : null,
    payload_artifact_id: fixed.payload_artifact_id,
    status: task.status,
    delivery: fixed.delivery,
    trace: fixed.trace,
    metadata: fixed.metadata as WireObject,
    remote: task.remote,
    awaiting: [...task.awaiting],
    last_error: task.last_error,
    result: task.result,
    result_artifact_id: task.result_artifact_id,
    usage: task.usage,
    created_at: fixed.created_at,
    updated_at: task.updated_at,
    finished_at: task.finished_at,
  };
}
