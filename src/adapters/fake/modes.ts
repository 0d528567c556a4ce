/** The scripts of the runtime in memory: the same modes as the fake programs, without a process. */
import type { Clock, Json, JsonObject, TaskToRun } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { isJsonObject, promptText } from "#src/core/prompt-text.ts";
import type { Settlement } from "#src/core/questions.ts";
import type { FakeTurn } from "./turn.ts";

export type FakeScript = (turn: FakeTurn) => void | Promise<void>;

/** What a mode may use besides its turn. */
export interface ModeTools {
  readonly clock: Clock;
  readonly options: JsonObject;
  /** Ends the process that the turn runs on. */
  crash(detail: string): void;
}
type Mode = (turn: FakeTurn, tools: ModeTools) => void | Promise<void>;

/** The mode that a payload without text asks for, with its options. */
export function modeOf(payload: Json): { mode: string; options: JsonObject } {
  const text = promptText(payload);
  const options = isJsonObject(payload) && text.startsWith("{") ? payload : {};
  return { mode: typeof options.mode === "string" ? options.mode : "echo", options };
}

/** Throws what a runtime answers that doesn't take the work. */
export function refuseByMode(task: TaskToRun): void {
  if (modeOf(task.payload).mode === "submit_fail") {
    throw new AdapterFault("submit_failed", "the runtime refused the session: submit_fail");
  }
}

/** Runs the turn as its payload's `mode` says; an unknown mode is echoed. */
export function runByMode(
  turn: FakeTurn,
  clock: Clock,
  crash: (detail: string) => void,
): void | Promise<void> {
  const { mode, options } = modeOf(turn.task.payload);
  const run = Object.hasOwn(modes, mode) ? modes[mode] : undefined;
  return (run ?? echo)(turn, { clock, options, crash });
}

const numberOr = (value: Json | undefined, otherwise: number): number =>
  typeof value === "number" ? value : otherwise;

const echo: Mode = (turn) => {
  const exactly = /^Say exactly (.*)$/s.exec(turn.text)?.[1];
  turn.say(exactly ?? `echo: ${turn.text}`);
  turn.complete();
};

const untilCancelled: Mode = (turn) => {
  turn.say("working");
  turn.cancelled.addEventListener("abort", () => turn.confirmCancel());
};

const yesOrNo = [
  { option_id: "yes", name: "Allow", kind: "allow_once" },
  { option_id: "always", name: "Always allow", kind: "allow_always" },
  { option_id: "no", name: "Reject", kind: "reject_once" },
];

/** The kind of the chosen option; who doesn't answer in time rejects. */
function kindOf(settled: Settlement): string {
  return settled.by === "caller" && settled.answer.kind === "option"
    ? settled.answer.option.kind
    : "reject_once";
}

const modes: { readonly [mode: string]: Mode } = {
  echo,
  success(turn) {
    for (const word of ["one ", "two ", "three"]) turn.say(word);
    turn.complete();
  },
  cancelled: untilCancelled,
  silent: (turn) => turn.cancelled.addEventListener("abort", () => turn.confirmCancel()),
  ignore_cancel: (turn) => turn.say("working"),
  crash_after_start(turn, tools) {
    turn.say("working");
    tools.crash("exited with code 3");
  },
  flood(turn, { options }) {
    const text = "x".repeat(numberOr(options.size, 16));
    for (let chunk = 0; chunk < numberOr(options.chunks, 10_000); chunk += 1) turn.say(text);
    turn.complete();
  },
  delayed_success(turn, { options, clock }) {
    const takeBack = clock.after(numberOr(options.delay_ms, 100), () => turn.complete("done"));
    turn.cancelled.addEventListener("abort", () => {
      takeBack();
      turn.confirmCancel();
    });
  },
  big_line(turn) {
    turn.emit({ kind: "failed", reason: "protocol_error", detail: "a line is longer than the limit" });
  },
  async await_then_resume(turn) {
    const request_id = `${turn.task.task_id}-1`;
    const settled = await turn.ask({ request_id, kind: "permission", prompt: "go on?", options: yesOrNo });
    if (settled.by === "void") turn.confirmCancel();
    else turn.complete(`resumed: ${kindOf(settled)}`);
  },
};
