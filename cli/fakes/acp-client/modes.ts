/** What the fake does with a prompt, by mode. */
import { appendFileSync } from "node:fs";
import type { SessionUpdate, StopReason } from "@agentclientprotocol/sdk";
import { delegate } from "../delegate.ts";
import type { Session } from "./sessions.ts";

/** One prompt, as a mode sees it. */
export interface Turn {
  readonly session: Session;
  readonly text: string;
  /** The prompt's JSON, or nothing. */
  readonly options: { readonly [key: string]: unknown };
  /** The task that AethroLink prompts for, or nothing. */
  readonly task_id: string;
  readonly cancelled: AbortSignal;
  update(update: SessionUpdate): Promise<void>;
  /** A piece of the answer. */
  say(text: string): Promise<void>;
  /**
   * Asks for permission; gives the kind of the chosen option, or cancelled.
   * @param withdrawn takes the request back when it is aborted
   */
  askPermission(title: string, withdrawn?: AbortSignal): Promise<string>;
  /** Asks for a name by a form; gives what was entered, or how it was refused. */
  askName(): Promise<string>;
  /** Bytes on stdout, past the protocol; resolves when they are written. */
  raw(text: string): Promise<void>;
}

/** How a turn ends; `answer` is what is remembered of it. */
export type Mode = (turn: Turn) => Promise<StopReason>;

const number = (turn: Turn, name: string, otherwise: number): number => {
  const value = turn.options[name];
  return typeof value === "number" ? value : otherwise;
};

/** Waits, or until the turn is cancelled; tells whether it was. */
const wait = (turn: Turn, ms: number): Promise<boolean> =>
  new Promise((resolve) => {
    if (turn.cancelled.aborted) return resolve(true);
    const timer = setTimeout(resolve, ms, false);
    turn.cancelled.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });

const untilCancelled = (turn: Turn): Promise<StopReason> =>
  new Promise((resolve) => {
    if (turn.cancelled.aborted) return resolve("cancelled");
    turn.cancelled.addEventListener("abort", () => resolve("cancelled"));
  });

const echo: Mode = async (turn) => {
  const firstAsked = /^Ask first: (.*)$/s.exec(turn.text)?.[1];
  if (firstAsked !== undefined) return askThenSay(turn, firstAsked);
  const exactly = /^Say exactly (.*)$/s.exec(turn.text)?.[1];
  const said = turn.session.history.map((exchange) => exchange.prompt);
  if (turn.text === "HISTORY?") await turn.say(`HISTORY[${said.length}]: ${said.join(" | ")}`);
  else await turn.say(exactly ?? `echo: ${turn.text}`);
  return "end_turn";
};

const success: Mode = async (turn) => {
  const toolCallId = "call-1";
  await turn.update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "thinking" } });
  await turn.update({
    sessionUpdate: "plan",
    entries: [{ content: "count", priority: "medium", status: "pending" }],
  });
  await turn.update({
    sessionUpdate: "tool_call",
    toolCallId,
    title: "counting",
    kind: "other",
    status: "pending",
  });
  for (const word of ["one ", "two ", "three"]) await turn.say(word);
  await turn.update({ sessionUpdate: "tool_call_update", toolCallId, status: "completed" });
  await turn.update({ sessionUpdate: "usage_update", size: 1000, used: 10 });
  return "end_turn";
};

const delayedSuccess: Mode = async (turn) => {
  const heartbeatMs = number(turn, "heartbeat_ms", 0);
  let left = number(turn, "delay_ms", 1000);
  while (left > 0) {
    const step = heartbeatMs > 0 ? Math.min(heartbeatMs, left) : left;
    if (await wait(turn, step)) return "cancelled";
    left -= step;
    if (heartbeatMs > 0 && left > 0) await turn.say(".");
  }
  await turn.say("done");
  return "end_turn";
};

const flood: Mode = async (turn) => {
  const text = "x".repeat(number(turn, "size", 16));
  const chunks = number(turn, "chunks", 10_000);
  const written: Promise<void>[] = [];
  for (let chunk = 0; chunk < chunks; chunk += 1) written.push(turn.say(text));
  await Promise.all(written);
  return "end_turn";
};

