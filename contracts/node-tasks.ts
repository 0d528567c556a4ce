/**
 * The tasks that nodes give each other: exact shapes, and errors of their own. These calls stand beside the
 * router, since no client but a node makes them: they are the same whatever carries them.
 */
import { z } from "zod";
import type { MessageType } from "./enums.ts";
import { DurationMs, emptyIsAbsent, JsonRecord, Name, Ulid } from "./shared.ts";
import { Intent, RuntimeOptions } from "./task-request.ts";
import { DeliveryMode } from "./vocabulary.ts";

/** An id of another node's making. */
const ForeignId = z.string().regex(/^[\x21-\x7e]{1,128}$/, "must be 1 to 128 visible ASCII characters");
/** Another node may write its times more exactly than this one. */
const ForeignTime = z.iso.datetime({ offset: true });

const NodeTrace = z.strictObject({ trace_id: ForeignId, parent_task_id: emptyIsAbsent(ForeignId) });

/** Gives a node a task. */
export const NodeTaskSubmit = z.strictObject({
  origin_node_id: ForeignId,
  /** The task at the node that gives it; what repeats are known by. */
  origin_proxy_task_id: ForeignId,
  origin_thread_id: emptyIsAbsent(ForeignId),
  target_agent_id: Name,
  intent: Intent,
  payload: JsonRecord,
  runtime_options: RuntimeOptions.nullish(),
  trace: NodeTrace,
  delivery: z
    .strictObject({
      mode: emptyIsAbsent(DeliveryMode),
      launch_if_down: z.boolean().default(true),
      timeout_ms: DurationMs.nullish(),
    })
    .nullish(),
  submitted_at: ForeignTime,
});
export type NodeTaskSubmit = z.output<typeof NodeTaskSubmit>;

/** What a node answers that has taken a task. */
export const NodeTaskAccepted = z.object({
  origin_proxy_task_id: ForeignId,
  destination_node_id: ForeignId,
  destination_task_id: ForeignId,
  destination_thread_id: ForeignId.optional(),
  accepted_at: z.string(),
});
export type NodeTaskAccepted = z.infer<typeof NodeTaskAccepted>;

const steering = {
  origin_node_id: ForeignId,
  origin_proxy_task_id: ForeignId,
  destination_task_id: ForeignId,
  trace: NodeTrace,
  requested_at: ForeignTime,
};

/** Answers a question; the header AethroLink-Question names which. */
export const NodeTaskResume = z.strictObject({ ...steering, payload: JsonRecord });
export type NodeTaskResume = z.output<typeof NodeTaskResume>;

export const NodeTaskCancel = z.strictObject({
  ...steering,
  reason: emptyIsAbsent(z.string().max(1024)),
});
export type NodeTaskCancel = z.output<typeof NodeTaskCancel>;

/** Which task's events or artifacts are asked for. */
export const NodeTaskQuery = z.strictObject({ origin_proxy_task_id: ForeignId });

/** An event of a task as it goes to the node that gave it; more fields may follow. */
export const NodeTaskFrame = z.looseObject({
  seq: z.int().min(1),
  kind: z.string().max(128),
  state: z.string().max(128).optional(),
  message: z.string().nullish(),
  data: JsonRecord.nullish(),
  remote_execution_id: z.string().max(1024).nullish(),
  remote_session_id: z.string().max(1024).nullish(),
});
export type NodeTaskFrame = z.infer<typeof NodeTaskFrame>;

/** How these calls say that something is wrong. */
export const NodeError = z.looseObject({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean().optional(),
});

/** A question's id, as the header says it. */
export const QuestionId = Ulid;

interface NodeTaskRoute {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly summary: string;
  readonly metadata: { readonly message: MessageType };
  /** The code of a request that has not the shape. */
  readonly invalid: string;
  /** The code of one that can't be followed. */
  readonly failed: string;
}

/** The calls, in one table for all that carries them. */
export const nodeTaskRoutes = {
  submit: {
    method: "POST",
    path: "/v1/node/tasks",
    summary: "Take a task of another node",
    metadata: { message: "task.submit" },
    invalid: "invalid_task_submit",
    failed: "task_submit_failed",
  },
  events: {
    method: "GET",
    path: "/v1/node/tasks/:task_id/events",
    summary: "Follow a task for the node that gave it",
    metadata: { message: "task.event" },
    invalid: "invalid_task_events",
    failed: "task_events_failed",
  },
  resume: {
    method: "POST",
    path: "/v1/node/tasks/:task_id/resume",
    summary: "Answer a question for the node that gave the task",
    metadata: { message: "task.resume" },
    invalid: "invalid_task_resume",
    failed: "task_resume_failed",
  },
  cancel: {
    method: "POST",
    path: "/v1/node/tasks/:task_id/cancel",
    summary: "Cancel a task for the node that gave it",
    metadata: { message: "task.cancel" },
    invalid: "invalid_task_cancel",
    failed: "task_cancel_failed",
  },
  artifact: {
    method: "GET",
    path: "/v1/node/tasks/:task_id/artifacts/:artifact_id",
    summary: "Give the bytes of an artifact to the node that gave the task",
    metadata: { message: "task.artifact" },
    invalid: "invalid_task_events",
    failed: "task_events_failed",
  },
} as const satisfies { readonly [call: string]: NodeTaskRoute };
export type NodeTaskCall = keyof typeof nodeTaskRoutes;
