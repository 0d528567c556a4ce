/** What can be done with a task that runs at another node: answer its questions, cancel it, leave it. */

import type { Answer } from "#src/core/answer.ts";
import { type PeerAnswer, PeerFault } from "#src/core/network-ports.ts";
import { AdapterFault, type Json, type Run } from "#src/core/ports.ts";
import { messageOf } from "#src/errors.ts";
import type { Engine } from "./engine.ts";
import { settleAnswered } from "./relay-frames.ts";
import { askRelay, backoffMs, namesQuestions, type Relay, refusalIn, rest, tellMs } from "./relay-link.ts";
import { asObject } from "./relay-submit.ts";

async function* noSignals(): AsyncGenerator<never> {}

/** The run of a relay; what it tells is mirrored, not signalled. */
export function relayRun(engine: Engine, relay: Relay): Run {
  const { destination_task_id } = relay.binding;
  return {
    handle: {
      binding: "node_relay",
      ...(destination_task_id === null ? {} : { remote_execution_id: destination_task_id }),
      adapter_state: {},
    },
    continuity: "fresh",
    continuity_reason: "it runs at another node",
    signals: noSignals(),
    resume: (request_id, answer) => resume(engine, relay, request_id, answer),
    cancel: () => cancelRelay(engine, relay),
    detach: () => relay.work.over.abort(),
  };
}

function steering(engine: Engine, { work, binding }: Relay, more: { readonly [name: string]: Json }): Json {
  const trace = JSON.parse(JSON.stringify(work.task.fixed.trace)) as Json;
  return {
    origin_node_id: engine.network.nodeId,
    origin_proxy_task_id: binding.task_id,
    destination_task_id: binding.destination_task_id,
    trace,
    requested_at: new Date(engine.clock.now()).toISOString(),
    ...more,
  };
}

const pathOf = ({ binding }: Relay, call: string) =>
  `/v1/node/tasks/${encodeURIComponent(binding.destination_task_id ?? "")}/${call}`;

/**
 * Says something until there is an answer, or the time for it is over; each time is told whether it may have been said before.
 * @param over when nobody wants to know any more
 * @param repeats whether what may have been heard is said again
 */
async function insist(
  engine: Engine,
  relay: Relay,
  request: Parameters<typeof askRelay>[2],
  over: AbortSignal,
  repeats = true,
): Promise<{ answer: PeerAnswer; saidBefore: boolean }> {
  const until = engine.clock.now() + tellMs;
  let saidBefore = false;
  for (let attempt = 0; ; attempt++) {
    const said = await say(engine, relay, request);
    if (!(said instanceof PeerFault)) return { answer: said, saidBefore };
    saidBefore ||= said.kind !== "unreachable";
    const isHeard = saidBefore && !repeats;
    if (over.aborted || isHeard || engine.clock.now() + backoffMs(attempt) > until)
      throw new PeerFault(saidBefore ? "broken" : "unreachable", said.message, { cause: said });
    await rest(engine, backoffMs(attempt), over);
  }
}

async function say(
  engine: Engine,
  relay: Relay,
  request: Parameters<typeof askRelay>[2],
): Promise<PeerAnswer | PeerFault> {
  try {
    const answer = await askRelay(engine, relay.binding, request);
    if (answer.status < 500) return answer;
    return new PeerFault(answer.status === 503 ? "unreachable" : "broken", refusalIn(answer));
  } catch (thrown) {
    if (thrown instanceof PeerFault) return thrown;
    throw thrown;
  }
}

async function resume(engine: Engine, relay: Relay, request_id: string, answer: Answer): Promise<void> {
  relay.answered.add(request_id);
  const { payload, headers } = asObject(payloadOf(answer));
  const id = relay.foreign.has(request_id) ? relay.foreign.get(request_id) : request_id;
  const question = id ? { "aethrolink-question": id } : {};
  const { peer_id } = relay.binding;
  const named = namesQuestions(engine, relay);
  const request = {
    message_type: "task.resume",
    method: "POST",
    path: pathOf(relay, "resume"),
    headers: { ...headers, ...question },
    content: steering(engine, relay, { payload }),
  } as const;
  // Where an answer names no question, a second one could be taken for that to the next.
  const said = await insist(engine, relay, request, relay.over, named).catch((thrown: unknown) => {
    if (!(thrown instanceof PeerFault) || thrown.kind !== "unreachable") throw thrown;
    throw new AdapterFault("remote_failed", `${peer_id} can't be reached; the question stays open`, {
      cause: thrown,
    });
  });
  const { status } = said.answer;
  // What was said before and broke off may have been heard.
  if (status === 202 || (status === 409 && said.saidBefore))
    return named ? undefined : settleAnswered(engine, relay, request_id);
  if (status === 409 || status === 404) throw new AdapterFault("not_found", refusalIn(said.answer));
  throw new AdapterFault("remote_failed", refusalIn(said.answer));
}

function payloadOf(answer: Answer): Json {
  if (answer.kind === "option") return { option_id: answer.option.option_id };
  return answer.kind === "declined" ? { approved: false } : answer.content;
}

/** Asks for the end of the work, also when the task has ended here; resolves when that was said, or could not be. */
export async function cancelRelay(engine: Engine, relay: Relay): Promise<void> {
  const { task_id, peer_id } = relay.binding;
  try {
    const reason = reasonOf(engine, task_id);
    const request = {
      message_type: "task.cancel",
      method: "POST",
      path: pathOf(relay, "cancel"),
      content: steering(engine, relay, reason === undefined ? {} : { reason }),
    } as const;
    const { answer } = await insist(engine, relay, request, engine.network.over.signal);
    if (answer.status >= 300)
      engine.logger.warn({ task_id, peer_id, why: refusalIn(answer) }, "a peer does not take a cancel");
  } catch (thrown) {
    engine.logger.warn({ task_id, peer_id, why: messageOf(thrown) }, "a peer could not be told of a cancel");
  }
}

/** Why the cancel was asked for, in the words of whoever did. */
function reasonOf({ reader }: Engine, task_id: string): string | undefined {
  const asked = reader.events(task_id).findLast(({ kind }) => kind === "task.cancel_requested");
  const reason = (asked?.data as { readonly reason?: unknown } | undefined)?.reason;
  return typeof reason === "string" ? reason.slice(0, 1024) : undefined;
}
