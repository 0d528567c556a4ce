/**
 * Handing a task to another node.
 *
 * 1. What is sent first is announced by a commit: the task is dispatching, and its binding is there.
 * 2. A node that knows a task again is told it until it has answered; one that doesn't is told it once, and
 *    what came of that is unknown where there was no answer.
 * 3. A task that ends here while its acceptance is unknown may run there: it is told for a while longer, since
 *    only the acceptance says under which name it can be cancelled.
 * 4. A task that shall fail when its node is down fails of that only where it has certainly never reached it.
 */
import { NodeTaskAccepted } from "#contracts/node-tasks.ts";
import { type Headers, type PeerAnswer, PeerFault } from "#src/core/network-ports.ts";
import type { Json, JsonObject } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import { ended } from "#src/core/task-machine.ts";
import type { RelayBinding } from "#src/store/relays.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import { conversationName } from "./conversation-name.ts";
import type { Engine } from "./engine.ts";
import {
  askRelay,
  backoffMs,
  chainBefore,
  deduplicates,
  noLonger,
  noteLink,
  type Relay,
  refusalIn,
  relayPeer,
  rest,
  tellMs,
} from "./relay-link.ts";
import { storedPayload } from "./run-task.ts";

/** What came of a submit. */
export type Submitted =
  | { readonly kind: "accepted"; readonly accepted: NodeTaskAccepted }
  | {
      readonly kind: "failed";
      readonly reason: "submit_failed" | "protocol_error" | "interrupted" | "runtime_unavailable";
      readonly detail: string;
    }
  /** Nobody waits for it any more. */
  | { readonly kind: "left" };

interface Again {
  readonly kind: "again";
  readonly why: string;
  /** The peer may have taken it. */
  readonly mayHaveIt: boolean;
  /** There was nobody to tell. */
  readonly isDown?: boolean;
  /** Something answered that could not prove to be the peer. */
  readonly isUnbelieved?: boolean;
}

/** Answers in a row that can't be believed are taken for a bad link, but not for ever. */
const mostUnbelieved = 5;
/** Of tries in a row that found nobody, where the task doesn't wait for its node. */
const mostDown = 3;

/** An object, as every node takes it. */
export const asObject = (payload: Json): { readonly payload: JsonObject; readonly headers: Headers } =>
  isJsonObject(payload)
    ? { payload, headers: {} }
    : { payload: { value: payload }, headers: { "aethrolink-payload": "value" } };

/** Gives the task to its peer. */
export async function submitRelay(engine: Engine, relay: Relay): Promise<Submitted> {
  const { peer_id } = relay.binding;
  const peer = relayPeer(engine, relay.binding);
  if (peer === undefined) return { kind: "failed", reason: "submit_failed", detail: noLonger(peer_id) };
  const known = deduplicates(peer);
  const request = await requestOf(engine, relay, known);
  if (!known && request.headers?.["aethrolink-payload"] !== undefined)
    return {
      kind: "failed",
      reason: "submit_failed",
      detail: `${peer_id} takes only payloads that are objects`,
    };
  return untilJudged(engine, relay, request, known);
}

async function untilJudged(
  engine: Engine,
  relay: Relay,
  request: Parameters<typeof askRelay>[2],
  known: boolean,
): Promise<Submitted> {
  const { peer_id } = relay.binding;
  let tally: Tally = { unbelieved: 0, down: 0, mayHaveIt: relay.isOld };
  for (let attempt = 0; ; attempt++) {
    const tried = await submitOnce(engine, relay, request);
    if (tried.kind !== "again") return tried;
    tally = counted(tally, tried);
    if (!known || tally.unbelieved === mostUnbelieved) return givenUp(peer_id, tried);
    if (failsOfIt(relay, tally)) return unavailable(peer_id, tried);
    if (!relay.over.aborted) noteLink(engine, relay, "broken", tried.why);
    await rest(engine, backoffMs(attempt), relay.over);
    if (relay.over.aborted) return tally.mayHaveIt ? askOn(engine, relay, request) : left;
  }
}

/** What the tries came to so far; of some the last ones in a row. */
interface Tally {
  readonly unbelieved: number;
  readonly down: number;
  readonly mayHaveIt: boolean;
}

const counted = ({ unbelieved, down, mayHaveIt }: Tally, tried: Again): Tally => ({
  unbelieved: tried.isUnbelieved ? unbelieved + 1 : 0,
  down: tried.isDown ? down + 1 : 0,
  mayHaveIt: mayHaveIt || tried.mayHaveIt,
});

/** Whether the task fails since its node is down: invariant 4. */
function failsOfIt({ work }: Relay, { down, mayHaveIt }: Tally): boolean {
  const { when_offline, launch_if_down } = work.task.fixed.delivery;
  const waits = when_offline === "queue" && launch_if_down;
  return down >= mostDown && !mayHaveIt && !waits;
}

const unavailable = (peer_id: string, { why }: Again): Submitted => ({
  kind: "failed",
  reason: "runtime_unavailable",
  detail: why.startsWith(`${peer_id} `) ? why : `${peer_id} can't be reached: ${why}`,
});

