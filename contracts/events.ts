/**
 * Events: the history of a task, one row each, append-only. `data` differs by kind and may gain
 * fields; clients ignore kinds that they don't know.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { ArtifactRef } from "./artifacts.ts";
import type { TaskEventKind, TaskStatus as TaskStatusName } from "./enums.ts";
import { failures, storageFaults } from "./errors.ts";
import { inQuery, JsonRecord, JsonValue, Time, Ulid } from "./shared.ts";
import {
  CancelledBy,
  Continuity,
  EventSource,
  FailureReason,
  QuestionKind,
  ResumedBy,
  TaskStatus,
} from "./vocabulary.ts";

const ProgressData = z
  .union([
    z.looseObject({
      type: z.enum(["message", "thought", "log"]),
      text: z.string().meta({ examples: ["The release"] }),
    }),
    z.looseObject({
      type: z.literal("tool_call"),
      tool_call_id: z.string(),
      title: z.string().optional(),
      kind: z.string().optional(),
      status: z.string().optional(),
    }),
    z.looseObject({ type: z.literal("plan"), entries: z.array(JsonValue) }),
    z.looseObject({ type: z.literal("usage"), usage: JsonRecord }),
    z.looseObject({
      type: z.enum(["tool_call", "plan", "usage", "log"]),
      truncated: z.literal(true),
      artifact: ArtifactRef,
    }),
  ])
  .meta({
    id: "ProgressData",
    description:
      "A step of the work; of one over 16 KB the event has its small fields and the artifact that holds it whole.",
  });

const ResultData = z.looseObject({ text: z.string().meta({ examples: ["The release has three parts."] }) });

const dataOf = {
  "task.created": z.looseObject({
    requested_runtime: z.string().optional(),
    actor: z.string().optional().meta({
      description:
        "Who gave it: an agent or a target by its name, else the id of the token; the sender where no caller did.",
    }),
  }),
  "task.routed": z.looseObject({
    resolved_runtime: z.string().meta({ examples: ["research"] }),
    runtime_options: JsonRecord,
    why: z.string().meta({ examples: ["the caller named research"] }),
  }),
  "runtime.pending_launch": z.looseObject({ reason: z.string().meta({ examples: ["down"] }) }),
  "runtime.launching": z.looseObject({ launch_id: Ulid.nullable() }),
  "runtime.ready": z.looseObject({
    lease_id: Ulid.optional().meta({ description: "Absent of a task that runs at another node." }),
    peer_id: z.string().optional().meta({ description: "Which node that is." }),
  }),
  "task.dispatching": z.looseObject({}),
  "task.running": z.looseObject({
    remote_execution_id: z.string().optional(),
    remote_session_id: z.string().optional(),
    continuity: Continuity.optional().meta({ description: "Absent of a task that runs at another node." }),
    continuity_reason: z
      .string()
      .optional()
      .meta({ examples: ["no session yet"] }),
  }),
  "task.progress": ProgressData,
  "task.awaiting_input": z.looseObject({
    request_id: Ulid,
    kind: QuestionKind,
    prompt: z.string(),
    expires_at: Time,
  }),
  "task.resume_requested": z.looseObject({
    actor: z.string(),
    request_id: Ulid,
    metadata: JsonRecord.optional(),
  }),
  "task.resumed": z.looseObject({ by: ResumedBy, request_id: Ulid.optional() }),
  "task.cancel_requested": z.looseObject({
    actor: z.string(),
    reason: z.string().optional(),
    by: CancelledBy,
  }),
  "task.completed": z.looseObject({ result: ResultData, result_artifact_id: Ulid.optional() }),
  "task.failed": z.looseObject({
    reason: FailureReason,
    detail: z.string().optional(),
    result: ResultData.optional(),
  }),
  "task.cancelled": z.looseObject({ result: ResultData.optional() }),
  "artifact.created": ArtifactRef,
  "runtime.health": z.looseObject({
    healthy: z.boolean().optional().meta({ description: "Whether its runtime is up." }),
    queue_position: z
      .int()
      .min(1)
      .optional()
      .meta({ description: "How manieth the task is to go at its target; 1 is the next.", examples: [3] }),
    link: z
      .enum(["broken", "restored"])
      .optional()
      .meta({ description: "Of a task that runs at another node: whether that is heard." }),
  }),
} satisfies Record<TaskEventKind, z.ZodType>;

/** `task.created` becomes `TaskCreatedEvent`. */
const eventName = (kind: string) =>
  `${kind.replace(/(^|[._])([a-z])/g, (_all, _dot, letter: string) => letter.toUpperCase())}Event`;

const eventOf = <Kind extends TaskEventKind>(kind: Kind, usualState: TaskStatusName) =>
  z
    .object({
      event_id: Ulid,
      task_id: Ulid,
      seq: z.int().meta({ description: "From 1, without gap or repeat.", examples: [1] }),
      kind: z.literal(kind),
      state: TaskStatus.meta({ description: "Where the task stands after it.", examples: [usualState] }),
      source: EventSource,
      message: z.string().optional().meta({ description: "For people." }),
      data: dataOf[kind],
      created_at: Time,
    })
    .meta({ id: eventName(kind), description: `The event ${kind}.` });

export const TaskEvent = z
  .discriminatedUnion("kind", [
    eventOf("task.created", "created"),
    eventOf("task.routed", "created"),
    eventOf("runtime.pending_launch", "pending_launch"),
    eventOf("runtime.launching", "launching"),
    eventOf("runtime.ready", "ready"),
    eventOf("task.dispatching", "dispatching"),
    eventOf("task.running", "running"),
    eventOf("task.progress", "running"),
    eventOf("task.awaiting_input", "awaiting_input"),
    eventOf("task.resume_requested", "awaiting_input"),
    eventOf("task.resumed", "running"),
    eventOf("task.cancel_requested", "running"),
    eventOf("task.completed", "completed"),
    eventOf("task.failed", "failed"),
    eventOf("task.cancelled", "cancelled"),
    eventOf("artifact.created", "running"),
    eventOf("runtime.health", "created"),
  ])
  .meta({ id: "TaskEvent", description: "Something that happened to a task." });
export type TaskEvent = z.infer<typeof TaskEvent>;

export const TaskEvents = z
  .object({ events: z.array(TaskEvent) })
  .meta({ id: "TaskEvents", description: "The history of a task so far." });

const streamFailures = failures("position_gone", ...storageFaults);
const c = initContract();

export const eventRoutes = c.router({
  streamEvents: {
    method: "GET",
    path: "/v1/events",
    summary: "Follow all tasks",
    description:
      "Server-sent events of all tasks in the order in which they were committed; the id is a position. From now on, or after a position; after=0 from the oldest kept. Never closes by itself.",
    headers: z.object({
      "last-event-id": z
        .string()
        .regex(/^\d{1,15}$/, "must be the id of an event")
        .optional()
        .meta({
          description: "The position of the last event seen.",
          examples: ["0"],
        }),
    }),
    query: z.object({
      after: inQuery(z.int().min(0))
        .optional()
        .meta({
          description: "Only events behind this position; Last-Event-ID goes first.",
          examples: [0],
        }),
    }),
    responses: {
      200: c.otherResponse({ contentType: "text/event-stream", body: TaskEvent }),
      ...streamFailures.responses,
    },
    metadata: {
      operationId: "streamEvents",
      tags: ["events"],

      codes: streamFailures.codes,
    },
  },
});
