/** How kinds of HTTP servers differ, as data. */
import type { Json, JsonObject } from "#src/core/ports.ts";

export interface Dialect {
  /** Whether its runs are of a named agent, of which it tells a list. */
  readonly agents: boolean;
  /** How a run is asked for; `stream`: its events come as the answer. */
  readonly mode: "stream" | "async";
  /** Whether it keeps a list of a run's events. */
  readonly lists_events: boolean;
  /** Whether it tells of its sessions. */
  readonly sessions: boolean;
  /** The body field of what is said, and whether its parts are in a message. */
  readonly input: { readonly field: string; readonly in_message: boolean };
  /** Behind the run's own path. */
  readonly resume_path: string;
  /** What its words for a run's states mean. */
  readonly states: { readonly [word: string]: RunState };
}

/** `working`: anything that has neither ended nor asks. */
export type RunState = "working" | "awaiting" | "completed" | "failed" | "cancelled";

const ends = { completed: "completed", failed: "failed", cancelled: "cancelled" } as const;

const dialects: { readonly [name: string]: Dialect } = {
  /** The public protocol. */
  acp: {
    agents: true,
    mode: "stream",
    lists_events: true,
    sessions: true,
    input: { field: "input", in_message: true },
    resume_path: "",
    states: { created: "working", "in-progress": "working", awaiting: "awaiting", ...ends },
  },
  /** What older AethroLink runtimes speak: one agent, asked again and again how its run stands. */
  aethrolink: {
    agents: false,
    mode: "async",
    lists_events: false,
    sessions: false,
    input: { field: "messages", in_message: false },
    resume_path: "/resume",
    states: { running: "working", awaiting_input: "awaiting", ...ends },
  },
};

const usual = "acp";

/** A row of the table; the registry takes only names that it has. */
export function dialectOf(name: string): Dialect {
  const dialect = dialects[name] ?? dialects[usual];
  if (dialect === undefined) throw new Error(`there is no dialect ${name}`);
  return dialect;
}

/** Where a run stands; a word that isn't known, such as `cancelling`, is none of the ends. */
export function stateOf({ states }: Dialect, { status }: JsonObject): RunState {
  return typeof status === "string" && Object.hasOwn(states, status)
    ? (states[status] ?? "working")
    : "working";
}

/** A run's answer to a question, as the body of the call. */
export function resumeBody(dialect: Dialect, run_id: string, said: { part: JsonObject; raw: Json }): Json {
  if (dialect.resume_path !== "") return said.raw;
  const message = { role: "user", parts: [said.part] };
  return { run_id, mode: dialect.mode, await_resume: { type: "message", message } };
}
