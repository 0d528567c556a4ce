/**
 * Tasks that other nodes give this one.
 *
 * 1. A node sees, answers and cancels the tasks that it gave, and no others: those aren't there for it. Whose
 *    they are goes by the pairing: a name can be another node's later, and a key changes. When a node isn't
 *    believed any more, what it follows ends.
 * 2. What it gave once is one task, however often it says it: its name for it is written in the task's own
 *    commit, and two that come together wait for the same creation.
 * 3. A task that has come through this node already, or through too many, is refused before anything is
 *    written.
 * 4. All who don't sign are one, have to know what the task is called at its origin, and are never taken for
 *    a key, an agent or this node, whatever they call themselves.
 */
import type {
  NodeTaskAccepted,
  NodeTaskCancel,
  NodeTaskResume,
  NodeTaskSubmit,
} from "#contracts/node-tasks.ts";
import { DurationMs, type Json as WireJson } from "#contracts/shared.ts";
import type { TaskCreateRequest } from "#contracts/task-request.ts";
import { chainFault } from "#src/core/chain.ts";
import { chainOf } from "#src/core/claims.ts";
import type { Headers, PeerCaller } from "#src/core/network-ports.ts";
import { AdapterFault, type Json } from "#src/core/ports.ts";
import { selfPeer } from "#src/core/remote-target.ts";
import { fail, RequestError } from "#src/errors.ts";
import type { NodeTask } from "#src/store/relays.ts";
import { answerQuestion } from "./answer-question.ts";
import { conversationName } from "./conversation-name.ts";
import { createTask } from "./create-task.ts";
import type { Engine } from "./engine.ts";
import { exportedTargets } from "./exported-targets.ts";
import { type Follower, followTask, type Sink } from "./follow.ts";
import { framesOf } from "./peer-frames.ts";
import { nameFault } from "./peers.ts";
import { haveBytes } from "./remote-artifacts.ts";
import { type CancelAnswer, cancelTask } from "./steer-task.ts";

/** Who asks, in the tables: a peer's pairing, or nothing. */
function pairingOf(caller: PeerCaller): string {
  if (caller.kind === "peer") return caller.pairing_id;
  return caller.kind === "unsigned" ? "" : fail("unauthorized", "This is for trusted peers.");
}

/** What a payload was before it became an object. */
export const payloadIn = (payload: { readonly [key: string]: WireJson }, headers: Headers): Json =>
  headers["aethrolink-payload"] === "value" && Object.hasOwn(payload, "value")
    ? (payload["value"] as Json)
    : (payload as Json);

function refuseOtherNode(caller: PeerCaller, origin_node_id: string): void {
  if (caller.kind === "peer" && caller.node_id !== origin_node_id)
    fail("invalid_request", "origin_node_id is not the node that signs.");
}

/**
 * Takes a task.
 * @returns the acceptance; the first one, where it was given before
 * @throws RequestError loop_detected, and as a task of this node's own is refused
 */
export async function acceptNodeTask(
  engine: Engine,
  caller: PeerCaller,
  body: NodeTaskSubmit,
  headers: Headers,
): Promise<NodeTaskAccepted> {
  const { relays, network } = engine;
  const pairing_id = pairingOf(caller);
  refuseOtherNode(caller, body.origin_node_id);
  const { origin_proxy_task_id } = body;
  const earlier = relays.nodeTask(pairing_id, origin_proxy_task_id);
  if (earlier !== undefined) return acceptance(engine, earlier);
  const name = `${pairing_id} ${origin_proxy_task_id}`;
  const creating = network.accepting.get(name) ?? create(engine, caller, body, headers);
  network.accepting.set(name, creating);
  try {
    return acceptance(engine, await creating);
  } finally {
    network.accepting.delete(name);
  }
}

const acceptance = (
  { network }: Engine,
  { origin_proxy_task_id, task_id, accepted_at }: NodeTask,
): NodeTaskAccepted => ({
  origin_proxy_task_id,
  destination_node_id: network.nodeId,
  destination_task_id: task_id,
  accepted_at,
});

