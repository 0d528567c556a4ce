/**
 * Tasks that other nodes give this one.
 *
 * 1. A node sees, answers and cancels the tasks that it gave, and no others: those aren't there for it.
 * 2. What it gave once is one task, however often it says it: its name for it is written in the task's own
 *    commit, and two that come together wait for the same creation.
 * 3. A task that has come through this node already, or through too many, is refused before anything is
 *    written.
 * 4. All who don't sign are one, and have to know what the task is called at its origin.
 */
import { basename } from "node:path";
import type { TaskEvent } from "#contracts/events.ts";
import type {
  NodeTaskAccepted,
  NodeTaskCancel,
  NodeTaskResume,
  NodeTaskSubmit,
} from "#contracts/node-tasks.ts";
import type { Json as WireJson } from "#contracts/shared.ts";
import type { TaskCreateRequest } from "#contracts/task-request.ts";
import { chainFault } from "#src/core/chain.ts";
import { chainOf } from "#src/core/claims.ts";
import type { Headers, PeerCaller } from "#src/core/network-ports.ts";
import type { Json, Target } from "#src/core/ports.ts";
import { selfPeer } from "#src/core/remote-target.ts";
import { fail } from "#src/errors.ts";
import type { NodeTask } from "#src/store/relays.ts";
import { answerQuestion } from "./answer-question.ts";
import { createTask } from "./create-task.ts";
import type { Engine } from "./engine.ts";
import { exportedTargets } from "./exported-targets.ts";
import { type Follower, followTask, type Sink } from "./follow.ts";
import { haveBytes } from "./remote-artifacts.ts";
import { type CancelAnswer, cancelTask } from "./steer-task.ts";

