/**
 * From a request to an accepted task. A refused request writes nothing: routing, and what the key says,
 * come before the first row; the answer goes when the task is on disk.
 */
import { createHash } from "node:crypto";
import { hasBytesWithin } from "#contracts/shared.ts";
import type { TaskCreateRequest } from "#contracts/task-request.ts";
import type { Delivery, TaskRecord, Trace } from "#contracts/tasks.ts";
import type { Delegator } from "#src/core/access.ts";
import type { Json, JsonObject, Target } from "#src/core/ports.ts";
import { route } from "#src/core/route.ts";
import { layOver } from "#src/core/runtime-options.ts";
import { fail } from "#src/errors.ts";
import type { KeyScope, KeyUse } from "#src/store/idempotency.ts";
import { type NewTask, type OpenTask, recordOf } from "#src/store/task-rows.ts";
import { newId } from "#src/store/ulid.ts";
import { largestInline, type StoredBytes } from "./artifacts.ts";
import { parentOf, refuseLoop } from "./delegation.ts";
import { adapterOf, type Engine } from "./engine.ts";
import { wayOf, wholeTask } from "./same-request.ts";
import { startWork } from "./start-work.ts";
import { beginTurn, type Following, inThread, type TurnPlace } from "./thread-turns.ts";

export interface CreateTask {
  readonly request: TaskCreateRequest;
  /** What its key stands for, where that isn't the request itself. */
  readonly body?: object | undefined;
  /** What is to follow the turn of a thread that it is. */
  readonly following?: Following | undefined;
  /** Continues a trace, where the request itself names none. */
  readonly traceparent?: string | undefined;
  readonly key?: KeyScope | undefined;
  /** Who asks, for the event; undefined: nobody but the sender. */
  readonly actor?: string | undefined;
  /** Undefined: whoever asks may give any task. */
  readonly by?: Delegator | undefined;
  /** What else goes into the task's first commit. */
  readonly also?: (task: OpenTask) => () => void;
  /** Throws where it may not be given any more; asked in the turn in which it is accepted. */
  readonly allowed?: () => void;
  /** The task of this node that it stands for, where that is not its parent. */
  readonly above?: string | undefined;
}

export interface Created {
  readonly task: TaskRecord;
  /** The key was used before: this is the task that it made. */
  readonly replayed: boolean;
}

/**
 * Accepts a task, which then runs by itself.
 * @returns when the task is on disk
 * @throws RequestError for a target that isn't there, an intent that nobody serves, a key that was
 *   used for another request, a full queue, a parent that can't have children, a loop, or a node that is
 *   stopping
 */
export async function createTask(engine: Engine, given: CreateTask): Promise<Created> {
  const bytes = largePayloadOf(given.request);
  const first = checked(engine, given);
  if (first.kind === "replay") return replay(engine, first.use);
  if (bytes === undefined) return accept(engine, first, undefined);
  const large = await engine.artifacts.store("application/json", bytes);
  try {
    // That took time: the node may stop, the key may have been used, the registry may be another, the
    // queue may have filled.
    const now = checked(engine, given);
    if (now.kind === "new") return await accept(engine, now, large);
    await takeBack(engine, large);
    return await replay(engine, now.use);
  } catch (thrown) {
    await takeBack(engine, large);
    throw thrown;
  }
}

/** What may be accepted, in the turn in which it was looked at. */
interface Acceptable {
  readonly kind: "new";
  readonly given: CreateTask;
  readonly to: ReturnType<typeof routed>;
  readonly turn: TurnPlace | undefined;
  readonly bodyHash: string;
}

/** Refuses what can't be accepted; writes nothing. */
function checked(
  engine: Engine,
  given: CreateTask,
): Acceptable | { readonly kind: "replay"; readonly use: EarlierUse } {
  refuseWhenStopping(engine);
  const key = scopeOf(engine, given);
  const bodyHash = hashOf(given);
  const use = earlierUse(engine, key, bodyHash);
  if (use !== undefined) return { kind: "replay", use };
  const { request, turn } = inThread(engine, given);
  given.allowed?.();
  const to = routed(engine, request);
  refuseWhenFull(engine, to.target);
  return { kind: "new", given: { ...given, request, key }, to, turn, bodyHash };
}

/**
 * The task that a key has made before, if it has.
 * @throws RequestError idempotency_key_reused
 */
