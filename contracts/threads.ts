/**
 * Threads: durable conversations of two participants, made of turns, each a task. What is sent and
 * answered (this file, thread-records.ts), and what the automatic hand-off does between turns.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { agentsToo } from "./access.ts";
import { failures, storageFaults, withBody } from "./errors.ts";
import { ConversationId, Cursor, emptyIsAbsent, JsonValue, PageLimit, TargetName, Ulid } from "./shared.ts";
import { DeliveryRequest, Intent, Metadata, RuntimeOptions } from "./task-request.ts";
import { IdempotencyKey } from "./task-routes.ts";
import {
  ThreadContinued,
  ThreadCreated,
  ThreadInspection,
  ThreadList,
  ThreadRecord,
  ThreadTurns,
} from "./thread-records.ts";

export const ThreadCreateRequest = z
  .strictObject({
    agent_a_id: emptyIsAbsent(TargetName).meta({
      description: "One of the two; it speaks first unless said otherwise.",
      examples: ["writer"],
    }),
    agent_b_id: emptyIsAbsent(TargetName).meta({ description: "The other one.", examples: ["critic"] }),
    continuity_key: emptyIsAbsent(z.string().max(256)).meta({
      description: "A name of yours for what goes on here; default: the two ids with a colon between.",
      examples: ["release-notes"],
    }),
    metadata: Metadata.nullish().meta({ description: "Anything of yours.", examples: [{ ticket: "A-17" }] }),
  })
  .meta({ id: "ThreadCreateRequest", description: "A conversation of two." });
export type ThreadCreateRequest = z.output<typeof ThreadCreateRequest>;

const Flag = z.boolean().nullish();

export const ThreadContinueRequest = z
  .strictObject({
    sender: emptyIsAbsent(TargetName).meta({
      description: "Who speaks; default: the target of the last turn, at first agent A.",
      examples: ["writer"],
    }),
    target_agent_id: emptyIsAbsent(TargetName).meta({
      description: "Who is spoken to; default: the other one.",
      examples: ["critic"],
    }),
    intent: emptyIsAbsent(Intent).meta({
      description: "What is wanted; may be left out where intent_by_agent has the speaker's.",
    }),
    intent_by_agent: z
      .record(TargetName, Intent)
      .nullish()
      .meta({
        description: "What each speaker wants, in place of intent.",
        examples: [{ critic: "text.revise" }],
      }),
    payload: JsonValue.nullish().meta({
      description:
        "What the first speaker says; may be left out where payload_by_agent has the speaker's. An empty text counts as left out.",
      examples: [{ text: "Draft a note about the release." }],
    }),
    payload_by_agent: z
      .record(TargetName, JsonValue)
      .nullish()
      .meta({
        description:
          "What each speaker always says, as it is. In an automatic turn a speaker that has none says what it answered in the turn before.",
        examples: [{ critic: { text: "Revise it once more." } }],
      }),
    runtime_options: RuntimeOptions.optional(),
    conversation_id: emptyIsAbsent(ConversationId).meta({ description: "Default: the thread's id." }),
    delivery: DeliveryRequest.nullish().meta({
      description: "As in a task; the answer is 202 in any mode, wait with the task.",
    }),
    auto_continue: Flag.meta({
      description: "Let the two go on by themselves, for max_turns turns in all; default false.",
      examples: [true],
    }),
    max_turns: z
      .int()
      .min(1)
      .max(100)
      .nullish()
      .meta({ description: "With auto_continue: turns in all, this one counted; default 1.", examples: [6] }),
    stop_on_awaiting_input: Flag.meta({
      description:
        "Default true: a turn that asks something ends the hand-off, also when it was answered. false: it waits for the answer and goes on when the turn has completed.",
    }),
    stop_on_same_actor_repeat: Flag.meta({
      description:
        "Default false. true: an answer that is, word for word, the one before of the same actor in this thread ends the hand-off.",
    }),
    stop_on_terminal_error: Flag.meta({
      description:
        "Default true: a turn that failed ends the hand-off. false: it goes on with what the turn had said. A turn that was cancelled or interrupted ends it in any case.",
    }),
    metadata: Metadata.nullish().meta({
      description: "Anything of yours, kept with each task.",
      examples: [{ ticket: "A-17" }],
    }),
  })
  .meta({
    id: "ThreadContinueRequest",
    description: "The next turn of a thread, and those that follow by themselves.",
    examples: [
      {
        intent: "text.write",
        payload: { text: "Draft a note about the release." },
        auto_continue: true,
        max_turns: 6,
      },
    ],
  });
export type ThreadContinueRequest = z.output<typeof ThreadContinueRequest>;

/** A position among the turns of a thread. */
const TurnCursor = Cursor.meta({ description: "The next_cursor of the page before.", examples: ["MQ"] });

