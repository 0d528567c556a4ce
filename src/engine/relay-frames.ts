/**
 * What another node tells of a task, as events of this one's.
 *
 * 1. Every frame becomes an event, and goes through the same table as everything else; what that refuses, and
 *    is no end, is kept as progress that names the kind.
 * 2. Where a task runs is this node's to say: nothing that a peer tells overwrites it.
 * 3. An event and how far the peer's list was taken over are one commit.
 * 4. A cancel that is asked for there, and an answer that was given here, are steps of the work there: only
 *    what is asked for here is a cancel of this task, with all that hangs on it.
 * 5. A node that gives its questions no ids has one at a time: while that is open another is the same said
 *    again, and work that goes on has its answer.
 */
import { ArtifactRef } from "#contracts/artifacts.ts";
import { failureReasons, type ResumedBy, resumedBy, taskEventKinds } from "#contracts/enums.ts";
import type { NodeTaskFrame } from "#contracts/node-tasks.ts";
import { Ulid } from "#contracts/shared.ts";
import { Question, TaskResult, Usage } from "#contracts/tasks.ts";
import type { FinalSignal, Json, JsonObject, RunResult } from "#src/core/ports.ts";
import { ended } from "#src/core/task-machine.ts";
import { referenceOf } from "#src/store/artifact-rows.ts";
import type { Happening } from "#src/store/task-log.ts";
import { newId } from "#src/store/ulid.ts";
import { largestInline } from "./artifacts.ts";
import type { Engine, Work } from "./engine.ts";
import { endOf, noteOfRun } from "./follow-run.ts";
import { keepResult } from "./keep-result.ts";
import { keepBinding, namesQuestions, type Relay } from "./relay-link.ts";
import { pauseRunningTime, resumeRunningTime } from "./steer-task.ts";

type Frame = Pick<NodeTaskFrame, "seq" | "kind" | "message" | "remote_execution_id" | "remote_session_id"> & {
  readonly data: JsonObject;
};

const ends: ReadonlySet<string> = new Set(["task.completed", "task.failed", "task.cancelled"]);
const kinds: ReadonlySet<string> = new Set(taskEventKinds);
const longestMessage = 4096;

/** Takes a frame over; one that was taken before changes nothing. */
export async function takeFrame(engine: Engine, relay: Relay, given: NodeTaskFrame): Promise<void> {
  if (given.seq <= relay.binding.last_remote_seq || ended(relay.work.task.status)) return;
  const { seq, kind, message, remote_execution_id, remote_session_id } = given;
  const data = ownNames(relay, (given.data ?? {}) as JsonObject);
  const frame: Frame = { seq, kind, message, remote_execution_id, remote_session_id, data };
  if (ends.has(frame.kind)) return takeEnd(engine, relay, frame);
  if (frame.kind === "artifact.created") return takeArtifact(engine, relay, frame);
  const happening = happeningOf(engine, relay, frame) ?? told(frame);
  const fitting = await withinLimits(engine, relay, happening);
  if (ended(relay.work.task.status)) return;
  note(engine, relay, frame, fitting);
}

function note(engine: Engine, relay: Relay, frame: Frame, happening: Happening): void {
  const { work } = relay;
  const write = (each: Happening) =>
    noteOfRun(engine, work, {
      ...each,
      ...saying(frame),
      data: { ...each.data, ...placeOf(relay, frame) },
      changes: { ...each.changes, ...sessionOf(relay, frame) },
    });
  const kept = write(happening) ?? write(told(small(frame)));
  if (kept === undefined) return;
  keepBinding(engine, relay, { last_remote_seq: frame.seq });
  if (happening.kind === "task.awaiting_input" && work.task.open > 0) pauseForQuestions(engine, work);
  if (happening.kind === "task.resumed" && work.task.open === 0) resumeRunningTime(engine, work);
}

/** The other node settles a question whose time is over; it has so long to say so. */
const settleMs = 30_000;

/** The running time stands still while a question is open, but not for longer than it may be. */
export function pauseForQuestions(engine: Engine, work: Work): void {
  pauseRunningTime(engine, work);
  work.timers.question?.();
  const last = Math.max(...work.task.awaiting.map(({ expires_at }) => Date.parse(expires_at)));
  const leftMs = Math.max(0, last - engine.clock.now()) + settleMs;
  work.timers.question = engine.clock.after(leftMs, () => {
    if (work.task.open > 0) resumeRunningTime(engine, work);
  });
}

