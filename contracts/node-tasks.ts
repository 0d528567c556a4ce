/**
 * The tasks that nodes give each other: exact shapes, and errors of their own. No client but a node makes these
 * calls, and they are the same whatever carries them, so the server answers them beside the router.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { Bytes } from "./artifacts.ts";
import { type MessageType, taskStatuses } from "./enums.ts";
import { Signed } from "./node.ts";
import { DurationMs, emptyIsAbsent, JsonRecord, Name, Ulid } from "./shared.ts";
import { Intent, RuntimeOptions } from "./task-request.ts";
import { DeliveryMode } from "./vocabulary.ts";

/** An id of another node's making. */
const ForeignId = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, "must be 1 to 128 visible ASCII characters")
  .meta({ examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D3"] });
/** Another node may write its times more exactly than this one. */
const ForeignTime = z.iso.datetime({ offset: true }).meta({ examples: ["2026-11-23T09:00:00.000Z"] });
const ForeignNode = ForeignId.meta({
  examples: ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
});

const NodeTrace = z
  .strictObject({ trace_id: ForeignId, parent_task_id: emptyIsAbsent(ForeignId) })
  .meta({ id: "NodeTrace", description: "What a task belongs to, in the words of the node that gives it." });

/** Gives a node a task. */
export const NodeTaskSubmit = z
  .strictObject({
    origin_node_id: ForeignNode,
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
        timeout_ms: DurationMs.nullish().meta({
          description: "Most running time; null: none; absent: the default of the node that takes the task.",
        }),
      })
      .nullish(),
    submitted_at: ForeignTime,
  })
  .meta({ id: "NodeTaskSubmit", description: "A task for another node, in its exact shape." });
export type NodeTaskSubmit = z.output<typeof NodeTaskSubmit>;

/** What a node answers that has taken a task. */
export const NodeTaskAccepted = z
  .object({
    origin_proxy_task_id: ForeignId,
    destination_node_id: ForeignNode,
    destination_task_id: ForeignId,
    destination_thread_id: ForeignId.optional(),
    accepted_at: z.string().meta({ examples: ["2026-11-23T09:00:00.000Z"] }),
  })
  .meta({
    id: "NodeTaskAccepted",
    description: "A task was taken; the same answer however often it is given.",
  });
export type NodeTaskAccepted = z.infer<typeof NodeTaskAccepted>;

const steering = {
  origin_node_id: ForeignNode,
  origin_proxy_task_id: ForeignId,
  destination_task_id: ForeignId,
  trace: NodeTrace,
  requested_at: ForeignTime,
};

/** Answers a question; the header AethroLink-Question names which. */
export const NodeTaskResume = z
  .strictObject({ ...steering, payload: JsonRecord })
  .meta({ id: "NodeTaskResume", description: "An answer to a question of a task." });
export type NodeTaskResume = z.output<typeof NodeTaskResume>;

export const NodeTaskCancel = z
  .strictObject({
    ...steering,
    reason: emptyIsAbsent(z.string().max(1024)),
  })
  .meta({ id: "NodeTaskCancel", description: "Asks for the end of a task." });
export type NodeTaskCancel = z.output<typeof NodeTaskCancel>;

/** Which task's events or artifacts are asked for. */
export const NodeTaskQuery = z.strictObject({
  origin_proxy_task_id: ForeignId.meta({ description: "What the task is called at the node that gave it." }),
});

/** An event of a task as it goes to the node that gave it; more fields may follow. */
export const NodeTaskFrame = z
  .looseObject({
    seq: z.int().min(1),
    kind: z.string().max(128),
    state: z.string().max(128).optional(),
    message: z.string().nullish(),
    data: JsonRecord.nullish(),
    remote_execution_id: z.string().max(1024).nullish(),
    remote_session_id: z.string().max(1024).nullish(),
  })
  .meta({
    id: "NodeTaskFrame",
    description: "What happened to a task, for the node that gave it.",
    examples: [{ seq: 5, kind: "task.running", state: "running", data: {} }],
  });
export type NodeTaskFrame = z.infer<typeof NodeTaskFrame>;

/** Where a task stands now. */
export const NodeTaskStanding = z
  .object({ task_id: Ulid, status: z.enum(taskStatuses) })
  .meta({ id: "NodeTaskStanding", description: "Where a task of another node stands." });

export const nodeErrorCodes = [
  "invalid_json",
  "invalid_task_submit",
  "invalid_task_events",
  "invalid_task_resume",
  "invalid_task_cancel",
  "task_id_mismatch",
  "unauthorized",
  "loop_detected",
  "task_submit_failed",
  "task_events_failed",
  "task_resume_failed",
  "task_cancel_failed",
] as const;
export type NodeErrorCode = (typeof nodeErrorCodes)[number];

/** How this node says that something is wrong. */
export const NodeRefusal = z
  .object({
    message_type: z.literal("error"),
    code: z.enum(nodeErrorCodes).meta({
      id: "NodeErrorCode",
      description: "What kind of error it is; the status says more.",
      examples: ["task_submit_failed"],
    }),
    message: z
      .string()
      .meta({ description: "What is wrong; for people.", examples: ["There is no target nobody."] }),
    retryable: z.boolean().meta({
      description: "Whether the same request may succeed later, unchanged.",
      examples: [false],
    }),
  })
  .meta({ id: "NodeError", description: "Why a call of another node is refused." });