const ThreadPath = z.object({
  thread_id: Ulid.meta({ description: "The thread.", examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D8"] }),
});
const createFailures = failures("participant_not_found", "invalid_participants", ...storageFaults);
const listFailures = failures(...storageFaults);
const threadFailures = failures("thread_not_found", ...storageFaults);
const continueFailures = failures(
  "thread_not_found",
  "thread_busy",
  "invalid_participants",
  "nothing_to_say",
  "target_not_found",
  "target_cannot_satisfy_intent",
  "idempotency_key_reused",
  "queue_full",
  ...storageFaults,
);

const c = initContract();

export const threadRoutes = c.router({
  createThread: {
    method: "POST",
    path: "/v1/threads",
    summary: "Open a thread of two participants",
    description:
      "Each is a registered agent, a target of this node, or a target of a peer. Nothing is started.",
    body: ThreadCreateRequest,
    responses: { 201: ThreadCreated, ...createFailures.responses, ...withBody.responses },
    metadata: {
      operationId: "createThread",
      callers: agentsToo,
      tags: ["threads"],
      codes: [...createFailures.codes, ...withBody.codes],
    },
  },
  listThreads: {
    method: "GET",
    path: "/v1/threads",
    summary: "List threads, newest first",
    query: z.object({
      agent_id: TargetName.optional().meta({
        description: "Only threads that it is in.",
        examples: ["writer"],
      }),
      limit: PageLimit,
      cursor: Cursor.optional(),
    }),
    responses: { 200: ThreadList, ...listFailures.responses },
    metadata: { operationId: "listThreads", tags: ["threads"], codes: listFailures.codes },
  },
  getThread: {
    method: "GET",
    path: "/v1/threads/:thread_id",
    summary: "Read a thread",
    pathParams: ThreadPath,
    responses: { 200: ThreadRecord, ...threadFailures.responses },
    metadata: { operationId: "getThread", tags: ["threads"], codes: threadFailures.codes },
  },
  inspectThread: {
    method: "GET",
    path: "/v1/threads/:thread_id/inspect",
    summary: "See how a thread stands and how it would go on",
    description:
      "From what is stored, without touching a runtime: the newest turns, the sessions that are kept for each of the two, who speaks next, and why it was interrupted.",
    pathParams: ThreadPath,
    query: z.object({ cursor: TurnCursor.optional() }),
    responses: { 200: ThreadInspection, ...threadFailures.responses },
    metadata: { operationId: "inspectThread", tags: ["threads"], codes: threadFailures.codes },
  },
  listThreadTurns: {
    method: "GET",
    path: "/v1/threads/:thread_id/turns",
    summary: "List the turns of a thread, the first one first",
    pathParams: ThreadPath,
    query: z.object({ limit: PageLimit, cursor: TurnCursor.optional() }),
    responses: { 200: ThreadTurns, ...threadFailures.responses },
    metadata: { operationId: "listThreadTurns", tags: ["threads"], codes: threadFailures.codes },
  },
  continueThread: {
    method: "POST",
    path: "/v1/threads/:thread_id/continue",
    summary: "Begin the next turn of a thread",
    description:
      "Answers once the turn and its task are on disk. A thread has one open turn: while there is one, or a next one is due, it is refused as thread_busy. With auto_continue the answer of each turn is what its speaker says in the next, for max_turns turns; that goes on after a restart of the node.",
    pathParams: ThreadPath,
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
    body: ThreadContinueRequest,
    responses: { 202: ThreadContinued, ...continueFailures.responses, ...withBody.responses },
    metadata: {
      operationId: "continueThread",
      callers: agentsToo,
      tags: ["threads"],
      codes: [...continueFailures.codes, ...withBody.codes],
    },
  },
});