const saying = ({ message }: Frame) => ({
  source: "transport" as const,
  ...(message ? { message: message.slice(0, longestMessage) } : {}),
});

/** The runtime's session there, where that is news. */
function sessionOf({ work: { task } }: Relay, { remote_session_id }: Frame): Happening["changes"] {
  const { remote } = task;
  if (!remote_session_id || remote === null || remote.remote_session_id === remote_session_id) return {};
  return { remote: { ...remote, remote_session_id } };
}

/** Where it comes from, in this node's words. */
const placeOf = ({ binding }: Relay, { seq, remote_execution_id, remote_session_id }: Frame) => ({
  destination_node_id: binding.destination_node_id,
  destination_task_id: binding.destination_task_id,
  ...(binding.destination_thread_id === null ? {} : { destination_thread_id: binding.destination_thread_id }),
  ...(remote_execution_id ? { remote_execution_id } : {}),
  ...(remote_session_id ? { remote_session_id } : {}),
  remote_event_seq: seq,
});

const protectedNames: ReadonlySet<string> = new Set([
  "destination_node_id",
  "destination_task_id",
  "destination_thread_id",
  "remote_execution_id",
  "remote_session_id",
  "remote_event_seq",
  "remote_kind",
  "remote_request_id",
]);

/** A peer's data without what it may not say, and with artifacts under their names of this node. */
function ownNames({ artifacts }: Relay, data: JsonObject): JsonObject {
  const renamed = JSON.stringify(data, (_name, value: unknown) => {
    if (typeof value !== "string") return value;
    const id = value.startsWith("/artifacts/") ? value.slice(11) : value;
    const own = artifacts.get(id);
    return own === undefined ? value : value.replace(id, own);
  });
  const entries = Object.entries(JSON.parse(renamed) as JsonObject);
  return Object.fromEntries(entries.filter(([name]) => !protectedNames.has(name)));
}

/** Without data that has no room in an event. */
const small = (frame: Frame): Frame => (hasRoom(JSON.stringify(frame.data)) ? frame : { ...frame, data: {} });

/** Something of the other node's that has no kind of its own here. */
function told({ kind, message, data }: Frame): Happening {
  const { type: _type, text: _text, ...rest } = data;
  const text = (message ?? kind).slice(0, longestMessage);
  return {
    kind: "task.progress",
    source: "transport",
    data: { ...rest, type: "log", text, remote_kind: kind },
  };
}

/** A frame whose data has the form that its kind has here; undefined: it hasn't. */
function happeningOf(engine: Engine, relay: Relay, { kind, data, message }: Frame): Happening | undefined {
  if (!kinds.has(kind)) return undefined;
  const source = "transport";
  switch (kind) {
    case "task.progress":
      return isProgress(data) ? { kind, source, data } : undefined;
    case "task.awaiting_input":
      return asked(engine, relay, { prompt: message ?? "", ...data });
    case "task.resumed":
      return settled(relay, data);
    case "task.running":
      return goesOn(engine, relay);
    case "task.resume_requested":
      return Ulid.safeParse(data.request_id).success && !relay.answered.has(String(data.request_id))
        ? { kind, source, data: { ...data, actor: String(data.actor ?? "") } }
        : undefined;
    case "runtime.health":
      return {
        kind,
        source,
        data: { ...(typeof data.healthy === "boolean" ? { healthy: data.healthy } : {}) },
      };
    default:
      return undefined;
  }
}

const isProgress = ({ type, text, tool_call_id, entries, usage, truncated }: JsonObject): boolean => {
  if (truncated === true)
    return type === "tool_call" || type === "plan" || type === "usage" || type === "log";
  if (type === "message" || type === "thought" || type === "log") return typeof text === "string";
  if (type === "tool_call") return typeof tool_call_id === "string";
  return (type === "plan" && Array.isArray(entries)) || (type === "usage" && typeof usage === "object");
};

const dayMs = 24 * 60 * 60 * 1000;
/** Of one task at once; what is asked beyond is told as a step of the work. */
const mostQuestions = 32;

