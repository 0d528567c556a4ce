/**
 * The fake's runs: what each has said, and how it stands.
 *
 * Invariants:
 * 1. Events are kept as they were when they happened, and are heard in that order.
 * 2. A run asks one thing at a time; it ends once.
 */
import { randomUUID } from "node:crypto";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export type Status =
  | "created"
  | "in-progress"
  | "awaiting"
  | "cancelling"
  | "cancelled"
  | "completed"
  | "failed";

/** A part of a message, as the protocol has it. */
export interface Part {
  readonly content_type: string;
  readonly content: string;
  readonly name?: string;
  readonly content_encoding?: "plain" | "base64";
}

export interface Run {
  readonly run_id: string;
  readonly session_id: string;
  status(): Status;
  ended(): boolean;
  /** The run as it is now. */
  record(): JsonObject;
  /** All events so far, each as JSON. */
  readonly events: readonly string[];
  /** Hears every event from now on, until it takes that back. */
  listen(hear: (event: string) => void): () => void;
  begin(): void;
  /** A part of the answer. */
  part(part: Part): void;
  generic(generic: JsonObject): void;
  /** Asks; resolves with the parts of the answer, or undefined when it is cancelled. */
  ask(parts: readonly Part[], withdrawn: AbortSignal): Promise<readonly Part[] | undefined>;
  /** Takes an answer; false: the run asks nothing, or never did. */
  resume(parts: readonly Part[]): boolean;
  /** Whether it has ever asked: its request stays in its record. */
  asked(): boolean;
  /** As some servers do to a run that has ended: it is said to go on, and doesn't. */
  flip(): void;
  cancel(): void;
  end(status: "completed" | "failed" | "cancelled", message?: string): void;
}

const ends: ReadonlySet<Status> = new Set(["completed", "failed", "cancelled"]);

/** A run that was just accepted. */
export function createRun(agent_name: string, session_id: string): Run {
  const run_id = randomUUID();
  const created_at = new Date().toISOString();
  const events: string[] = [];
  const listeners = new Set<(event: string) => void>();
  const parts: Part[] = [];
  let status: Status = "created";
  let error: JsonObject | null = null;
  let finished_at: string | null = null;
  let await_request: JsonObject | null = null;
  let answer: ((parts: readonly Part[] | undefined) => void) | undefined;
  let asking: Promise<unknown> = Promise.resolve();

  const role = `agent/${agent_name}`;
  const output = (): JsonObject[] =>
    parts.length === 0 ? [] : [{ role, parts: parts.map((part) => ({ ...part })) }];
  const record = (): JsonObject => ({
    run_id,
    agent_name,
    session_id,
    status,
    await_request,
    output: output(),
    error,
    created_at,
    finished_at,
  });
  const tell = (event: JsonObject): void => {
    const json = JSON.stringify(event);
    events.push(json);
    for (const hear of listeners) hear(json);
  };
  const turn = (next: Status): void => {
    status = next;
    tell({ type: `run.${next}`, run: record() });
  };
  const askNow = (asked: readonly Part[], withdrawn: AbortSignal): Promise<readonly Part[] | undefined> =>
    new Promise((resolve) => {
      if (status !== "in-progress") return resolve(undefined);
      const settle = (said: readonly Part[] | undefined): void => {
        answer = undefined;
        if (status === "awaiting") turn("in-progress");
        resolve(said);
      };
      answer = settle;
      withdrawn.addEventListener("abort", () => (answer === settle ? settle(undefined) : undefined));
      await_request = { type: "message", message: { role, parts: asked.map((part) => ({ ...part })) } };
      turn("awaiting");
    });

  tell({ type: "run.created", run: record() });
  return {
    run_id,
    session_id,
    status: () => status,
    ended: () => ends.has(status),
    record,
    events,
    listen(hear) {
      listeners.add(hear);
      return () => void listeners.delete(hear);
    },
    begin: () => turn("in-progress"),
    part(part) {
      if (parts.length === 0) tell({ type: "message.created", message: { role, parts: [] } });
      parts.push(part);
      tell({ type: "message.part", part: { ...part } });
    },
    generic: (generic) => tell({ type: "generic", generic }),
    ask(asked, withdrawn) {
      const next = asking.then(() => askNow(asked, withdrawn));
      asking = next;
      return next;
    },
    resume(said) {
      if (answer === undefined) return false;
      answer(said);
      return true;
    },
    asked: () => await_request !== null,
    flip() {
      status = "in-progress";
    },
    cancel() {
      status = "cancelling";
      answer?.(undefined);
    },
    end(how, message) {
      if (ends.has(status)) return;
      if (how === "failed") error = { code: "server_error", message: message ?? "it failed", data: null };
      finished_at = new Date().toISOString();
      if (parts.length > 0) tell({ type: "message.completed", message: output()[0] ?? {} });
      turn(how);
    },
  };
}
