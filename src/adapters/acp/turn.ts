/**
 * One prompt at an agent, from its words to its end.
 *
 * Invariants:
 * 1. It ends once, with one final signal; what comes afterwards changes nothing.
 * 2. The text is what was said before the prompt's answer came, in the order of the wire.
 * 3. A cancel that isn't confirmed in the grace time cuts the turn off.
 * 4. A cancel, and the end, close the open questions: the agent is told `cancelled`.
 */
import type { Clock, FinalSignal, JsonObject, Question, Run, Signal, TaskToRun } from "#src/core/ports.ts";
import { createQuestions, type Settled } from "#src/core/questions.ts";
import { createSignalQueue } from "#src/core/signal-queue.ts";
import { type Answer, endOf, finalOf, type Reading, readUpdate, type TurnSoFar } from "./signals.ts";
import type { Meter } from "./usage.ts";

/** What a turn needs of the process that it runs in. */
export interface TurnTools {
  readonly clock: Clock;
  readonly cancelGraceMs: number;
  /** The longest text of one turn, in characters. */
  readonly turnLimit: number;
  /** How long a question of the agent's stays open. */
  readonly questionMs: number;
  readonly reading: Reading;
  /** Masks known secrets in what is told about an error. */
  mask(text: string): string;
  readonly meter: Meter;
  /** Says session/cancel. */
  sayCancel(): Promise<void>;
  /** Stops the work of a turn that doesn't confirm its cancel. */
  cutOff(): void;
  /** It said more than `turnLimit`: nobody listens any more. */
  saidTooMuch(): void;
  /** The prompt was answered with an error; said before `over`. */
  refused(): void;
  /** The turn has ended. */
  over(): void;
}

export interface Turn {
  readonly task_id: string;
  readonly signals: AsyncIterable<Signal>;
  /** See {@link Run.cancel}. */
  cancel(): Promise<void>;
  /** Whether it has ended, or its end was asked for. */
  over(): boolean;
  /** See {@link Run.resume}. */
  readonly resume: NonNullable<Run["resume"]>;
  /**
   * Opens a question.
   * @param withdrawn aborted when the agent takes its request back
   */
  ask(question: Question, withdrawn: AbortSignal): Promise<Settled>;
  hear(update: JsonObject): void;
  answer(answer: Answer): void;
  /** Something that isn't part of the answer, for the log of the task. */
  tell(text: string): void;
  /** Its process has gone. */
  died(detail: string): void;
  /** Its process can't be understood any more. */
  broke(detail: string): void;
  /** Nobody waits for it any more. */
  interrupt(detail: string): void;
  /** Its session is left to itself. */
  quarantined(): void;
}

/** A turn whose prompt is about to be written. */
export function createTurn(task: TaskToRun, tools: TurnTools): Turn {
  const queue = createSignalQueue();
  const questions = createQuestions(tools.clock, (signal) => void queue.push(signal));
  let text = "";
  let cost_usd: number | undefined;
  let cancelAsked = false;
  let toolCalled = false;
  let takeBackGrace = (): void => {};

  const soFar = (): TurnSoFar => ({ text, cost_usd, cancelAsked, toolCalled });
  const end = (signal: FinalSignal): void => {
    if (queue.ended()) return;
    takeBackGrace();
    const usage = signal.usage === undefined ? {} : { usage: tools.meter(signal.usage) };
    const masked = signal.kind === "failed" ? { detail: tools.mask(signal.detail) } : {};
    queue.push({ ...signal, ...masked, ...usage });
    questions.close();
    tools.over();
  };
  const fail = (reason: "remote_failed" | "protocol_error" | "interrupted", detail: string): void => {
    // After a cancel, any end of the process is a confirmation.
    if (cancelAsked && reason !== "interrupted")
      end({ kind: "cancelled", how: "process_ended", ...endOf(soFar(), {}) });
    else end({ kind: "failed", reason, detail, ...endOf(soFar(), {}) });
  };

  return {
    task_id: task.task_id,
    signals: queue.signals,
    async cancel() {
      if (cancelAsked || queue.ended()) return;
      cancelAsked = true;
      takeBackGrace = tools.clock.after(tools.cancelGraceMs, tools.cutOff);
      await tools.sayCancel();
      questions.close(); // invariant 4, behind the cancel: it says what these answers mean
    },
    over: () => cancelAsked || queue.ended(),
    resume: questions.answer,
    ask(question, withdrawn) {
      const tool_call_id = question.tool_call?.toolCallId;
      return questions.ask(
        { ...question, timeout_ms: tools.questionMs },
        typeof tool_call_id === "string" ? tool_call_id : undefined,
        withdrawn,
      );
    },
    hear(update) {
      if (queue.ended()) return;
      if (endsToolCall(update)) questions.wentOn(update.toolCallId);
      const heard = readUpdate(update);
      const { text: more = "" } = heard;
      if (text.length + more.length > tools.turnLimit) return tools.saidTooMuch();
      text += more;
      if (heard.cost_usd !== undefined) cost_usd = heard.cost_usd;
      toolCalled ||= heard.progress?.type === "tool_call";
      if (heard.progress !== undefined) queue.push({ kind: "progress", data: heard.progress });
    },
    answer(answer) {
      if ("error" in answer) tools.refused();
      end(finalOf(answer, soFar(), tools.reading));
    },
    tell: (said) => void queue.push({ kind: "progress", data: { type: "log", text: tools.mask(said) } }),
    died: (detail) => fail("remote_failed", detail),
    broke: (detail) => fail("protocol_error", detail),
    interrupt(detail) {
      if (queue.ended()) return;
      void tools.sayCancel();
      fail("interrupted", detail);
    },
    quarantined: () => end({ kind: "cancelled", how: "quarantined", ...endOf(soFar(), {}) }),
  };
}

/** Whether an update tells that a tool call is over. */
function endsToolCall(update: JsonObject): update is JsonObject & { readonly toolCallId: string } {
  const { sessionUpdate, toolCallId, status } = update;
  const over = status === "completed" || status === "failed";
  return sessionUpdate === "tool_call_update" && typeof toolCallId === "string" && over;
}

/** The run that the engine gets of a turn. */
export function runOf(
  turn: Turn,
  session_id: string,
  adapter_state: JsonObject,
  continuity: Pick<Run, "continuity" | "continuity_reason">,
): Run {
  return {
    handle: { binding: "acp_client_stdio", remote_session_id: session_id, adapter_state },
    ...continuity,
    signals: turn.signals,
    cancel: turn.cancel,
    resume: turn.resume,
  };
}