function asked(engine: Engine, relay: Relay, data: JsonObject): Happening | undefined {
  const now = engine.clock.now();
  const named = Ulid.safeParse(data.request_id).data;
  const isBare = data.request_id === undefined || data.request_id === null;
  const { awaiting } = relay.work.task;
  const open = isBare ? awaiting.filter((each) => !isAnswered(relay, each.request_id)) : awaiting;
  if (isBare && open.length > 0) return undefined;
  const request_id = named ?? newId();
  const own = {
    kind: "input",
    prompt: typeof data.prompt === "string" ? data.prompt : "",
    asked_at: new Date(now).toISOString(),
    expires_at: new Date(now + dayMs).toISOString(),
    request_id,
  };
  const expires_at = soonest(data.expires_at, now + relay.work.task.fixed.delivery.question_timeout_ms);
  const whole = Question.safeParse({ ...own, ...data, request_id, expires_at }).data;
  // Another kind of node may tell something else under these names, and still waits for an answer.
  const question = whole ?? (named === undefined ? Question.safeParse(own).data : undefined);
  const isRoom = awaiting.length < mostQuestions;
  if (question === undefined || !isRoom || awaiting.some((each) => each.request_id === request_id))
    return undefined;
  const foreign = typeof data.request_id === "string" ? data.request_id.slice(0, 255) : null;
  if (named === undefined) relay.foreign.set(request_id, foreign);
  return {
    kind: "task.awaiting_input",
    source: "transport",
    data: { ...question, ...(named === undefined ? { remote_request_id: foreign } : {}) },
    changes: { awaiting: [...awaiting, question] },
  };
}

/** A peer may ask for less time than the task allows a question, not for more. */
function soonest(said: Json | undefined, most: number): string {
  const time = typeof said === "string" ? Date.parse(said) : Number.NaN;
  return new Date(time < most ? time : most).toISOString();
}

/** Whether an answer is on its way. */
const isAnswered = ({ work }: Relay, request_id: string) => work.answering.has(request_id);

/** A node that names no questions works on: the one that was open has its answer. */
function goesOn(engine: Engine, relay: Relay): Happening | undefined {
  if (namesQuestions(engine, relay)) return undefined;
  const open = relay.work.task.awaiting.find(({ request_id }) => !isAnswered(relay, request_id));
  return open === undefined ? undefined : withoutQuestion(relay, open.request_id, "runtime");
}

/** Settles a question of a node that tells of no answers, when it has taken one. */
export async function settleAnswered(engine: Engine, relay: Relay, request_id: string): Promise<void> {
  const { work } = relay;
  const happening = withoutQuestion(relay, request_id, "caller");
  if (happening === undefined || ended(work.task.status)) return;
  const kept = noteOfRun(engine, work, happening);
  if (work.task.open === 0) resumeRunningTime(engine, work);
  await kept;
}

function settled(relay: Relay, data: JsonObject): Happening | undefined {
  const { awaiting } = relay.work.task;
  const own = [...relay.foreign].find(([, foreign]) => foreign !== null && foreign === data.request_id)?.[0];
  const request_id = own ?? data.request_id ?? awaiting[0]?.request_id;
  const by = resumedBy.find((each) => each === data.by) ?? "runtime";
  return withoutQuestion(relay, request_id, by);
}

function withoutQuestion(
  { work }: Relay,
  request_id: Json | undefined,
  by: ResumedBy,
): Happening | undefined {
  const { awaiting } = work.task;
  const others = awaiting.filter((each) => each.request_id !== request_id);
  if (typeof request_id !== "string" || others.length === awaiting.length) return undefined;
  return {
    kind: "task.resumed",
    source: "transport",
    data: { by, request_id },
    changes: { awaiting: others },
  };
}

/** With room for what this node adds. */
const largest = largestInline - 2048;
const hasRoom = (text: string) => text.length * 3 <= largest || Buffer.byteLength(text) <= largest;

/** A question that is too large is none that could be answered; anything else is an artifact. */
async function withinLimits(engine: Engine, { work }: Relay, happening: Happening): Promise<Happening> {
  const text = JSON.stringify(happening.data ?? {});
  if (hasRoom(text)) return happening;
  const stored = await engine.artifacts.store("application/json", Buffer.from(text));
  if (ended(work.task.status)) return happening;
  engine.artifacts.attach(work.task, stored);
  const data = { type: "log", truncated: true, remote_kind: happening.kind, artifact: referenceOf(stored) };
  return { kind: "task.progress", source: "transport", data };
}

