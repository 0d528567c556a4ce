/**
 * Tasks: the unit of work, owned by the node that took it. What a task is made of (this file), what
 * happened to it (events.ts), and what can be done with it (task-routes.ts).
 */
import { z } from "zod";
import { ArtifactRef } from "./artifacts.ts";
import { ConversationId, DurationMs, JsonRecord, JsonValue, NextCursor, Time, Ulid } from "./shared.ts";
import { Intent } from "./task-request.ts";
import {
  DeliveryMode,
  FailureReason,
  QuestionKind,
  RemoteBinding,
  TaskStatus,
  WhenOffline,
} from "./vocabulary.ts";

export const Delivery = z
  .object({
    mode: DeliveryMode,
    launch_if_down: z.boolean(),
    timeout_ms: DurationMs.nullable().meta({ examples: [3_600_000] }),
    question_timeout_ms: DurationMs.meta({ examples: [86_400_000] }),
    queue_timeout_ms: DurationMs.meta({ examples: [3_600_000] }),
    wait_ms: z.int().meta({ examples: [600_000] }),
    when_offline: WhenOffline,
  })
  .meta({ id: "Delivery", description: "How the task is delivered, with every default filled in." });
export type Delivery = z.infer<typeof Delivery>;

export const Trace = z
  .object({
    trace_id: z.string().meta({ examples: ["0af7651916cd43dd8448eb211c80319c"] }),
    parent_task_id: Ulid.optional().meta({
      description: "The task that it is a part of.",
      examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D2"],
    }),
  })
  .meta({ id: "Trace", description: "What ties the task to others." });
export type Trace = z.infer<typeof Trace>;

export const LastError = z
  .object({
    reason: FailureReason,
    detail: z
      .string()
      .optional()
      .meta({ description: "For people.", examples: ["hermes acp exited with code 1"] }),
  })
  .meta({ id: "LastError", description: "Why the task failed." });
export type LastError = z.infer<typeof LastError>;

export const TaskResult = z
  .object({
    text: z.string().meta({
      description: "The answer; its first 2 KB where it is an artifact.",
      examples: ["The release has three parts."],
    }),
    data: JsonValue.optional(),
    stop_reason: z
      .string()
      .optional()
      .meta({ description: "The runtime's own word.", examples: ["end_turn"] }),
    warning: z.string().optional().meta({ description: "Set where the answer may not be whole." }),
    truncated: z.boolean().optional().meta({ description: "The whole is in the artifact." }),
    artifacts: z.array(ArtifactRef).optional(),
  })
  .meta({ id: "TaskResult", description: "What came of it; a failed or cancelled task keeps what it had." });
export type TaskResult = z.infer<typeof TaskResult>;

export const Usage = z
  .object({
    input_tokens: z
      .int()
      .optional()
      .meta({ examples: [812] }),
    output_tokens: z
      .int()
      .optional()
      .meta({ examples: [64] }),
    cost_usd: z.number().optional(),
    source: z.enum(["reported", "none"]),
  })
  .meta({ id: "Usage", description: "What it cost, if the runtime told." });
export type Usage = z.infer<typeof Usage>;

export const Question = z
  .object({
    request_id: Ulid,
    kind: QuestionKind,
    prompt: z.string(),
    options: z.array(z.object({ option_id: z.string(), name: z.string(), kind: z.string() })).optional(),
    tool_call: JsonRecord.optional(),
    schema: JsonRecord.optional(),
    asked_at: Time,
    expires_at: Time,
  })
  .meta({ id: "Question", description: "An open question of the runtime." });
export type Question = z.infer<typeof Question>;

export const TaskRemote = z
  .object({
    binding: RemoteBinding,
    remote_execution_id: z.string().optional(),
    remote_session_id: z.string().optional(),
  })
  .meta({ id: "TaskRemote", description: "Where it runs, in the runtime's words." });
export type TaskRemote = z.infer<typeof TaskRemote>;

export const TaskRecord = z
  .object({
    task_id: Ulid,
    thread_id: Ulid.optional().meta({ description: "The thread that it is a turn of." }),
    conversation_id: ConversationId,
    sender: z.string().meta({ examples: ["local"] }),
    intent: Intent,
    requested_runtime: z
      .string()
      .optional()
      .meta({ description: "The target that was asked for.", examples: ["research"] }),
    resolved_runtime: z
      .string()
      .optional()
      .meta({ description: "The target that it went to.", examples: ["research"] }),
    runtime_options: JsonRecord,
    payload: JsonValue.nullable().meta({
      description: "null where it is larger than 16 KB: see payload_artifact_id.",
    }),
    payload_artifact_id: Ulid.nullable().meta({ examples: [null] }),
    status: TaskStatus,
    delivery: Delivery,
    trace: Trace,
    metadata: JsonRecord,
    remote: TaskRemote.nullable(),
    awaiting: z.array(Question).meta({ examples: [[]] }),
    last_error: LastError.nullable().meta({ examples: [null] }),
    result: TaskResult.nullable(),
    result_artifact_id: Ulid.nullable().meta({ examples: [null] }),
    usage: Usage.nullable(),
    created_at: Time,
    updated_at: Time,
    finished_at: Time.nullable(),
  })
  .meta({ id: "TaskRecord", description: "A task as it is now." });
export type TaskRecord = z.infer<typeof TaskRecord>;

export const TaskAccepted = z
  .object({
    task: TaskRecord,
    links: z.object({
      self: z.string().meta({ examples: ["/v1/tasks/01KAT3Q4V5W6X7Y8Z9A0B1C2D3"] }),
      events: z.string().meta({ examples: ["/v1/tasks/01KAT3Q4V5W6X7Y8Z9A0B1C2D3/events"] }),
    }),
  })
  .meta({ id: "TaskAccepted", description: "The task, and where to follow it." });

export const TaskList = z
  .object({ tasks: z.array(TaskRecord), next_cursor: NextCursor })
  .meta({ id: "TaskList", description: "A page of tasks, newest first." });

export const TaskStanding = z
  .object({ task_id: Ulid, status: TaskStatus })
  .meta({ id: "TaskStanding", description: "Where the task stands now." });
