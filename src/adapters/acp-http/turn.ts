/**
 * One run as its task sees it: what is heard of it becomes signals. No network here.
 *
 * Invariants:
 * 1. It ends once, with one final signal, or is let go of; what is heard afterwards changes nothing.
 * 2. An event is taken once. How many were is part of the state that goes with each signal, so that it is on
 *    disk exactly when the signal is.
 * 3. At most one question is open; a cancel and the end close it.
 */
import type { FailureReason } from "#contracts/enums.ts";
import { cut, longestDetail } from "#src/core/bounds.ts";
import type { LeftQuestion } from "#src/core/left-run.ts";
import type { Clock, FinalSignal, Json, JsonObject, RunResult, Signal } from "#src/core/ports.ts";
import { createSignalQueue } from "#src/core/signal-queue.ts";
import type { Dialect } from "./dialects.ts";
import { questionOf } from "./questions.ts";
import { answerOf, errorOf, partsOf, type Step, stepOf, stepOfPart, stepOfRun } from "./signals.ts";

/** What of a run was taken over already. */
export interface Taken {
  /** Events. */
  readonly events: number;
  /** Characters of the answer. */
  readonly said: number;
  /** Artifacts. */
  readonly made: number;
}

export interface TurnOptions {
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly newId: () => string;
  /** How long a question stays open. */
  readonly questionMs: number;
  /** The most bytes that a run may say and make. */
  readonly limit: number;
  readonly mask: (text: string) => string;
  /** What is needed to attach to it, but for what was taken. */
  readonly remote: JsonObject;
  readonly taken: Taken;
  /** What it had said in an earlier life. */
  readonly said: string;
  /** Nobody has answered in time. */
  readonly unanswered: (request_id: string) => void;
  /** It can't be understood any more, and goes on at its server. */
  readonly broke: () => void;
  /** It has ended, or was let go of. */
  readonly over: () => void;
}

export interface Turn {
  readonly signals: AsyncIterable<Signal>;
  ended(): boolean;
  taken(): Taken;
  hear(event: JsonObject): void;
  /** Where the run stands as a whole, of a server that tells nothing else. */
  see(run: JsonObject): void;
  /** The open question. */
  asking(): string | undefined;
  /** Opens a question of an earlier life again. */
  askAgain(question: LeftQuestion): void;
  /** The run goes on; false: nothing was asked. */
  settle(by: Extract<Signal, { kind: "resumed" }>["by"]): boolean;
  /** It is to end: no question is open any more. */
  cancelling(): void;
  fail(reason: FailureReason, detail: string): void;
  cutOff(how: "process_ended" | "quarantined"): void;
  /** Lets go of it. */
  close(): void;
}

const staleMs = 2000;