const garbage: Mode = async (turn) => {
  const noise = [
    "not json",
    "[]",
    "[1,2]",
    "42",
    "null",
    '"text"',
    '{"half":',
    "{}",
    '{"jsonrpc":"2.0"}',
    "\u0000",
  ];
  const lines = number(turn, "lines", 100);
  let text = "";
  for (let line = 0; line < lines; line += 1) text += `${noise[line % noise.length]}\n`;
  await turn.raw(text);
  await turn.say("after the noise");
  return "end_turn";
};

/** A message chunk whose line has exactly so many bytes. */
const bigLine: Mode = async (turn) => {
  const bytes = number(turn, "bytes", 64 * 1024 * 1024 + 1);
  const text = "@";
  const update = { sessionUpdate: "agent_message_chunk", content: { type: "text", text } };
  const params = { sessionId: turn.session.session_id, update };
  const [head = "", tail = ""] = JSON.stringify({ jsonrpc: "2.0", method: "session/update", params }).split(
    text,
  );
  await turn.raw(`${head}${"x".repeat(Math.max(0, bytes - head.length - tail.length))}${tail}\n`);
  return "end_turn";
};

async function askThenSay(turn: Turn, title: string): Promise<StopReason> {
  const kind = await turn.askPermission(title);
  if (kind === "cancelled") return "cancelled"; // the protocol says so to what was cancelled
  await turn.say(`permission: ${kind}`);
  return "end_turn";
}

const permission: Mode = (turn) => askThenSay(turn, "remove a file");

const awaitThenResume: Mode = async (turn) => {
  const kind = await turn.askPermission("go on?");
  if (kind === "cancelled") return "cancelled";
  await turn.say(`resumed: ${kind}`);
  return "end_turn";
};

/** Several questions at once. */
const questions: Mode = async (turn) => {
  const count = number(turn, "count", 2);
  const kinds = await Promise.all(
    Array.from({ length: count }, (_, n) => turn.askPermission(`remove file ${n + 1}`)),
  );
  if (kinds.includes("cancelled")) return "cancelled";
  await turn.say(`permissions: ${kinds.join(", ")}`);
  return "end_turn";
};

const input: Mode = async (turn) => {
  const name = await turn.askName();
  if (name === "cancel") return "cancelled";
  await turn.say(`input: ${name}`);
  return "end_turn";
};

/** Asks, and doesn't wait for the answer. */
const impatient: Mode = async (turn) => {
  const patience = new AbortController();
  const asked = turn.askPermission("remove a file", patience.signal).catch(() => "withdrawn");
  if (await wait(turn, number(turn, "patience_ms", 100))) return "cancelled";
  patience.abort();
  await turn.say(`permission: ${await asked}`);
  return "end_turn";
};

const crashAfterStart: Mode = async (turn) => {
  await turn.say("working");
  await turn.raw("");
  process.exit(number(turn, "exit_code", 3));
};

const count: Mode = async (turn) => {
  const { file } = turn.options;
  if (typeof file === "string") appendFileSync(file, `${turn.task_id}\n`);
  await turn.say("counted");
  return "end_turn";
};

const sayWorking = (then: Mode): Mode => {
  return async (turn) => {
    await turn.say("working");
    return then(turn);
  };
};

/** Lets another do it, and tells what that one answered. */
const delegating: Mode = async (turn) => {
  try {
    await turn.say(await delegate(turn.options, turn.task_id, turn.cancelled));
    return "end_turn";
  } catch (thrown) {
    if (turn.cancelled.aborted) return "cancelled";
    throw thrown;
  }
};

/** All modes that a prompt may name. */
export const modes: ReadonlyMap<string, Mode> = new Map([
  ["echo", echo],
  ["success", success],
  ["delayed_success", delayedSuccess],
  ["cancelled", sayWorking(untilCancelled)],
  ["ignore_cancel", sayWorking(() => new Promise<never>(() => {}))],
  ["silent", untilCancelled],
  ["flood", flood],
  ["garbage", garbage],
  ["big_line", bigLine],
  ["permission", permission],
  ["await_then_resume", awaitThenResume],
  ["questions", questions],
  ["input", input],
  ["impatient", impatient],
  ["crash_after_start", crashAfterStart],
  ["count", count],
  ["delegate", delegating],
]);
