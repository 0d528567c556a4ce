/**
 * Protocol frame → signal. Pure: recordings are replayed against it. Kinds and fields that it doesn't
 * know are left out, never an error: agents are ahead of any client.
 */
import { cut, longestDetail } from "#src/core/bounds.ts";
import type { FinalSignal, Json, JsonObject, Progress, RunResult, Usage } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import type { Masker } from "#src/processes/stderr-tail.ts";
import type { Dialect } from "./dialects.ts";

/** What one session/update says. */
export interface Heard {
  readonly progress?: Progress;
  /** Part of the answer. */
  readonly text?: string;
  /** What the session has cost so far. */
  readonly cost_usd?: number;
}

/** What a turn has heard before its answer. */
export interface TurnSoFar {
  readonly text: string;
  readonly cost_usd: number | undefined;
  /** Whether we asked for its end. */
  readonly cancelAsked: boolean;
  /** Whether it told of a tool call. */
  readonly toolCalled: boolean;
}

/** What an agent's answers mean beyond the protocol. */
export interface Reading {
  /** What an agent that wants a login said about it at its start. */
  readonly instruction: string;
  /** Masks known secrets. Before anything is cut: a part of a secret is not known any more. */
  readonly mask: Masker;
  readonly dialect: Pick<Dialect, "failure_text" | "warning_after_tool">;
}

/** A JSON-RPC answer to the prompt. */
export type Answer = { readonly result: Json } | { readonly error: Json };

const nothing: Heard = {};

/** Reads one `update` of a session/update notification. */
export function readUpdate(update: JsonObject): Heard {
  const kind = update.sessionUpdate;
  if (typeof kind !== "string" || !Object.hasOwn(readers, kind)) return nothing;
  return readers[kind]?.(update) ?? nothing;
}

const readers: { readonly [kind: string]: (update: JsonObject) => Heard } = {
  agent_message_chunk(update) {
    const text = textOf(update.content);
    if (text === undefined) return unreadable(update.content);
    return text === "" ? nothing : { text, progress: { type: "message", text } };
  },
  agent_thought_chunk(update) {
    const text = textOf(update.content);
    if (text === undefined) return unreadable(update.content);
    return text === "" ? nothing : { progress: { type: "thought", text } };
  },
  tool_call: readToolCall,
  tool_call_update: readToolCall,
  plan(update) {
    return Array.isArray(update.entries) ? { progress: { type: "plan", entries: update.entries } } : nothing;
  },
  notice(update) {
    const words = [update.title, update.description].filter(
      (word) => typeof word === "string" && word !== "",
    );
    return words.length === 0 ? nothing : { progress: { type: "log", text: words.join(": ") } };
  },
  usage_update(update) {
    const usage = pick(update, ["used", "size", "cost"]);
    const cost = isJsonObject(update.cost) ? update.cost : undefined;
    const { amount, currency } = cost ?? {};
    const isInDollars = currency === "USD" && typeof amount === "number" && amount >= 0;
    return { progress: { type: "usage", usage }, ...(isInDollars ? { cost_usd: amount } : {}) };
  },
};

function textOf(content: Json | undefined): string | undefined {
  return isJsonObject(content) && content.type === "text" && typeof content.text === "string"
    ? content.text
    : undefined;
}

/** A block of another type can't be part of a text; that it was there is told. */
function unreadable(content: Json | undefined): Heard {
  if (!isJsonObject(content) || typeof content.type !== "string") return nothing;
  const text = `the runtime sent a block of type ${content.type}, which is not kept`;
  return { progress: { type: "log", text } };
}

function readToolCall(update: JsonObject): Heard {
  const { toolCallId } = update;
  if (typeof toolCallId !== "string") return nothing;
  const words: { title?: string; kind?: string; status?: string } = {};
  for (const name of ["title", "kind", "status"] as const) {
    const value = update[name];
    if (typeof value === "string") words[name] = value;
  }
  return { progress: { type: "tool_call", tool_call_id: toolCallId, ...words } };
}

function pick(object: JsonObject, names: readonly string[]): JsonObject {
  const picked: { [name: string]: Json } = {};
  for (const name of names) {
    const value = object[name];
    if (value !== undefined && value !== null) picked[name] = value;
  }
  return picked;
}