async function create(
  engine: Engine,
  caller: PeerCaller,
  body: NodeTaskSubmit,
  headers: Headers,
): Promise<NodeTask> {
  const pairing_id = pairingOf(caller);
  const chain = chainBehind(engine, caller, headers);
  const fault = pairing_id === selfPeer ? undefined : chainFault(engine.network.nodeId, chain);
  if (fault !== undefined) fail("loop_detected", fault);
  const bond = bondOf(engine, caller);
  const { origin_proxy_task_id } = body;
  const conversation = conversationOf(pairing_id, body, headers);
  let row: NodeTask | undefined;
  await createTask(engine, {
    request: requestOf(
      senderOf(engine, caller, body.origin_node_id),
      { ...body, runtime_options: optionsOf(pairing_id, body) },
      conversation,
      headers,
    ),
    allowed() {
      if (bond?.aborted) fail("unauthorized", "This is for trusted peers.");
      if (!exportedTargets(engine, caller).some(({ target_id }) => target_id === body.target_agent_id))
        fail("target_not_found", `There is no target ${body.target_agent_id}.`);
    },
    // What this node gives itself waits like anything else that it gives.
    above: pairing_id === selfPeer ? origin_proxy_task_id : undefined,
    also({ fixed: { task_id, created_at } }) {
      const made = {
        pairing_id,
        origin_proxy_task_id,
        task_id,
        chain: JSON.stringify(chain),
        accepted_at: created_at,
      };
      row = made;
      return () => engine.relays.insertNodeTask(made);
    },
  });
  if (row === undefined) throw new Error("a task of another node was accepted without its row");
  return row;
}

/** The nodes that a task came through; a hop from a node to itself adds nothing. */
function chainBehind({ network }: Engine, caller: PeerCaller, headers: Headers): readonly string[] {
  if (caller.kind !== "peer") return chainOf(headers["aethrolink-chain"]);
  return caller.node_id === network.nodeId ? caller.chain.slice(0, -1) : caller.chain;
}

/** Who gave a task, in its record. What a node only calls itself is never taken for a key or for somebody here. */
function senderOf(engine: Engine, caller: PeerCaller, origin_node_id: string): string {
  const isOwn = caller.kind === "peer" || (!isKey(origin_node_id) && !isSomebody(engine, origin_node_id));
  return isOwn ? origin_node_id : `unsigned:${origin_node_id}`;
}

const isKey = (name: string) => name.startsWith("did:");

const isSomebody = (engine: Engine, name: string) =>
  nameFault(engine, name) !== undefined || engine.network.peers.get(name) !== undefined;

/** As it is asked for here. */
function requestOf(
  sender: string,
  {
    origin_node_id,
    origin_proxy_task_id,
    origin_thread_id,
    trace: { trace_id, parent_task_id },
    ...body
  }: NodeTaskSubmit,
  conversation_id: string | undefined,
  headers: Headers,
): TaskCreateRequest {
  const { launch_if_down = true, timeout_ms } = body.delivery ?? {};
  return {
    intent: body.intent,
    payload: payloadIn(body.payload, headers) as WireJson,
    target_runtime: body.target_agent_id,
    target_agent_id: undefined,
    sender,
    runtime_options: body.runtime_options ?? undefined,
    thread_id: undefined,
    conversation_id,
    delivery: {
      mode: "stream",
      launch_if_down,
      timeout_ms,
      question_timeout_ms: DurationMs.safeParse(Number(headers["aethrolink-question-timeout"])).data,
      when_offline: undefined,
    },
    trace: { trace_id, parent_task_id: undefined },
    metadata: {
      origin_node_id,
      origin_proxy_task_id,
      ...(origin_thread_id === undefined ? {} : { origin_thread_id }),
      // A task of the other node: none here may be its child, but whoever looks can find it there.
      ...(parent_task_id === undefined ? {} : { origin_parent_task_id: parent_task_id }),
      trace_id,
    },
  };
}

/** A peer's conversations are its own, whatever it calls them: no other's session is gone on with. */
function conversationOf(pairing_id: string, body: NodeTaskSubmit, headers: Headers): string | undefined {
  // As at the origin: a thread has one session, whatever conversation a turn names.
  const named = body.origin_thread_id ?? headers["aethrolink-conversation"];
  return named ? ownName(pairing_id, conversationName(named)) : undefined;
}

/** And so are its sessions, where it names one. */
function optionsOf(
  pairing_id: string,
  { runtime_options }: NodeTaskSubmit,
): NodeTaskSubmit["runtime_options"] {
  if (!runtime_options?.session_key) return runtime_options;
  return { ...runtime_options, session_key: ownName(pairing_id, runtime_options.session_key) };
}

const ownName = (pairing_id: string, name: string) =>
  `${pairing_id === "" ? "unsigned" : pairing_id}/${name}`;

/**
 * A task that the caller gave.
 * @param origin_proxy_task_id what it says the task is called there
 * @throws RequestError task_not_found
 */
function ownTask(
  engine: Engine,
  caller: PeerCaller,
  task_id: string,
  origin_proxy_task_id: string,
): NodeTask {
  const row = engine.relays.nodeTaskOf(task_id);
  const isOwn = row?.pairing_id === pairingOf(caller) && row.origin_proxy_task_id === origin_proxy_task_id;
  return isOwn ? row : fail("task_not_found", `There is no task ${task_id.slice(0, 128)}.`);
}

/**
 * Answers a question of a task for the node that gave it.
 * @throws RequestError task_not_found, and as a caller of this node is refused
 */