/** Who asks, in the tables: a peer's name, or nothing. */
function peerIdOf(caller: PeerCaller): string {
  if (caller.kind === "peer") return caller.peer_id;
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
  const peer_id = peerIdOf(caller);
  refuseOtherNode(caller, body.origin_node_id);
  const { origin_proxy_task_id } = body;
  const earlier = relays.nodeTask(peer_id, origin_proxy_task_id);
  if (earlier !== undefined) return acceptance(engine, earlier);
  const name = `${peer_id} ${origin_proxy_task_id}`;
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
  const peer_id = peerIdOf(caller);
  const chain = chainBehind(engine, caller, headers);
  const fault = peer_id === selfPeer ? undefined : chainFault(engine.network.nodeId, chain);
  if (fault !== undefined) fail("loop_detected", fault);
  if (!exportedTargets(engine, caller).some(({ target_id }) => target_id === body.target_agent_id))
    fail("target_not_found", `There is no target ${body.target_agent_id}.`);
  const { origin_proxy_task_id } = body;
  const conversation = conversationOf(peer_id, body, headers);
  let row: NodeTask | undefined;
  await createTask(engine, {
    request: requestOf(body, conversation, headers),
    also({ fixed: { task_id, created_at } }) {
      const made = {
        peer_id,
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

/** As it is asked for here. */
function requestOf(
  { origin_node_id, origin_proxy_task_id, origin_thread_id, trace: { trace_id }, ...body }: NodeTaskSubmit,
  conversation_id: string | undefined,
  headers: Headers,
): TaskCreateRequest {
  const { launch_if_down = true, timeout_ms } = body.delivery ?? {};
  return {
    intent: body.intent,
    payload: payloadIn(body.payload, headers) as WireJson,
    target_runtime: body.target_agent_id,
    target_agent_id: undefined,
    sender: origin_node_id,
    runtime_options: body.runtime_options ?? undefined,
    thread_id: undefined,
    conversation_id,
    delivery: { mode: "stream", launch_if_down, timeout_ms, when_offline: undefined },
    trace: { trace_id, parent_task_id: undefined },
    metadata: {
      origin_node_id,
      origin_proxy_task_id,
      ...(origin_thread_id === undefined ? {} : { origin_thread_id }),
      trace_id,
    },
  };
}

/** A peer's conversations are its own, whatever it calls them: no other's session is gone on with. */
function conversationOf(peer_id: string, body: NodeTaskSubmit, headers: Headers): string | undefined {
  // As at the origin: a thread has one session, whatever conversation a turn names.
  const named = body.origin_thread_id ?? headers["aethrolink-conversation"];
  if (named === undefined || !/^[\x21-\x7e]{1,64}$/.test(named)) return undefined;
  return `${peer_id === "" ? "unsigned" : peer_id}/${named}`;
}

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
  const isOwn = row?.peer_id === peerIdOf(caller) && row.origin_proxy_task_id === origin_proxy_task_id;
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
  return answerQuestion(engine, task_id, actorOf(caller), { payload, request_id });
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
  const target = targetOf(engine, task_id);
  const translated = (bytes: Uint8Array) =>
    Buffer.from(
      eventsIn(bytes)
        .map((event) => frameText(about, event, target))
        .join(""),
    );
  return (sink) =>
    follow({
      write: (bytes) => sink.write(translated(bytes)),
      end: (bytes) => sink.end(bytes === undefined ? undefined : translated(bytes)),
    });
}

const targetOf = (engine: Engine, task_id: string): Target | undefined =>
  engine.routing.targets.get(engine.reader.standing(task_id)?.resolved_runtime ?? "");

function eventsIn(bytes: Uint8Array): TaskEvent[] {
  const lines = Buffer.from(bytes).toString("utf8").split("\n");
  return lines.flatMap((line) => (line.startsWith("data: ") ? [JSON.parse(line.slice(6)) as TaskEvent] : []));
}

/** A line that a reader of a few KB can still take. */
const longestLine = 60 * 1024;

function frameText(about: object, event: TaskEvent, target: Target | undefined): string {
  const whole = frameOf(about, event, target);
  const line = JSON.stringify(whole);
  const short =
    Buffer.byteLength(line) > longestLine ? JSON.stringify({ ...whole, message: undefined }) : line;
  return `event: task.event\nid: ${event.seq}\ndata: ${short}\n\n`;
}

const ownWords: ReadonlySet<string> = new Set(["task.failed", "runtime.pending_launch", "runtime.health"]);

/** Without what other nodes don't learn: what a target is started with, and by. */
function frameOf(
  about: object,
  { seq, kind, state, source, message, data, created_at }: TaskEvent,
  target?: Target,
) {
  const { runtime_options: _hidden, ...shown } = data as { readonly [key: string]: unknown };
  const { detail, reason } = shown;
  // What a runtime says is its own; what this node says of a runtime may name its command.
  const bare = (text: string) => (ownWords.has(kind) ? withoutCommand(text, target) : text);
  return {
    ...about,
    seq,
    kind,
    state,
    source,
    ...(message === undefined ? {} : { message: bare(message) }),
    data: {
      ...shown,
      ...(typeof detail === "string" ? { detail: bare(detail) } : {}),
      ...(typeof reason === "string" && kind === "runtime.pending_launch" ? { reason: bare(reason) } : {}),
    },
    ...remoteIds(shown),
    occurred_at: created_at,
  };
}

function remoteIds(data: { readonly [key: string]: unknown }) {
  const { remote_execution_id, remote_session_id } = data;
  return {
    ...(typeof remote_execution_id === "string" ? { remote_execution_id } : {}),
    ...(typeof remote_session_id === "string" ? { remote_session_id } : {}),
  };
}

/** A text of this node about a target, as other nodes may read it. */
export function withoutCommand(text: string, target: Target | undefined): string {
  const commands =
    target === undefined ? [] : [target.launch.command ?? [], ...Object.values(target.launch.commands)];
  const words = commands.flatMap((argv) => {
    const [program = "", ...rest] = argv;
    return [argv.join(" "), program, basename(program), ...rest.filter((word) => word.length > 7)];
  });
  const secret = [...words, target?.endpoint ?? "", target?.healthcheck ?? ""].filter(
    (word) => word.length > 2,
  );
  return secret
    .sort((a, b) => b.length - a.length)
    .reduce((shown, word) => shown.replaceAll(word, "the runtime"), text);
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
  await haveBytes(engine, row);
  return engine.artifacts.read(row);
}