export function madeBefore(
  engine: Engine,
  given: Pick<CreateTask, "key" | "body">,
): Promise<Created> | undefined {
  const earlier =
    given.body === undefined ? undefined : earlierUse(engine, given.key, sha256Of(canonical(given.body)));
  return earlier === undefined ? undefined : replay(engine, earlier);
}

const senderOf = ({ request, by }: CreateTask) => request.sender ?? by?.target_id ?? "local";

const hashOf = (given: CreateTask) =>
  given.key === undefined ? "" : sha256Of(canonical(given.body ?? wholeTask(given.request, senderOf(given))));

function refuseWhenStopping({ stopping }: Engine): void {
  if (stopping) fail("unavailable", "The node is stopping; give the task to it when it is up again.");
}

/** A queue moves as fast as its tasks end. */
const fullRetryS = 5;

function refuseWhenFull({ places }: Engine, { target_id, queue }: Target): void {
  if (places.waiting(target_id) < queue) return;
  const detail = `The queue of ${target_id} is full: ${queue} task(s) wait already. Try again later.`;
  fail("queue_full", detail, { retryAfterS: fullRetryS });
}

async function accept(
  engine: Engine,
  { given, to, turn, bodyHash }: Acceptable,
  large: StoredBytes | undefined,
): Promise<Created> {
  const { request, traceparent, key, by, also, above } = given;
  const { target, routeOptions, why } = to;
  const asked = (request.runtime_options ?? {}) as JsonObject;
  const options = layOver(layOver(target.defaults, routeOptions), asked);
  const { remote } = target;
  const routing = {
    resolved_runtime: target.target_id,
    runtime_options: options,
    why,
    ...(remote === undefined ? {} : { peer_id: remote.peer_id }),
  };
  if (Object.keys(options).length > 0) refuseLarge(routing);
  const fixed: NewTask = {
    ...fixedOf(engine, request, target),
    sender: senderOf(given),
    trace: traceOf(request, traceparent, parentOf(engine, request, by)),
    runtime_options: options,
    payload_artifact_id: large?.artifact_id ?? null,
  };
  refuseLoop(engine, target, fixed, above);
  const task = engine.log.create(fixed);
  const requested = task.fixed.requested_runtime;
  engine.log.append(task, {
    kind: "task.created",
    source: "api",
    data: {
      ...(requested === undefined ? {} : { requested_runtime: requested }),
      actor: given.actor ?? fixed.sender,
    },
  });
  const kept = engine.log.append(task, {
    kind: "task.routed",
    source: "core",
    message: why,
    data: routing,
  });
  if (large !== undefined) engine.artifacts.attach(task, large);
  if (also !== undefined) engine.log.with(task, also(task));
  if (turn !== undefined && kept !== undefined) beginTurn(engine, task, turn, kept);
  if (key !== undefined && kept !== undefined) rememberKey(engine, task, key, bodyHash, kept);
  const work = startWork(engine, task, target, adapterOf(engine, target));
  try {
    return { task: await acceptedRecord(engine, task, kept), replayed: false };
  } catch (thrown) {
    work.over.abort(); // nothing is to be done for a task that isn't there
    throw thrown;
  }
}

/** The options are told whole, in the event of the routing. */
function refuseLarge(routing: object): void {
  if (hasBytesWithin(JSON.stringify(routing), largestInline)) return;
  const detail =
    "The runtime options, with the target's defaults and how it was found, have more than 16 KB.";
  fail("invalid_request", detail);
}

/** Bytes of a payload whose task didn't come to be. */
async function takeBack({ artifacts, logger }: Engine, large: StoredBytes | undefined): Promise<void> {
  if (large === undefined) return;
  await artifacts.discard(large).catch((thrown: unknown) => {
    logger.warn(
      { err: thrown, artifact_id: large.artifact_id },
      "bytes that nobody needs could not be removed",
    );
  });
}

/** The record exactly as its first commit has it. */
async function acceptedRecord(
  engine: Engine,
  task: OpenTask,
  kept: Promise<void> | undefined,
): Promise<TaskRecord> {
  let record: TaskRecord | undefined;
  engine.log.with(
    task,
    () => undefined,
    () => {
      record = recordOf(task);
    },
  );
  await kept;
  if (record === undefined) throw new Error(`the task ${task.fixed.task_id} was not written`);
  return record;
}

function routed(engine: Engine, request: TaskCreateRequest) {
  const requested = request.target_runtime ?? request.target_agent_id;
  const targets = engine.network.discovery.targets();
  const found = route(request.intent, requested, { targets, routes: engine.routing.routes });
  if (found.kind === "refused") fail(found.code, found.detail);
  return { target: found.target, routeOptions: found.route_options, why: found.why };
}

