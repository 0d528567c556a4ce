/** The quirks of runtimes, as data. What can't be said here is another adapter. */
import type { JsonObject } from "#src/core/ports.ts";
import { stopsOpenClaw } from "./stop-words.ts";
import type { TokensOf } from "./usage.ts";

/**
 * What shows that a session is really the old one: its replay, its place in session/list, what the answer
 * tells of its origin, or the answer itself where an unknown session is an error.
 */
export type Proof = "replay" | "list" | "provenance" | "answer";

export interface Dialect {
  /** One process for each executor, or one for the whole target if it lists no commands for executors. */
  readonly process: "executor" | "target";
  /** How long its greeting may take. */
  readonly initialize_timeout_ms: number;
  /** Put before a prompt that would be taken as a command of the runtime: one that begins with a slash. */
  readonly slash_guard: string;
  /** Which others would be taken as one. */
  readonly is_command: (text: string) => boolean;
  /** What the tokens that a prompt's answer tells of are counted over. */
  readonly tokens_of: TokensOf;
  /** Whether a session takes no more prompts after one that was answered with an error. */
  readonly error_ends_session: boolean;
  /** What is taken as a proof of a session that was taken up again; any of them does. */
  readonly proofs: { readonly resume: readonly Proof[]; readonly load: readonly Proof[] };
  /** Whether a replay may go on behind the answer to session/load. */
  readonly replays_late: boolean;
  /** Whether sessions have keys of the caller's choice, by which any process finds them. */
  readonly session_keys: boolean;
  /** Whether keys that differ in upper and lower case alone are one. */
  readonly folds_session_keys: boolean;
  /** Said with each prompt. */
  readonly prompt_meta: JsonObject;
  /** The longest that a question may stay open. */
  readonly question_timeout_ms: number;
  /** How a text looks that tells of a failure in place of an answer; null: failures are errors. */
  readonly failure_text: FailureText | null;
  /** What is to be said of an answer that came after a tool call. */
  readonly warning_after_tool: string | null;
}

export interface FailureText {
  readonly pattern: RegExp;
  /** `without_usage`: only a turn that cost nothing failed for sure; another gets a warning. */
  readonly sure: "always" | "without_usage";
}

const generic: Dialect = {
  process: "target",
  initialize_timeout_ms: 30_000,
  slash_guard: "Text: ", // a newline is not enough: Gemini's CLI and others trim a prompt first
  is_command: () => false,
  tokens_of: "turn",
  error_ends_session: false,
  proofs: { resume: ["list"], load: ["replay", "list"] },
  replays_late: true,
  session_keys: false,
  folds_session_keys: false,
  prompt_meta: {},
  question_timeout_ms: Number.POSITIVE_INFINITY,
  failure_text: null,
  warning_after_tool: null,
};

const dialects: { readonly [name: string]: Dialect } = {
  generic,
  hermes: {
    process: "executor",
    initialize_timeout_ms: 30_000,
    slash_guard: "Text: ",
    is_command: () => false,
    tokens_of: "session",
    // It goes on to count the turn as running: later prompts are put in a queue that nobody reads, and
    // are answered end_turn. A cancel before the first word is answered like this.
    error_ends_session: true,
    // It answers for sessions that it doesn't have, too.
    proofs: { resume: ["provenance"], load: ["provenance"] },
    replays_late: false,
    session_keys: false,
    folds_session_keys: false,
    prompt_meta: {},
    // It denies by itself after 60 s, without a word: forestalled, so that the time that is told is true.
    question_timeout_ms: 55_000,
    // What its model answered with, said as if it were an answer.
    failure_text: { pattern: /^\s*HTTP [45]\d\d: /, sure: "without_usage" },
    warning_after_tool: null,
  },
  openclaw: {
    ...generic,
    initialize_timeout_ms: 55_000, // its bridge takes 5 to 22 s, and over 30 on a busy machine
    slash_guard: "Text:", // it takes commands out of a text, too, behind any space
    is_command: stopsOpenClaw, // and such a prompt would never be answered
    // An unknown key is an error of session/resume; session/load makes a session of it.
    proofs: { resume: ["answer"], load: ["replay"] },
    replays_late: false,
    session_keys: true,
    folds_session_keys: true,
    prompt_meta: { prefixCwd: false },
    failure_text: { pattern: /^\[OpenClaw interruption\]/m, sure: "always" },
    warning_after_tool:
      "OpenClaw often passes on only the beginning of what it says after a tool call; the answer may not be whole",
  },
};

/** The row of a dialect; an unknown name gets the generic one. */
export function dialectOf(name: string): Dialect {
  return (Object.hasOwn(dialects, name) ? dialects[name] : undefined) ?? generic;
}
