/**
 * What a request says when all that it leaves out is written: two that say the same are the same request to
 * an idempotency key. What depends on more than the request, as the target of an intent, stays left out.
 */
import type { TaskCreateRequest } from "#contracts/task-request.ts";
import type { Delivery } from "#contracts/tasks.ts";
import type { ThreadContinueRequest } from "#contracts/threads.ts";
import type { JsonObject } from "#src/core/ports.ts";
import { layOver } from "#src/core/runtime-options.ts";
import { usualStops } from "#src/core/thread.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** How long a task may wait to be dispatched, if nobody says. */
export const usualQueueTimeoutMs = 60 * 60 * 1000;
const longestWaitMs = 10 * 60 * 1000;

/** How a task is to be delivered, but for the limit of its running time, which its target may have. */
export const wayOf = (delivery: TaskCreateRequest["delivery"]): Omit<Delivery, "timeout_ms"> => ({
  mode: delivery?.mode ?? "stream",
  launch_if_down: delivery?.launch_if_down ?? true,
  question_timeout_ms: delivery?.question_timeout_ms ?? dayMs,
  queue_timeout_ms: delivery?.queue_timeout_ms ?? usualQueueTimeoutMs,
  wait_ms: delivery?.wait_ms ?? longestWaitMs,
  when_offline: delivery?.when_offline ?? "fail",
});

/** What a task and a turn of a thread have in common. */
function commonOf({ runtime_options, delivery, metadata }: TaskCreateRequest | ThreadContinueRequest) {
  return {
    runtime_options: layOver({}, (runtime_options ?? {}) as JsonObject),
    delivery: { ...wayOf(delivery), timeout_ms: delivery?.timeout_ms },
    metadata: metadata ?? {},
  };
}

/** @param sender who asks if the request doesn't say */
export function wholeTask(request: TaskCreateRequest, sender: string): object {
  return {
    ...request,
    ...commonOf(request),
    sender: request.sender ?? sender,
    target_runtime: request.target_runtime ?? request.target_agent_id,
    target_agent_id: undefined,
    conversation_id: request.conversation_id ?? request.thread_id,
    trace: request.trace ?? {},
  };
}

export function wholeTurn(body: ThreadContinueRequest, thread_id: string): object {
  return {
    ...body,
    ...commonOf(body),
    conversation_id: body.conversation_id ?? thread_id,
    payload: body.payload === null || body.payload === "" ? undefined : body.payload,
    intent_by_agent: body.intent_by_agent ?? {},
    payload_by_agent: body.payload_by_agent ?? {},
    auto_continue: body.auto_continue ?? false,
    max_turns: body.max_turns ?? 1,
    stop_on_awaiting_input: body.stop_on_awaiting_input ?? usualStops.stop_on_awaiting_input,
    stop_on_same_actor_repeat: body.stop_on_same_actor_repeat ?? usualStops.stop_on_same_actor_repeat,
    stop_on_terminal_error: body.stop_on_terminal_error ?? usualStops.stop_on_terminal_error,
  };
}
