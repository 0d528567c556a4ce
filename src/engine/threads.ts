/** Threads: opening one, and continuing it. */

import type { TaskCreateRequest } from "#contracts/task-request.ts";
import type { ThreadContinueRequest, ThreadCreateRequest } from "#contracts/threads.ts";
import { usualStops } from "#src/core/thread.ts";
import { fail } from "#src/errors.ts";
import type { KeyScope } from "#src/store/idempotency.ts";
import type { ThreadRow } from "#src/store/threads.ts";
import { newId } from "#src/store/ulid.ts";
import { type Created, createTask, madeBefore, traceIdOf } from "./create-task.ts";
import type { Engine } from "./engine.ts";
import { participantNamed } from "./participants.ts";
import { wholeTurn } from "./same-request.ts";
import type { HandOffPlan } from "./thread-standing.ts";
import { pairOf, threadOf } from "./thread-turns.ts";

/**
 * Opens a thread.
 * @returns when it is on disk
 * @throws RequestError invalid_participants, participant_not_found, unavailable
 */
export async function createThread(engine: Engine, request: ThreadCreateRequest): Promise<ThreadRow> {
  if (engine.stopping) fail("unavailable", "The node is stopping; open the thread when it is up again.");
  if (request.agent_a_id === undefined || request.agent_b_id === undefined)
    fail("invalid_participants", "Name two participants: agent_a_id and agent_b_id.");
  refuseTwice(request.agent_a_id, request.agent_b_id);
  const agent_a_id = participantNamed(engine, request.agent_a_id);
  const agent_b_id = participantNamed(engine, request.agent_b_id);
  refuseTwice(agent_a_id, agent_b_id);
  const created_at = new Date(engine.clock.now()).toISOString();
  const thread = {
    thread_id: newId(),
    agent_a_id,
    agent_b_id,
    continuity_key: request.continuity_key ?? `${agent_a_id}:${agent_b_id}`,
    metadata: JSON.stringify(request.metadata ?? {}),
    created_at,
  };
  await engine.threads.add(thread);
  return thread;
}

function refuseTwice(one: string, other: string): void {
  if (one === other) fail("invalid_participants", `A thread is of two; ${one} is named twice.`);
}

export interface Continue {
  readonly body: ThreadContinueRequest;
  readonly traceparent?: string | undefined;
  readonly key?: KeyScope | undefined;
  /** Who asks, for the event. */
  readonly actor?: string | undefined;
}

/**
 * Begins the next turn of a thread.
 * @returns when the turn and its task are on disk
 * @throws RequestError thread_not_found, thread_busy, invalid_participants, nothing_to_say, and what
 *   `createTask` refuses
 */
export async function continueThread(engine: Engine, thread_id: string, given: Continue): Promise<Created> {
  const { body, traceparent, key, actor } = given;
  const whole = key === undefined ? undefined : wholeTurn(body, thread_id);
  const before = madeBefore(engine, { key, body: whole });
  if (before !== undefined) return before;
  const thread = threadOf(engine, thread_id);
  const last = engine.threads.last(thread_id);
  const { sender, target } = pairOf(thread, last, { sender: body.sender, target: body.target_agent_id });
  refuseStrangers(thread, body);
  const common = commonOf(body, traceIdOf(traceparent) ?? newId());
  const turns_left = body.auto_continue === true ? (body.max_turns ?? 1) - 1 : 0;
  const request = {
    ...common,
    thread_id,
    sender,
    target_runtime: target,
    target_agent_id: undefined,
    intent: spokenBy(sender, "intent", body.intent_by_agent, body.intent),
    payload: spokenBy(sender, "payload", body.payload_by_agent, body.payload),
  };
  const following = {
    behind: last?.turn_index ?? 0,
    turns_left,
    plan: turns_left > 0 ? JSON.stringify(planOf(body, common)) : null,
    due: false,
  };
  return createTask(engine, { request, body: whole, key, actor, following });
}

/** A name that is no participant's would never be looked at. */
function refuseStrangers({ agent_a_id, agent_b_id }: ThreadRow, body: ThreadContinueRequest): void {
  for (const map of ["intent_by_agent", "payload_by_agent"] as const)
    for (const id of Object.keys(body[map] ?? {}))
      if (id !== agent_a_id && id !== agent_b_id)
        fail(
          "invalid_participants",
          `${map} names ${id}; this thread is of ${agent_a_id} and ${agent_b_id}.`,
        );
}

type Spoken<T> = { readonly [agent_id: string]: T } | null | undefined;

function spokenBy<T>(
  sender: string,
  what: "intent" | "payload",
  byAgent: Spoken<T>,
  all: T | null | undefined,
): T {
  const own = byAgent && Object.hasOwn(byAgent, sender) ? byAgent[sender] : undefined;
  const said = own ?? all;
  if (said === undefined || said === null || said === "")
    fail("nothing_to_say", `Say what ${sender} speaks: give ${what}, or ${what}_by_agent with its name.`);
  return said;
}

function commonOf(body: ThreadContinueRequest, trace_id: string): HandOffPlan["common"] {
  const { runtime_options, conversation_id, delivery, metadata } = body;
  return { runtime_options, conversation_id, delivery, metadata, trace: { trace_id } } as Pick<
    TaskCreateRequest,
    "runtime_options" | "conversation_id" | "delivery" | "metadata" | "trace"
  >;
}

const planOf = (body: ThreadContinueRequest, common: HandOffPlan["common"]): HandOffPlan => ({
  intent: body.intent,
  intent_by_agent: body.intent_by_agent ?? {},
  payload_by_agent: (body.payload_by_agent ?? {}) as HandOffPlan["payload_by_agent"],
  common,
  stop_on_awaiting_input: body.stop_on_awaiting_input ?? usualStops.stop_on_awaiting_input,
  stop_on_same_actor_repeat: body.stop_on_same_actor_repeat ?? usualStops.stop_on_same_actor_repeat,
  stop_on_terminal_error: body.stop_on_terminal_error ?? usualStops.stop_on_terminal_error,
});
