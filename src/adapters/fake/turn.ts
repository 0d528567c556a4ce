/** One execution at the runtime in memory, as its script drives it. */
import type {
  Clock,
  JsonObject,
  Lease,
  Question,
  Run,
  RunResult,
  Signal,
  Target,
  TaskToRun,
} from "#src/core/ports.ts";
import { promptText } from "#src/core/prompt-text.ts";
import { createQuestions, type Settlement } from "#src/core/questions.ts";
import { createSignalQueue } from "#src/core/signal-queue.ts";

/** What a script or a test does with a task that was submitted. Nothing happens after the end. */
export interface FakeTurn {
  readonly task: TaskToRun;
  readonly target: Target;
  readonly lease: Lease;
  /** The payload as a prompt. */
  readonly text: string;
  /** Aborted when the run is told to cancel. */
  readonly cancelled: AbortSignal;
  /** Any signal; answers false when the run has ended already. */
  emit(signal: Signal): boolean;
  /** A piece of the answer: progress, and part of the result's text. */
  say(text: string): void;
  /** Ends well, with what was said and `rest`. */
  complete(rest?: string): void;
  /** Ends as remote_failed with what was said. */
  fail(detail: string): void;
  /** Ends as cancelled with what was said. */
  confirmCancel(): void;
  /** Opens a question; resolves with how it was settled. */
  ask(question: Question): Promise<Settlement>;
  ended(): boolean;
}

export interface FakeTurnOptions {
  readonly task: TaskToRun;
  readonly target: Target;
  readonly lease: Lease;
  readonly clock: Clock;
  /** Milliseconds from a cancel to the end of a run that doesn't confirm it. */
  readonly cancelGraceMs: number;
  readonly canCancel: boolean;
  readonly canResume: boolean;
  readonly resume: Run["resume"];
  readonly cancel: Run["cancel"];
  readonly continuity: Pick<Run, "continuity" | "continuity_reason">;
  readonly session: string;
}

const neverWithdrawn = new AbortController().signal;

/** A turn for the script, and the run that the engine gets of it. */
export function startTurn(options: FakeTurnOptions): { turn: FakeTurn; run: Run; giveUp: () => void } {
  const queue = createSignalQueue();
  const cancelled = new AbortController();
  const questions = createQuestions(options.clock, (signal) => void queue.push(signal));
  let said = "";
  let takeBackGrace = (): void => {};

  const emit = (signal: Signal): boolean => {
    const taken = queue.push(signal);
    if (queue.ended()) {
      takeBackGrace();
      questions.close();
    }
    return taken;
  };

  const result = (): RunResult => ({ text: said });
  const turn: FakeTurn = {
    task: options.task,
    target: options.target,
    lease: options.lease,
    text: promptText(options.task.payload),
    cancelled: cancelled.signal,
    emit,
    say(text) {
      said += text;
      emit({ kind: "progress", data: { type: "message", text } });
    },
    complete(rest = "") {
      said += rest;
      emit({ kind: "completed", result: { ...result(), stop_reason: "end_turn" } });
    },
    fail: (detail) => void emit({ kind: "failed", reason: "remote_failed", detail, result: result() }),
    confirmCancel: () => void emit({ kind: "cancelled", how: "confirmed", result: result() }),
    async ask(question) {
      const asked = { ...question, timeout_ms: options.task.question_timeout_ms };
      const { settlement, told } = await questions.ask(asked, undefined, neverWithdrawn);
      told.resolve();
      return settlement;
    },
    ended: queue.ended,
  };

  const cancel = async (): Promise<void> => {
    if (cancelled.signal.aborted || queue.ended()) return;
    cancelled.abort();
    questions.close();
    takeBackGrace = options.clock.after(options.cancelGraceMs, () => {
      emit({ kind: "cancelled", how: "quarantined", result: result() });
    });
  };
  /** Nobody waits for it any more. */
  const giveUp = (): void => {
    if (queue.ended()) return;
    emit({ kind: "failed", reason: "interrupted", detail: "the node stopped waiting", result: result() });
    cancelled.abort();
  };
  const adapter_state: JsonObject = {};
  const run: Run = {
    handle: { binding: "acp_client_stdio", remote_session_id: options.session, adapter_state },
    ...options.continuity,
    signals: queue.signals,
    ...(options.canResume ? { resume: options.resume ?? questions.answer } : {}),
    ...(options.canCancel ? { cancel: options.cancel ?? cancel } : {}),
  };
  return { turn, run, giveUp };
}