/** A run that a server has. */
export function createTurn(options: TurnOptions): Turn {
  const { clock, dialect } = options;
  const queue = createSignalQueue();
  let taken = options.taken;
  let text = options.said;
  let data: Json | undefined;
  let bytes = 0;
  let cancelAsked = false;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let open: { readonly request_id: string; readonly takeBack: () => void } | undefined;

  const state = (): JsonObject => ({ ...options.remote, taken: { ...taken } });
  const close = (): void => {
    open?.takeBack();
    open = undefined;
  };
  const end = (signal: FinalSignal): void => {
    if (!queue.push(signal)) return;
    close();
    options.over();
  };
  const soFar = (): { result: RunResult } => ({ result: data === undefined ? { text } : { text, data } });
  const fail = (reason: FailureReason, detail: string): void => {
    if (reason === "protocol_error" && !queue.ended()) options.broke();
    // After a cancel, an error of the run is its confirmation.
    if (cancelAsked && reason === "remote_failed") end({ kind: "cancelled", how: "confirmed", ...soFar() });
    else end({ kind: "failed", reason, detail: cut(options.mask(detail), longestDetail), ...soFar() });
  };

  const finish = (run: JsonObject): void => {
    const whole = answerOf(run);
    // Where the server doesn't repeat the answer, what was heard of it is all there is.
    if (whole.text !== "" || text === "") ({ text, data } = { data: undefined, ...whole });
    const { status } = run;
    if (status === "completed") end({ kind: "completed", ...completed() });
    else if (status !== "cancelled") fail("remote_failed", errorOf(run));
    else if (cancelAsked) end({ kind: "cancelled", how: "confirmed", ...soFar() });
    else fail("remote_failed", "the runtime cancelled the work by itself");
  };
  const completed = (): { result: RunResult } => {
    const { result } = soFar();
    const silent = text === "" && taken.made === 0;
    const warning = silent ? { warning: "the answer came without any text" } : {};
    return { result: { ...result, stop_reason: "completed", ...warning } };
  };

  const openQuestion = (request_id: string, afterMs: number): void => {
    const takeBack = clock.after(Math.max(0, afterMs), () => options.unanswered(request_id));
    open = { request_id, takeBack };
  };
  const settle: Turn["settle"] = (by) => {
    if (open === undefined) return false;
    const { request_id } = open;
    answeredAt = clock.now();
    close();
    queue.push({ kind: "resumed", request_id, by, state: state() });
    return true;
  };
  const count = (size: number): boolean => {
    bytes += size;
    if (bytes <= options.limit) return true;
    fail("protocol_error", `the run said and made more than ${options.limit} bytes`);
    return false;
  };
  const say = (said: string, as: Json | undefined): void => {
    if (!count(said.length)) return;
    text += said;
    if (as !== undefined) data = as;
    taken = { ...taken, said: taken.said + said.length };
    if (said !== "") queue.push({ kind: "progress", data: { type: "message", text: said }, state: state() });
  };
  const make = (step: Extract<Step, { kind: "artifact" }>): void => {
    if (!count(step.bytes.length)) return;
    taken = { ...taken, made: taken.made + 1 };
    queue.push({ ...step, state: state() });
  };

  const ask = (request: JsonObject): void => {
    if (open !== undefined || cancelAsked) return;
    const timeout_ms = options.questionMs;
    const question = { ...questionOf(request, options.newId(), options.mask), timeout_ms };
    openQuestion(question.request_id, timeout_ms);
    queue.push({ kind: "awaiting_input", question, state: state() });
  };
  const act = (step: Step | undefined): void => {
    if (step?.kind === "said") say(step.text, step.data);
    else if (step?.kind === "progress") queue.push({ ...step, state: state() });
    else if (step?.kind === "artifact") make(step);
    else if (step?.kind === "awaiting") ask(step.request);
    else if (step?.kind === "working") settle("runtime");
    else if (step !== undefined) finish(step.run);
  };

  return {
    signals: queue.signals,
    ended: queue.ended,
    taken: () => taken,
    hear(event) {
      if (queue.ended()) return;
      taken = { ...taken, events: taken.events + 1 };
      act(stepOf(event, dialect));
    },
    see(run) {
      if (queue.ended()) return;
      const whole = answerOf(run);
      if (whole.text.length > taken.said) say(whole.text.slice(taken.said), whole.data);
      const step = stepOfRun(run, dialect);
      if (step.kind === "ended") {
        const made = partsOf(run).flatMap((part) => {
          const each = stepOfPart(part);
          return each?.kind === "artifact" ? [each] : [];
        });
        for (const each of made.slice(taken.made)) make(each);
      }
      // Right after an answer some still say that they wait for it.
      if (step.kind !== "awaiting" || clock.now() - answeredAt > staleMs) act(step);
    },
    asking: () => open?.request_id,
    askAgain: ({ request_id, leftMs }) => openQuestion(request_id, leftMs),
    settle,
    cancelling() {
      cancelAsked = true;
      close();
    },
    fail,
    cutOff: (how) => end({ kind: "cancelled", how, ...soFar() }),
    close() {
      if (queue.ended()) return;
      queue.close();
      close();
      options.over();
    },
  };
}