export type NodeRefusal = z.infer<typeof NodeRefusal>;

/** What is read of another node's: other implementations say less, and more. */
export const NodeError = z.looseObject({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean().optional(),
});

/** A question's id, as the header says it. */
export const QuestionId = Ulid;

type Failing = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 421 | 422 | 429 | 500 | 503;

/** The guard's refusals and what a damaged storage answers, and those of the call itself. */
function failing<Status extends Failing>(...statuses: Status[]) {
  const all = [400, 401, 403, 421, 500, 503, ...statuses] as const;
  const entries = all.map((status) => [status, NodeRefusal]);
  return Object.fromEntries(entries) as { [Each in (typeof all)[number]]: typeof NodeRefusal };
}

interface Wrong {
  /** The code of a request that has not the shape. */
  readonly invalid: NodeErrorCode;
  /** The code of one that can't be followed. */
  readonly failed: NodeErrorCode;
}

const of = (operationId: string, message: MessageType, wrong: Wrong) => ({
  operationId,
  tags: ["node"],
  codes: [],
  signed: true,
  message,
  ...wrong,
});

const TaskPath = z.object({
  task_id: ForeignId.meta({ description: "The task, as the acceptance names it." }),
});
const ArtifactPath = TaskPath.extend({ artifact_id: ForeignId.meta({ description: "The artifact." }) });
const Question = emptyIsAbsent(QuestionId).meta({
  description: "Which question; needed where several are open.",
  examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D6"],
});
/** What a payload was before it became an object. */
const Payload = z
  .string()
  .optional()
  .meta({
    description: "`value`: the payload is what stands under `value` in the one that is sent.",
    examples: ["value"],
  });
const Conversation = z
  .string()
  .optional()
  .meta({
    description:
      "The conversation, as the node that gives it calls it; of more than 64 characters, or others than visible ASCII, the SHA-256 in hex.",
    examples: ["release-notes"],
  });
const QuestionTimeout = z
  .string()
  .optional()
  .meta({
    description: "How long a question of the task stays open, in milliseconds; default 24 h.",
    examples: ["60000"],
  });
const c = initContract();

/** The calls, in one table for all that carries them. */
export const nodeTaskRoutes = c.router({
  submit: {
    method: "POST",
    path: "/v1/node/tasks",
    summary: "Take a task of another node",
    description:
      "What is given again under the same origin_proxy_task_id is one task, and answered the same.",
    headers: Signed.extend({
      "aethrolink-conversation": Conversation,
      "aethrolink-payload": Payload,
      "aethrolink-question-timeout": QuestionTimeout,
    }),
    body: NodeTaskSubmit,
    responses: { 202: NodeTaskAccepted, ...failing(404, 409, 413, 415, 422, 429) },
    metadata: of("submitNodeTask", "task.submit", {
      invalid: "invalid_task_submit",
      failed: "task_submit_failed",
    }),
  },
  events: {
    method: "GET",
    path: "/v1/node/tasks/:task_id/events",
    summary: "Follow a task for the node that gave it",
    description: "As streamTaskEvents, in frames of the node protocol; a resume at or after the end is 204.",
    headers: Signed.extend({
      "last-event-id": z
        .string()
        .optional()
        .meta({ description: "The seq of the last event seen.", examples: ["0"] }),
    }),
    pathParams: TaskPath,
    query: NodeTaskQuery,
    responses: {
      200: c.otherResponse({ contentType: "text/event-stream", body: NodeTaskFrame }),
      204: c.noBody(),
      ...failing(404),
    },
    metadata: of("streamNodeTaskEvents", "task.event", {
      invalid: "invalid_task_events",
      failed: "task_events_failed",
    }),
  },
  resume: {
    method: "POST",
    path: "/v1/node/tasks/:task_id/resume",
    summary: "Answer a question for the node that gave the task",
    headers: Signed.extend({ "aethrolink-payload": Payload, "aethrolink-question": Question }),
    pathParams: TaskPath,
    body: NodeTaskResume,
    responses: { 202: NodeTaskStanding, ...failing(404, 409, 413, 415, 422) },
    metadata: of("resumeNodeTask", "task.resume", {
      invalid: "invalid_task_resume",
      failed: "task_resume_failed",
    }),
  },
  cancel: {
    method: "POST",
    path: "/v1/node/tasks/:task_id/cancel",
    summary: "Cancel a task for the node that gave it",
    headers: Signed,
    pathParams: TaskPath,
    body: NodeTaskCancel,
    responses: { 200: NodeTaskStanding, 202: NodeTaskStanding, ...failing(404, 413, 415) },
    metadata: of("cancelNodeTask", "task.cancel", {
      invalid: "invalid_task_cancel",
      failed: "task_cancel_failed",
    }),
  },
  artifact: {
    method: "GET",
    path: "/v1/node/tasks/:task_id/artifacts/:artifact_id",
    summary: "Give the bytes of an artifact to the node that gave the task",
    headers: Signed,
    pathParams: ArtifactPath,
    query: NodeTaskQuery,
    responses: {
      200: c.otherResponse({ contentType: "application/octet-stream", body: Bytes }),
      ...failing(404),
    },
    metadata: of("getNodeTaskArtifact", "task.artifact", {
      invalid: "invalid_task_events",
      failed: "task_events_failed",
    }),
  },
});
export type NodeTaskCall = keyof typeof nodeTaskRoutes;
