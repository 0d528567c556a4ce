/** What can be done with a task that runs at another node: answer its questions, cancel it, leave it. */

import type { Answer } from "#src/core/answer.ts";
import { PeerFault } from "#src/core/network-ports.ts";
import { AdapterFault, type Json, type Run } from "#src/core/ports.ts";
import type { Engine } from "./engine.ts";
import { cancelRelay } from "./relay-cancel.ts";
import { settleAnswered } from "./relay-frames.ts";
import { insist, namesQuestions, pathOf, type Relay, refusalIn, steering } from "./relay-link.ts";
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
    path: pathOf(relay.binding, "resume"),
    headers: { ...headers, ...question },
    content: steering(engine, relay.binding, relay.work.task.fixed.trace, { payload }),
  } as const;
  // Where an answer names no question, a second one could be taken for that to the next.
  const said = await insist(engine, relay.binding, request, relay.over, named).catch((thrown: unknown) => {
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
