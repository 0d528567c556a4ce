/** The calls that create, read, follow and stop a task. */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { agentsToo, processesToo, readByProcessesToo } from "./access.ts";
import { failures, storageFaults, withBody } from "./errors.ts";
import { TaskEvent, TaskEvents } from "./events.ts";
import { ConversationId, Cursor, inQuery, PageLimit, TargetName, Ulid } from "./shared.ts";
import { TaskCancelRequest, TaskCreateRequest, TaskResumeRequest } from "./task-request.ts";
import { TaskTree } from "./task-tree.ts";
import { TaskAccepted, TaskList, TaskRecord, TaskStanding } from "./tasks.ts";
import { TaskStatus } from "./vocabulary.ts";

export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
  .optional()
  .meta({
    description: "The same key and body again: the same task, made once. Kept 24 h.",
    examples: ["order-17"],
  });

const TaskPath = z.object({
  task_id: Ulid.meta({ description: "The task.", examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D3"] }),
});
const listFailures = failures(...storageFaults);
const taskFailures = failures("task_not_found", ...storageFaults);
const resumeFailures = failures(
  "task_not_found",
  "not_awaiting_input",
  "question_closed",
  "answer_rejected",
  ...storageFaults,
);
const createFailures = failures(
  "target_not_found",
  "route_not_found",
  "task_not_found",
  "route_ambiguous",
  "loop_detected",
  "parent_ambiguous",
  "parent_not_open",
  "target_cannot_satisfy_intent",
  "thread_not_found",
  "thread_busy",
  "invalid_participants",
  "idempotency_key_reused",
  "queue_full",
  ...storageFaults,
);

const c = initContract();

export const taskRoutes = c.router({
  createTask: {
    method: "POST",
    path: "/v1/tasks",
    summary: "Give a task to a target",
    description:
      "Answers once the task is on disk. With delivery.mode sync it answers 200 when the task is terminal, asks, or wait_ms is over; a caller that goes away cancels nothing.",
    headers: z.object({
      "idempotency-key": IdempotencyKey,
      traceparent: z
        .string()
        .optional()
        .meta({
          description: "W3C trace context; continued if it is valid, else ignored.",
          examples: ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
        }),
    }),
    body: TaskCreateRequest,
    responses: { 200: TaskAccepted, 202: TaskAccepted, ...createFailures.responses, ...withBody.responses },
    metadata: {
      operationId: "createTask",
      tags: ["tasks"],
      callers: processesToo,
      codes: [...createFailures.codes, ...withBody.codes],
    },
  },
  listTasks: {
    method: "GET",
    path: "/v1/tasks",
    summary: "List tasks, newest first",
    query: z.object({
      status: TaskStatus.optional(),
      target: TargetName.optional().meta({
        description: "Only tasks that went to it.",
        examples: ["research"],
      }),
      sender: z
        .string()
        .min(1)
        .max(128)
        .optional()
        .meta({ description: "Only tasks from it.", examples: ["local"] }),
      conversation_id: ConversationId.optional(),
      parent_task_id: Ulid.optional().meta({
        description: "Only the children of that task.",
        examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D3"],
      }),
      thread_id: Ulid.optional().meta({ description: "Only the turns of a thread." }),
      created_after: z.iso
        .datetime({ offset: true })
        .optional()
        .meta({
          description: "Only tasks made after that time.",
          examples: ["2026-11-23T09:30:00.000Z"],
        }),
      limit: PageLimit,
      cursor: Cursor.optional(),
    }),
    responses: { 200: TaskList, ...listFailures.responses },
    metadata: { operationId: "listTasks", tags: ["tasks"], codes: listFailures.codes },
  },
  getTask: {
    method: "GET",
    path: "/v1/tasks/:task_id",
    summary: "Read a task",
    pathParams: TaskPath,
    query: z.object({
      wait: inQuery(z.number().min(0).max(60))
        .optional()
        .meta({
          description: "Hold the answer for up to so many seconds, until the task is terminal or asks.",
          examples: [0],
        }),
    }),
    responses: { 200: TaskRecord, ...taskFailures.responses },
    metadata: {
      operationId: "getTask",
      tags: ["tasks"],
      callers: readByProcessesToo,
      codes: taskFailures.codes,
    },
  },
  getTaskTree: {
    method: "GET",
    path: "/v1/tasks/:task_id/tree",
    summary: "See what a task has delegated",
    description:
      "The task, its children, theirs and so on, and what they have used together. At most 1,000 tasks, the upper levels first; truncated says that there are more.",
    pathParams: TaskPath,
    responses: { 200: TaskTree, ...taskFailures.responses },
    metadata: {
      operationId: "getTaskTree",
      tags: ["tasks"],
      callers: readByProcessesToo,
      codes: taskFailures.codes,
    },
  },
  streamTaskEvents: {
    method: "GET",
    path: "/v1/tasks/:task_id/events",
    summary: "Follow a task",
    description:
      "Server-sent events: the history, then what happens, closed after the terminal event. Last-Event-ID or after resumes without gap or repeat; a resume at or after the end is 204. With Accept: application/json the history so far as one answer.",
    pathParams: TaskPath,
    headers: z.object({
      "last-event-id": z
        .string()
        .regex(/^\d{1,15}$/, "must be the id of an event")
        .optional()
        .meta({
          description: "The seq of the last event seen.",
          examples: ["0"],
        }),
    }),
    query: z.object({
      after: inQuery(z.int().min(0))
        .optional()
        .meta({
          description: "Only events whose seq is larger; Last-Event-ID goes first.",
          examples: [0],
        }),
    }),
    responses: {
      200: c.otherResponse({ contentType: "text/event-stream", body: TaskEvent }),
      204: c.noBody(),
      ...taskFailures.responses,
    },
    metadata: {
      operationId: "streamTaskEvents",
      tags: ["tasks"],
      callers: readByProcessesToo,
      codes: taskFailures.codes,
      json: TaskEvents,
    },
  },
  resumeTask: {
    method: "POST",
    path: "/v1/tasks/:task_id/resume",
    summary: "Answer a question of the runtime",
    description:
      "Answers once the runtime has been told. An answer to a question that was settled meanwhile is refused, and never taken for the answer to the next one.",
    pathParams: TaskPath,
    body: TaskResumeRequest,
    responses: { 202: TaskStanding, ...resumeFailures.responses, ...withBody.responses },
    metadata: {
      operationId: "resumeTask",
      tags: ["tasks"],
      callers: agentsToo,
      codes: [...resumeFailures.codes, ...withBody.codes],
    },
  },
  cancelTask: {
    method: "POST",
    path: "/v1/tasks/:task_id/cancel",
    summary: "Ask for a task to be stopped",
    description:
      "Its open children are asked to stop too. 202 when it was newly asked for, or is under way; 200 when the task has ended already.",
    pathParams: TaskPath,
    body: TaskCancelRequest.optional(),
    responses: { 200: TaskStanding, 202: TaskStanding, ...taskFailures.responses, ...withBody.responses },
    metadata: {
      operationId: "cancelTask",
      tags: ["tasks"],
      callers: agentsToo,
      codes: [...taskFailures.codes, ...withBody.codes],
    },
  },
});
