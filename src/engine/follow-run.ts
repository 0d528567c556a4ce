/**
 * What a run tells becomes what is known of its task: each signal an event, by one exhaustive switch.
 */
import type { FailureReason } from "#contracts/enums.ts";
import { maxDepth, nestsWithin } from "#contracts/shared.ts";
import type { Usage } from "#contracts/tasks.ts";
import type { AskedQuestion, FinalSignal, JsonObject, Progress, Run, Signal } from "#src/core/ports.ts";
import { ended } from "#src/core/task-machine.ts";
import { messageOf } from "#src/errors.ts";
import { referenceOf } from "#src/store/artifact-rows.ts";
import type { Happening } from "#src/store/task-log.ts";
import { largestInline } from "./artifacts.ts";
import type { Engine, Work } from "./engine.ts";
import { detailOf, failure, withResult } from "./fail-task.ts";
import { fits, smallOf, splitQuestion } from "./fit-question.ts";
import { type Chunks, joinChunks } from "./join-chunks.ts";
import { keepResult } from "./keep-result.ts";
import { cancelRun, overdue, pauseRunningTime, resumeRunningTime } from "./steer-task.ts";

/** Writes down a run's signals until its final one; resolves when the run has ended. */
export async function followRun(engine: Engine, work: Work, run: Run): Promise<void> {
  const chunks = joinChunks(engine.clock, (type, text, state) => {
    const data = { type, text };
    noteOfRun(engine, work, { kind: "task.progress", source: "runtime", data, ...keeping(state) });
  });
  work.letOut = chunks.flush;
  try {
    for await (const signal of run.signals) {
      const writing = write(engine, work, chunks, signal);
      if (writing !== undefined) await writing;
    }
  } finally {
    chunks.flush();
    work.timers.running?.();
    work.timers.cancelling?.();
  }
  if (ended(work.task.status) || work.left) return;
  throw work.lost ?? new Error("the run ended without a final signal");
}

/** What is needed to attach to the run again, kept with what it belongs to. */
const keeping = (state: JsonObject | undefined): Pick<Happening, "changes"> =>
  state === undefined ? {} : { changes: { adapter_state: state } };

/**
 * Writes down what a run told. When that can't be written, the run is stopped, and the task ends as a
 * fault of the node: what readers see has no holes.
 */
export function noteOfRun(engine: Engine, work: Work, happening: Happening): Promise<void> | undefined {
  const kept = engine.log.append(work.task, happening);
  kept?.catch((cause: unknown) => {
    if (work.lost !== undefined) return;
    work.lost = new Error(`what the runtime told could not be written: ${messageOf(cause)}`, { cause });
    cancelRun(engine, work);
  });
  return kept;
}

/** @returns a promise only where there is something to wait for */
function write(engine: Engine, work: Work, chunks: Chunks, signal: Signal): Promise<void> | undefined {
  if (signal.kind === "progress") return writeProgress(engine, work, chunks, signal);
  chunks.flush();
  switch (signal.kind) {
    case "awaiting_input":
      return writeAsked(engine, work, signal);
    case "resumed":
      return writeResumed(engine, work, signal);
    case "artifact":
      return writeArtifact(engine, work, signal);
    case "completed":
    case "failed":
    case "cancelled":
      return writeEnd(engine, work, signal);
    default:
      return signal satisfies never;
  }
}

type SignalOf<Kind extends Signal["kind"]> = Extract<Signal, { kind: Kind }>;

function writeProgress(
  engine: Engine,
  work: Work,
  chunks: Chunks,
  { data, message, state }: SignalOf<"progress">,
): Promise<void> | undefined {
  if (data.type === "message" || data.type === "thought") {
    chunks.add(data.type, data.text, state);
    return undefined;
  }
  chunks.flush();
  if (!nestsWithin(data, maxDepth)) {
    const left = { type: "log", text: `a step of the type ${data.type} nests too deep, and was left out` };
    noteOfRun(engine, work, { kind: "task.progress", source: "adapter", data: left, ...keeping(state) });
    return undefined;
  }
  const text = JSON.stringify(data);
  if (text.length * 3 > largestInline && Buffer.byteLength(text) > largestInline)
    return writeLarge(engine, work, { data, text, state });
  noteOfRun(engine, work, {
    kind: "task.progress",
    source: "runtime",
    data,
    ...(message === undefined ? {} : { message }),
    ...keeping(state),
  });
  return undefined;
}

/** Bytes that a run made, under the name that it gave them. */
async function writeArtifact(engine: Engine, work: Work, signal: SignalOf<"artifact">): Promise<void> {
  const { name, media_type, bytes, state } = signal;
  if (ended(work.task.status)) return;
  const stored = await engine.artifacts.store(media_type, bytes);
  if (ended(work.task.status)) return;
  engine.artifacts.attach(work.task, stored, { name, changes: keeping(state).changes ?? {} });
}