function fixedOf(
  engine: Engine,
  request: TaskCreateRequest,
  target: Target,
): Omit<NewTask, "sender" | "trace" | "runtime_options" | "payload_artifact_id"> {
  // In this order: an id is never older than its task, since lists by time go by ids.
  const created_at = new Date(engine.clock.now()).toISOString();
  return {
    task_id: newId(),
    created_at,
    thread_id: request.thread_id,
    conversation_id: request.conversation_id ?? newId(),
    opens_conversation: request.conversation_id === undefined && request.thread_id === undefined,
    intent: request.intent,
    requested_runtime: request.target_runtime ?? request.target_agent_id,
    resolved_runtime: target.target_id,
    payload: request.payload as Json,
    delivery: deliveryOf(engine, request, target),
    metadata: (request.metadata ?? {}) as JsonObject,
  };
}

/** A child goes on with its parent's trace, unless its caller names another. */
function traceOf(
  { trace }: TaskCreateRequest,
  traceparent: string | undefined,
  parent: OpenTask | undefined,
): Trace {
  const above = parent?.fixed.trace.trace_id;
  return {
    trace_id: trace?.trace_id ?? above ?? traceIdOf(traceparent) ?? newId(),
    ...(parent === undefined ? {} : { parent_task_id: parent.fixed.task_id }),
  };
}

function deliveryOf(engine: Engine, { delivery }: TaskCreateRequest, target: Target): Delivery {
  const limits = [delivery?.timeout_ms, target.timeout_ms, engine.timeoutMs];
  const timeout_ms = limits.find((limit) => limit !== undefined) ?? null;
  return { ...wayOf(delivery), timeout_ms };
}

/** The trace id of a valid W3C traceparent (Trace Context, section 3.2). */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const id = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/.exec(
    traceparent ?? "",
  )?.[1];
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}

/** The bytes of a payload that doesn't fit into its task's row; undefined: it does. */
function largePayloadOf({ payload }: TaskCreateRequest): Buffer | undefined {
  const text = JSON.stringify(payload);
  if (text.length * 3 <= largestInline) return undefined;
  const bytes = Buffer.from(text);
  return bytes.length <= largestInline ? undefined : bytes;
}

/** A process works on many tasks: its keys count within the one that it delegates for. */
function scopeOf(engine: Engine, { request, key, by }: CreateTask): KeyScope | undefined {
  if (key === undefined || by?.launch_id === undefined) return key;
  const parent = parentOf(engine, request, by);
  return { ...key, principal: `${key.principal} ${parent?.fixed.task_id}` };
}

const nameOf = (key: KeyScope) => JSON.stringify([key.principal, key.method, key.path, key.key]);

type EarlierUse = KeyUse & { readonly kept?: Promise<void> };

/** How a key was used before; undefined: there is none, or it is new. */
function earlierUse(engine: Engine, key: KeyScope | undefined, body_sha256: string): EarlierUse | undefined {
  if (key === undefined) return undefined;
  const use: EarlierUse | undefined = engine.creating.get(nameOf(key)) ?? engine.keys.find(key);
  if (use !== undefined && use.body_sha256 !== body_sha256) {
    fail("idempotency_key_reused", `The key ${key.key} was used for another request; use a new key.`);
  }
  return use;
}

/** The task that a key made before, as it is now. */
async function replay(engine: Engine, { task_id, kept }: EarlierUse): Promise<Created> {
  await kept;
  const task = engine.reader.get(task_id);
  if (task === undefined) throw new Error(`the task ${task_id} of a key is missing`);
  return { task, replayed: true };
}

function rememberKey(
  engine: Engine,
  task: OpenTask,
  key: KeyScope,
  body_sha256: string,
  kept: Promise<void>,
): void {
  const { task_id } = task.fixed;
  engine.log.with(task, () => engine.keys.insert(key, { body_sha256, task_id }));
  engine.creating.set(nameOf(key), { body_sha256, task_id, kept });
  const forget = () => void engine.creating.delete(nameOf(key));
  kept.then(forget, forget);
}

const sha256Of = (text: string) => createHash("sha256").update(text).digest("hex");

/** JSON with its keys in order, so that equal requests are equal texts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const fields = entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`);
  return `{${fields.join()}}`;
}