/** How a turn ends with the answer to its prompt (stopReason, or an error). */
export function finalOf(answer: Answer, turn: TurnSoFar, reading: Reading): FinalSignal {
  if ("error" in answer) {
    // After our cancel an error is a confirmation in other words.
    if (turn.cancelAsked) return { kind: "cancelled", how: "confirmed", ...endOf(turn, {}) };
    return failed("remote_failed", describeError(answer.error, reading.instruction, reading.mask), turn, {});
  }
  const result = isJsonObject(answer.result) ? answer.result : {};
  const stop = typeof result.stopReason === "string" ? result.stopReason : undefined;
  if (stop === "end_turn") return completed(turn, result, reading);
  if (turn.cancelAsked) return { kind: "cancelled", how: "confirmed", ...endOf(turn, result, stop) };
  if (stop === undefined) {
    return failed("protocol_error", "the runtime answered the prompt without a stop reason", turn, result);
  }
  const detail =
    stop === "cancelled"
      ? "the runtime says cancelled, and nobody asked for it"
      : `the runtime stopped: ${reading.mask(stop).slice(0, 100)}`;
  return failed("remote_failed", detail, turn, result, stop);
}

function completed(turn: TurnSoFar, result: JsonObject, { dialect, mask }: Reading): FinalSignal {
  const end = endOf(turn, result, "end_turn");
  const { failure_text } = dialect;
  const looksFailed = failure_text?.pattern.test(turn.text) === true;
  if (looksFailed && (failure_text?.sure === "always" || end.usage.source === "none")) {
    return failed(
      "remote_failed",
      `the runtime tells of a failure: ${mask(turn.text.trim()).slice(0, 500)}`,
      turn,
      result,
    );
  }
  const warning = looksFailed
    ? "the runtime's answer looks like an error of its model"
    : warningOf(turn, dialect.warning_after_tool);
  return { kind: "completed", ...end, result: warning === null ? end.result : { ...end.result, warning } };
}

function warningOf(turn: TurnSoFar, afterTool: string | null): string | null {
  if (turn.text === "") return "the runtime completed without any text; its answer may not be whole";
  return turn.toolCalled ? afterTool : null;
}

function failed(
  reason: "remote_failed" | "protocol_error",
  detail: string,
  turn: TurnSoFar,
  result: JsonObject,
  stop?: string,
): FinalSignal {
  return { kind: "failed", reason, detail, ...endOf(turn, result, stop) };
}

/** The result so far, whole or partial, with what it cost. */
export function endOf(
  turn: TurnSoFar,
  result: JsonObject,
  stop_reason?: string,
): { result: RunResult; usage: Usage } {
  const text = turn.text;
  return {
    result: stop_reason === undefined ? { text } : { text, stop_reason },
    usage: usageOf(tokensIn(result), turn.cost_usd),
  };
}

/** The tokens that an answer tells of: in the protocol's words, else in those of Gemini's CLI. */
function tokensIn({
  usage,
  _meta,
}: JsonObject): readonly [input: Json | undefined, output: Json | undefined] {
  if (isJsonObject(usage)) return [usage.inputTokens, usage.outputTokens];
  const quota = isJsonObject(_meta) ? _meta.quota : undefined;
  const count = isJsonObject(quota) ? quota.token_count : undefined;
  return isJsonObject(count) ? [count.input_tokens, count.output_tokens] : [undefined, undefined];
}

const isCount = (value: Json | undefined): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function usageOf([input, output]: ReturnType<typeof tokensIn>, cost_usd: number | undefined): Usage {
  const told = {
    ...(isCount(input) ? { input_tokens: input } : {}),
    ...(isCount(output) ? { output_tokens: output } : {}),
    ...(cost_usd === undefined ? {} : { cost_usd }),
  };
  return { ...told, source: Object.keys(told).length > 0 ? "reported" : "none" };
}

/** The protocol's code for an agent that wants a login first. */
const authRequired = -32000;

/** Characters of an error's data: what is said behind it has room, too. */
const longestMore = 1000;

/** What an error says beside its message: its details where it has them, else its data as it is. */
function moreOf(data: Json | undefined): string {
  const said = isJsonObject(data) && typeof data.details === "string" ? data.details : data;
  if (said === undefined || said === null || Object.keys(said).length === 0) return "";
  return `: ${typeof said === "string" ? said : jsonOf(said)}`;
}

function jsonOf(data: Json): string {
  try {
    return JSON.stringify(data);
  } catch {
    return "it can't be shown"; // nested too deep to be written
  }
}

/** A JSON-RPC error in words, secrets masked; `instruction` is added where the agent wants a login. */
export function describeError(error: Json | undefined, instruction: string, mask: Masker): string {
  const { code, message, data } = isJsonObject(error) ? error : {};
  const said = typeof message === "string" && message !== "" ? message : "no message";
  const more = cut(mask(moreOf(data)), longestMore);
  const help = code === authRequired && instruction !== "" ? `. ${instruction}` : "";
  const named = typeof code === "number" ? code : "unknown";
  return cut(mask(`the runtime answered with error ${named}: ${said}${more}${help}`), longestDetail);
}