/** A step that is too large for an event: its bytes are an artifact, the event has its reference. */
async function writeLarge(
  engine: Engine,
  work: Work,
  { data, text, state }: { data: Progress; text: string; state: JsonObject | undefined },
): Promise<void> {
  if (ended(work.task.status)) return;
  const stored = await engine.artifacts.store("application/json", Buffer.from(text));
  if (ended(work.task.status)) return;
  engine.artifacts.attach(work.task, stored);
  const event = {
    ...smallOf(data as JsonObject),
    type: data.type,
    truncated: true,
    artifact: referenceOf(stored),
  };
  noteOfRun(engine, work, { kind: "task.progress", source: "runtime", data: event, ...keeping(state) });
}

/** A question that is too large for an event: the whole of it is an artifact, which it names. */
function writeAsked(
  engine: Engine,
  work: Work,
  { question, state }: SignalOf<"awaiting_input">,
): Promise<void> | undefined {
  if (fits(question)) return writeQuestion(engine, work, question, state);
  return storeQuestion(engine, work, question).then((small) => writeQuestion(engine, work, small, state));
}

async function storeQuestion(engine: Engine, work: Work, asked: AskedQuestion): Promise<AskedQuestion> {
  const { whole, small } = splitQuestion(asked);
  const stored = await engine.artifacts.store("application/json", Buffer.from(JSON.stringify(whole)));
  if (!ended(work.task.status)) engine.artifacts.attach(work.task, stored);
  const reference: JsonObject = { ...referenceOf(stored) };
  return { ...small, tool_call: { ...small.tool_call, truncated: true, artifact: reference } };
}

function writeQuestion(
  engine: Engine,
  work: Work,
  asked: AskedQuestion,
  state: JsonObject | undefined,
): undefined {
  const { task } = work;
  const { timeout_ms, ...question } = asked;
  const askedAt = engine.clock.now();
  const open = {
    ...question,
    asked_at: new Date(askedAt).toISOString(),
    expires_at: new Date(askedAt + timeout_ms).toISOString(),
  } as (typeof task.awaiting)[number];
  const kept = noteOfRun(engine, work, {
    kind: "task.awaiting_input",
    source: "runtime",
    message: question.prompt,
    data: open,
    changes: { awaiting: [...task.awaiting, open], ...keeping(state).changes },
  });
  if (kept !== undefined) pauseRunningTime(engine, work);
  return undefined;
}

function writeResumed(engine: Engine, work: Work, { request_id, by, state }: SignalOf<"resumed">): undefined {
  const { task } = work;
  const others = task.awaiting.filter((question) => question.request_id !== request_id);
  if (others.length === task.awaiting.length) return undefined;
  noteOfRun(engine, work, {
    kind: "task.resumed",
    source: "runtime",
    data: { by, request_id },
    changes: { awaiting: others, ...keeping(state).changes },
  });
  if (others.length === 0) resumeRunningTime(engine, work);
  return undefined;
}

/** How a run's end ends its task, with what was asked of it in view. */
async function writeEnd(engine: Engine, work: Work, signal: FinalSignal): Promise<void> {
  const { task } = work;
  if (ended(task.status) || work.lost !== undefined) return;
  const parts = await keepResult(engine, signal.result, endOf(work, signal).data);
  const usage = signal.usage === undefined ? {} : { usage: signal.usage as Usage };
  if (ended(task.status) || work.lost !== undefined) return;
  if (parts.stored !== undefined) engine.artifacts.attach(task, parts.stored);
  const end = withResult(endOf(work, signal), parts);
  await engine.log.append(task, {
    ...end,
    data: { ...end.data, ...usage },
    changes: { ...end.changes, ...usage },
  });
}

const failed = (reason: FailureReason, detail: string): Happening => failure(reason, detail, "runtime");

export function endOf(work: Pick<Work, "task" | "interrupting">, signal: FinalSignal): Happening {
  const { cancel } = work.task;
  if (signal.kind === "completed") return { kind: "task.completed", source: "runtime" };
  if (cancel === "timeout") return failed("timeout", overdue(work, outcome(signal)));
  // After a cancel, an error of the run that was cancelled is its confirmation.
  if (cancel !== null) return { kind: "task.cancelled", source: "runtime", message: outcome(signal) };
  if (work.interrupting) return failed("interrupted", `the node was stopped in mid-turn; ${outcome(signal)}`);
  if (signal.kind === "cancelled") return failed("remote_failed", "the runtime cancelled the work by itself");
  const { reason } = signal;
  return failed(
    reason === "protocol_error" || reason === "interrupted" ? reason : "remote_failed",
    signal.detail,
  );
}

const cutOff = {
  confirmed: "the runtime confirmed that it stopped",
  process_ended: "the runtime did not confirm it, so its process was ended",
  quarantined: "the runtime did not confirm it, so its session was put in quarantine",
} as const;

const outcome = (signal: Exclude<FinalSignal, { kind: "completed" }>) =>
  signal.kind === "cancelled" ? cutOff[signal.how] : detailOf(`the run ended: ${signal.detail}`);