/** An artifact gets a name of this node's; its bytes come when somebody wants them. */
function takeArtifact(engine: Engine, relay: Relay, frame: Frame): void {
  const { data: ref } = ArtifactRef.safeParse(frame.data);
  if (ref === undefined || !Ulid.safeParse(ref.artifact_id).success || !/^[0-9a-f]{64}$/.test(ref.sha256)) {
    note(engine, relay, frame, told(frame));
    return;
  }
  const { task_id } = relay.binding;
  const created_at = new Date(engine.clock.now()).toISOString();
  const { media_type, size_bytes, sha256 } = ref;
  const row = { artifact_id: newId(), task_id, media_type, size_bytes, sha256, created_at };
  const { name } = frame.data;
  note(engine, relay, frame, {
    kind: "artifact.created",
    source: "transport",
    data: { ...referenceOf(row), ...(typeof name === "string" ? { name: name.slice(0, 255) } : {}) },
  });
  const remote = {
    artifact_id: row.artifact_id,
    task_id,
    remote_artifact_id: ref.artifact_id,
    fetched: false,
  };
  engine.artifacts.adopt(relay.work.task, row);
  engine.log.with(relay.work.task, () => engine.relays.insertArtifact(remote));
  relay.artifacts.set(ref.artifact_id, row.artifact_id);
}

async function takeEnd(engine: Engine, relay: Relay, frame: Frame): Promise<void> {
  const { work } = relay;
  const result = resultOf(relay, frame);
  const usage = Usage.safeParse(frame.data.usage).data;
  const beside = { ...endOf(work, signalOf(frame, result)).data, ...placeOf(relay, frame) };
  const parts = await keepResult(engine, result, beside);
  if (ended(work.task.status)) return;
  if (parts.stored !== undefined) engine.artifacts.attach(work.task, parts.stored);
  const end = endOf(work, signalOf(frame, result));
  const whole = [...relay.artifacts.values()].find((id) => id === frame.data.result_artifact_id);
  const more = {
    ...(usage === undefined ? {} : { usage }),
    ...(whole === undefined || parts.stored !== undefined ? {} : { result_artifact_id: whole }),
  };
  const named = reasonOf(frame, end);
  const kept = noteOfRun(engine, work, {
    ...end,
    source: "transport",
    data: { ...end.data, ...named, ...parts.data, ...more, ...placeOf(relay, frame) },
    changes: {
      ...end.changes,
      ...(named === undefined ? {} : { last_error: named }),
      ...parts.changes,
      ...more,
    },
  });
  if (kept === undefined) return;
  const status = ended(work.task.status) ? work.task.status : relay.binding.status;
  keepBinding(engine, relay, { last_remote_seq: frame.seq, status });
  await kept;
}

/** What came of it, also where another kind of node says it in another form. */
function resultOf(relay: Relay, { data: { result } }: Frame): RunResult | undefined {
  const known = TaskResult.safeParse(result).data;
  if (known !== undefined) return withOwnArtifacts(relay, known) as RunResult;
  if (result === undefined || result === null) return undefined;
  return typeof result === "string" ? { text: result } : { text: "", data: result };
}

/** What it names as its artifacts are those that it told of, and no others of this node. */
function withOwnArtifacts({ artifacts }: Relay, { artifacts: named, ...result }: TaskResult): TaskResult {
  const own = new Set(artifacts.values());
  const known = named?.filter(({ artifact_id }) => own.has(artifact_id)) ?? [];
  return known.length === 0 ? result : { ...result, artifacts: known };
}

function signalOf({ kind, data, message }: Frame, result: RunResult | undefined): FinalSignal {
  const more = result === undefined ? {} : { result };
  if (kind === "task.completed") return { kind: "completed", result: result ?? { text: "" } };
  if (kind === "task.cancelled") return { kind: "cancelled", how: "confirmed", ...more };
  const said = [data.detail, data.reason, message].find((each) => typeof each === "string" && each !== "");
  const detail = typeof said === "string" ? said : "the other node gives no reason";
  return { kind: "failed", reason: "remote_failed", detail: detail.slice(0, longestMessage), ...more };
}

/** Why it failed there is why it failed, unless something was asked of it here. */
function reasonOf({ kind, data }: Frame, end: Happening) {
  if (kind !== "task.failed" || end.changes?.last_error?.reason !== "remote_failed") return undefined;
  const reason = failureReasons.find((each) => each === data.reason) ?? "remote_failed";
  const { detail } = end.changes.last_error;
  return { reason, ...(detail === undefined ? {} : { detail }) };
}