const left = { kind: "left" } as const;

/** Invariant 3. */
async function askOn(
  engine: Engine,
  relay: Relay,
  request: Parameters<typeof askRelay>[2],
): Promise<Submitted> {
  const until = engine.clock.now() + tellMs;
  for (let attempt = 0; ended(relay.work.task.status) && !engine.stopping; attempt++) {
    const tried = await submitOnce(engine, relay, request);
    if (tried.kind !== "again") return tried;
    if (engine.clock.now() + backoffMs(attempt) > until) break;
    await rest(engine, backoffMs(attempt), engine.network.over.signal);
  }
  const { task_id, peer_id } = relay.binding;
  engine.logger.warn({ task_id, peer_id }, "it is unknown whether a peer took a task that has ended");
  return left;
}

const givenUp = (peer_id: string, { why, mayHaveIt }: Again): Submitted =>
  mayHaveIt
    ? {
        kind: "failed",
        reason: "interrupted",
        detail: `it is unknown whether ${peer_id} took the work: ${why}`,
      }
    : { kind: "failed", reason: "submit_failed", detail: why };

async function submitOnce(
  engine: Engine,
  { binding }: Relay,
  request: Parameters<typeof askRelay>[2],
): Promise<Submitted | Again> {
  try {
    // Not given up with the task: an acceptance that still comes is cancelled there.
    return judged(binding, await askRelay(engine, binding, request));
  } catch (thrown) {
    if (!(thrown instanceof PeerFault)) throw thrown;
    const { kind, message } = thrown;
    return {
      kind: "again",
      why: message,
      mayHaveIt: kind !== "unreachable",
      isDown: kind === "unreachable",
      isUnbelieved: kind === "untrusted",
    };
  }
}

function judged({ task_id }: RelayBinding, answer: PeerAnswer): Submitted | Again {
  const { status, content, node_id } = answer;
  if (status === 202) {
    const { data } = NodeTaskAccepted.safeParse(content);
    const detail = data === undefined ? "its acceptance is not understood" : wrongIn(data, task_id, node_id);
    if (data === undefined || detail !== undefined)
      return { kind: "failed", reason: "protocol_error", detail: detail ?? "" };
    return { kind: "accepted", accepted: data };
  }
  if (status >= 500) return { kind: "again", why: refusalIn(answer), mayHaveIt: status !== 503 };
  return { kind: "failed", reason: "submit_failed", detail: refusalIn(answer) };
}

/** An acceptance is of this task, by the node that signed it. */
function wrongIn(accepted: NodeTaskAccepted, task_id: string, node_id: string | null): string | undefined {
  if (accepted.origin_proxy_task_id !== task_id) return "its acceptance is of another task";
  const isOther = node_id !== null && accepted.destination_node_id !== node_id;
  return isOther ? "its acceptance names another node" : undefined;
}

async function requestOf(
  engine: Engine,
  { work, binding }: Relay,
  known: boolean,
): Promise<Parameters<typeof askRelay>[2]> {
  const { task, target } = work;
  const { fixed } = task;
  const { payload, headers } = asObject(fixed.payload ?? (await storedPayload(engine, work)));
  const { launch_if_down, timeout_ms } = fixed.delivery;
  // No limit is said to whoever has a form for it: what isn't said is the default there.
  const limit = timeout_ms === null && !known ? {} : { timeout_ms };
  const content = {
    origin_node_id: engine.network.nodeId,
    origin_proxy_task_id: fixed.task_id,
    ...(fixed.thread_id === undefined ? {} : { origin_thread_id: fixed.thread_id }),
    target_agent_id: target.remote?.target_id ?? target.target_id,
    intent: fixed.intent,
    payload,
    runtime_options: fixed.runtime_options,
    trace: { ...fixed.trace },
    delivery: { mode: "stream", launch_if_down, ...limit },
    submitted_at: new Date(engine.clock.now()).toISOString(),
  };
  return {
    message_type: "task.submit",
    method: "POST",
    path: "/v1/node/tasks",
    headers: { ...headers, ...ofTask(task) },
    content: JSON.parse(JSON.stringify(content)) as Json,
    conversation_id: fixed.conversation_id,
    task_id: binding.task_id,
    chain: chainBefore(engine, task),
  };
}

function ofTask({ fixed: { trace, conversation_id, delivery } }: OpenTask): Headers {
  const isW3c = /^(?!0{32})[0-9a-f]{32}$/.test(trace.trace_id);
  return {
    // Where the question is asked its time is kept, also while nothing goes from node to node.
    "aethrolink-question-timeout": String(delivery.question_timeout_ms),
    ...(isW3c
      ? {
          traceparent: `00-${trace.trace_id}-${trace.trace_id.slice(16).replace(/^0{16}$/, "0000000000000001")}-01`,
        }
      : {}),
    "aethrolink-conversation": conversationName(conversation_id),
  };
}