export function resumeNodeTask(engine: Engine, caller: PeerCaller, body: NodeTaskResume, headers: Headers) {
  const { destination_task_id: task_id, origin_proxy_task_id, origin_node_id } = body;
  refuseOtherNode(caller, origin_node_id);
  ownTask(engine, caller, task_id, origin_proxy_task_id);
  const request_id = headers["aethrolink-question"];
  const open = engine.log.get(task_id)?.awaiting.length ?? 0;
  if (request_id === undefined && open > 1)
    fail("question_closed", `${open} questions are open; name one by the header AethroLink-Question.`);
  const payload = payloadIn(body.payload, headers) as WireJson;
  return answerQuestion(engine, task_id, actorOf(caller), { payload, request_id }).catch(
    (thrown: unknown) => {
      // What the runtime says of it may name what only this node's own people know.
      if (thrown instanceof RequestError && thrown.cause instanceof AdapterFault)
        fail(thrown.code, "The runtime does not take this answer.", { cause: thrown });
      throw thrown;
    },
  );
}

/**
 * Cancels a task for the node that gave it.
 * @throws RequestError task_not_found
 */
export function cancelNodeTask(
  engine: Engine,
  caller: PeerCaller,
  body: NodeTaskCancel,
): Promise<CancelAnswer> {
  const { destination_task_id: task_id, origin_proxy_task_id, origin_node_id, reason } = body;
  refuseOtherNode(caller, origin_node_id);
  ownTask(engine, caller, task_id, origin_proxy_task_id);
  return cancelTask(engine, task_id, actorOf(caller), reason);
}

/** Lasts for as long as a caller is believed as it is now; undefined: until the node stops. */
const bondOf = ({ network }: Engine, caller: PeerCaller): AbortSignal | undefined =>
  caller.kind === "peer" && caller.pairing_id !== selfPeer ? network.peers.bond(caller.peer_id) : undefined;

const actorOf = (caller: PeerCaller) => (caller.kind === "peer" ? `node:${caller.peer_id}` : "node");

/**
 * Follows a task for the node that gave it, as frames of the node protocol.
 * @returns undefined when it has ended at or before `after`
 * @throws RequestError task_not_found
 */
export function followNodeTask(
  engine: Engine,
  caller: PeerCaller,
  { task_id, origin_proxy_task_id, after }: { task_id: string; origin_proxy_task_id: string; after: number },
): ((sink: Sink) => Follower) | undefined {
  ownTask(engine, caller, task_id, origin_proxy_task_id);
  const follow = followTask(engine, task_id, after);
  if (follow === undefined) return undefined;
  const about = {
    origin_proxy_task_id,
    destination_node_id: engine.network.nodeId,
    destination_task_id: task_id,
  };
  const bond = bondOf(engine, caller);
  return (sink) =>
    whileBound(bond, sink, (bound) =>
      follow({
        write: (bytes) => bound.write(framesOf(about, bytes)),
        end: (bytes) => bound.end(bytes === undefined ? undefined : framesOf(about, bytes)),
      }),
    );
}

/** Follows until there is no more, or the bond ends: nothing is written behind that. */
function whileBound(bond: AbortSignal | undefined, sink: Sink, follow: (sink: Sink) => Follower): Follower {
  if (bond === undefined) return follow(sink);
  if (bond.aborted) {
    sink.end(undefined);
    return { pull: () => {}, close: () => {} };
  }
  const release = () => bond.removeEventListener("abort", cut);
  const follower = follow({
    write: (bytes) => (bond.aborted ? false : sink.write(bytes)),
    end(bytes) {
      release();
      sink.end(bond.aborted ? undefined : bytes);
    },
  });
  const cut = () => {
    follower.close();
    sink.end(undefined);
  };
  bond.addEventListener("abort", cut, { once: true });
  return {
    pull: follower.pull,
    close() {
      release();
      follower.close();
    },
  };
}

/**
 * The bytes of an artifact, for the node that gave its task.
 * @throws RequestError task_not_found, artifact_not_found, artifact_corrupt
 */
export async function nodeArtifact(
  engine: Engine,
  caller: PeerCaller,
  {
    task_id,
    artifact_id,
    origin_proxy_task_id,
  }: { task_id: string; artifact_id: string; origin_proxy_task_id: string },
): Promise<Uint8Array> {
  if (caller.kind !== "peer") fail("unauthorized", "Artifacts are for trusted peers.");
  ownTask(engine, caller, task_id, origin_proxy_task_id);
  const row = engine.artifacts.find(artifact_id);
  if (row?.task_id !== task_id)
    return fail("artifact_not_found", `There is no artifact ${artifact_id.slice(0, 128)}.`);
  const bond = bondOf(engine, caller);
  await haveBytes(engine, row);
  const bytes = await engine.artifacts.read(row);
  return bond?.aborted === true ? fail("unauthorized", "This is for trusted peers.") : bytes;
}
