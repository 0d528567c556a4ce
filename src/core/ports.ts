/**
 * What the core needs of the world, as types: every boundary of the node is named here and has its
 * implementations elsewhere. Nothing below knows a protocol.
 */
import type {
  AdapterName,
  Continuity,
  FailureReason,
  LaunchMode,
  LaunchStatus,
  PermissionPolicy,
  QuestionKind,
  RemoteBinding,
  ResumedBy,
  RuntimeState,
  StickyMode,
  TargetOwner,
  TargetSource,
} from "#contracts/enums.ts";
import type { Answer } from "./answer.ts";
import type { LeftRun, Reuse } from "./left-run.ts";
import type { Probe } from "./probe.ts";

export type { Probe } from "./probe.ts";

/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Time, as a parameter, so that tests need not wait. All durations are milliseconds. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `act` once after `ms`; the answer takes the timer back and may be called twice. */
  after(ms: number, act: () => void): () => void;
}

/** A target with all that this node knows of it. Only {@link TargetSpec} of the contract goes on the wire. */
export interface Target {
  readonly target_id: string;
  readonly display_name: string;
  readonly adapter: AdapterName;
  /** A row of the adapter's dialect table. */
  readonly dialect: string;
  readonly owner: TargetOwner;
  readonly source: TargetSource;
  /** Of a peer's target: which one it is there. */
  readonly remote?: { readonly peer_id: string; readonly target_id: string };
  readonly launch: TargetLaunch;
  readonly endpoint: string | null;
  readonly healthcheck: string | null;
  /** Headers of each call to an HTTP runtime: their text, or the environment variable that holds it. */
  readonly headers?: { readonly [name: string]: string | { readonly env: string } };
  readonly capabilities: readonly string[];
  /** Runtime options that a task's own are laid over. */
  readonly defaults: JsonObject;
  readonly permissions: PermissionPolicy;
  /** How the node logs in before the first session; null: not at all. */
  readonly auth_method: string | null;
  readonly sticky_mode: StickyMode;
  /** Tasks that may run at once; null: no limit. */
  readonly max_concurrency: number | null;
  /** Tasks that may wait for a place; more are refused. */
  readonly queue: number;
  /** Running time of a task; undefined: the node's default; null: none. */
  readonly timeout_ms: number | null | undefined;
}

export interface TargetLaunch {
  readonly mode: LaunchMode;
  /** argv of the runtime; null where only `commands` name it. */
  readonly command: readonly string[] | null;
  /** argv per executor. */
  readonly commands: { readonly [executor: string]: readonly string[] };
  /** Added to the allow-listed environment of the child. */
  readonly env: { readonly [name: string]: string };
  readonly cwd: string | null;
  /** From spawn to ready; begins when the companions are up. */
  readonly timeout_ms: number;
  /** on_demand: how long the process stays without work. */
  readonly idle_timeout_ms: number;
  /** What must be up before the process is spawned, in this order. */
  readonly requires: readonly Companion[];
}

/**
 * A program that a runtime needs. One that answers already is left alone; else it is started, shared by
 * all that name the same (name, command and healthcheck), and stopped when the last of them has gone.
 */
export interface Companion {
  readonly name: string;
  readonly command: readonly string[];
  /** Added to the allow-listed environment of the child. */
  readonly env: { readonly [name: string]: string };
  readonly cwd: string | null;
  /** An http or https URL that answers 2xx when it is up. */
  readonly healthcheck: string;
  /** From spawn to ready. */
  readonly timeout_ms: number;
}

/** What is known of a runtime without touching it. */
export interface Health {
  readonly healthy: boolean;
  readonly state: RuntimeState;
  /** For people, when it isn't healthy. */
  readonly detail?: string;
  readonly process_id?: number;
}

/**
 * The hold on a usable runtime context: one process and one subcontext of it
 * (`executor:<name>`, `session:<key>`, `default`). Many tasks may share it.
 */
export interface Lease {
  readonly lease_id: string;
  readonly runtime_id: string;
  readonly subcontext_key: string;
  readonly process_id: number | null;
  /** The start of its process; undefined where the node started none. */
  readonly launch_id?: string;
  readonly metadata: JsonObject;
  /** Aborted when the context has gone; the reason is an Error whose message says how. */
  readonly gone: AbortSignal;
}

/** A start that is under way; callers that wait for the same process share it. */
export interface Launch {
  /** Null where nothing is spawned. */
  readonly launch_id: string | null;
  /** Rejects with an {@link AdapterFault} of kind launch_failed or unavailable. */
  readonly lease: Promise<Lease>;
}

/** What the engine queues by: one open task per session of a process. */
export interface Lane {
  readonly process: string;
  /** Null: no session of its own, any number side by side. */
  readonly session: string | null;
}

/** The part of a task that an adapter sees. */
export interface TaskToRun {
  readonly task_id: string;
  readonly conversation_id: string;
  readonly thread_id: string | null;
  readonly sender: string;
  readonly intent: string;
  readonly payload: Json;
  /** The target's defaults with the task's own options over them. */
  readonly runtime_options: JsonObject;
  readonly delivery: JsonObject;
  readonly metadata: JsonObject;
  readonly trace_id: string;
  /** What the session is kept by; null: a fresh session, closed after the turn. */
  readonly sticky_key: string | null;
  /** Whether no earlier task can have had its conversation: there is no session to look for. */
  readonly opens_conversation?: boolean;
  /** How long a question stays open; a dialect may say less. */
  readonly question_timeout_ms: number;
}

/** Where a task runs, in the runtime's own words. Secondary to the task id, never merged with a lease. */
export interface RemoteHandle {
  readonly binding: RemoteBinding;
  readonly remote_execution_id?: string;
  readonly remote_session_id?: string;
  /** What the adapter needs to attach again after a restart. */
  readonly adapter_state: JsonObject;
}

export interface Usage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cost_usd?: number;
  readonly source: "reported" | "none";
}

export interface QuestionOption {
  readonly option_id: string;
  readonly name: string;
  /** allow_once, allow_always, reject_once, reject_always, or the runtime's own word. */
  readonly kind: string;
}

/** What a runtime wants to know before it goes on. */
export interface Question {
  readonly request_id: string;
  readonly kind: QuestionKind;
  readonly prompt: string;
  readonly options?: readonly QuestionOption[];
  readonly tool_call?: JsonObject;
  /** JSON Schema of what is asked for. */
  readonly schema?: JsonObject;
}

/** A question that a run has just asked. */
export interface AskedQuestion extends Question {
  /** Until the run rejects it by itself. */
  readonly timeout_ms: number;
}

/** `data` of a task.progress event. */
export type Progress =
  | { readonly type: "message" | "thought"; readonly text: string }
  | {
      readonly type: "tool_call";
      readonly tool_call_id: string;
      readonly title?: string;
      readonly kind?: string;
      readonly status?: string;
    }
  | { readonly type: "plan"; readonly entries: readonly Json[] }
  | { readonly type: "usage"; readonly usage: JsonObject }
  | { readonly type: "log"; readonly text: string };

export interface RunResult {
  /** The whole text of the answer, or what had come of it. */
  readonly text: string;
  readonly data?: Json;
  readonly stop_reason?: string;
  /** Set where the answer may not be whole. */
  readonly warning?: string;
}

/** Of a run that can be attached to: its `adapter_state` from here on, kept in the same commit as the signal. */
export interface Resumable {
  readonly state?: JsonObject;
}

/** What a run tells, in the order in which it happened. The last three are final. */
export type Signal =
  | ({ readonly kind: "progress"; readonly data: Progress; readonly message?: string } & Resumable)
  | ({ readonly kind: "awaiting_input"; readonly question: AskedQuestion } & Resumable)
  | ({ readonly kind: "resumed"; readonly request_id: string; readonly by: ResumedBy } & Resumable)
  | ({
      readonly kind: "artifact";
      readonly name: string;
      readonly media_type: string;
      readonly bytes: Uint8Array;
    } & Resumable)
  | FinalSignal;

export type FinalSignal =
  | { readonly kind: "completed"; readonly result: RunResult; readonly usage?: Usage }
  | {
      readonly kind: "failed";
      readonly reason: FailureReason;
      readonly detail: string;
      readonly result?: RunResult;
      readonly usage?: Usage;
    }
  | {
      /**
       * The work is stopped or cut off. `how` says by whom: the runtime confirmed it, its process
       * was ended, or its session was put in quarantine.
       */
      readonly kind: "cancelled";
      readonly how: "confirmed" | "process_ended" | "quarantined";
      readonly result?: RunResult;
      readonly usage?: Usage;
    };

/** One execution at a runtime; it owns its own life. */
export interface Run {
  readonly handle: RemoteHandle;
  readonly continuity: Continuity;
  readonly continuity_reason: string;
  /** Ends right after exactly one final signal, whatever happens to the runtime. */
  readonly signals: AsyncIterable<Signal>;
  /**
   * Answers an open question; resolves when the runtime was told. Missing: the runtime can't.
   * A question that nobody answers in its time is rejected by the run itself.
   * @throws AdapterFault not_found when the question isn't open any more, remote_failed when the
   *   runtime rejects the answer, anything else when it is unknown whether it was told
   */
  readonly resume?: (request_id: string, answer: Answer) => Promise<void>;
  /**
   * Asks the runtime to stop; resolves when that was said. The final signal tells the outcome: a run
   * that gets no confirmation in `cancelGraceMs` cuts the work off by itself. Missing: it can't.
   */
  readonly cancel?: () => Promise<void>;
  /**
   * Lets go of a run that goes on at its runtime, to be attached to in another life of the node: `signals`
   * ends without a final one. Missing: the run ends with the node.
   */
  readonly detach?: () => void;
}

/** How a kind of runtime is driven. A plain object; safe to call from many tasks at once. */
export interface RuntimeAdapter {
  readonly name: AdapterName;
  /** What is known, without waiting; starts nothing and makes no remote task. */
  health(target: Target, options: JsonObject): Health;
  /**
   * The lease of a runtime that is up now, without waiting; undefined: it must be launched. `signal`: the
   * caller uses it until that aborts; one that is in use is not stopped for being idle.
   */
  usable(target: Target, options: JsonObject, signal?: AbortSignal): Lease | undefined;
  /**
   * Starts the runtime or joins a start that is under way. Bounded in time by the target's
   * `launch.timeout_ms`, not by the first caller; makes no remote task. `signal`: this caller no
   * longer waits, or no longer uses what came of it; a start that nobody waits for is stopped.
   * @throws AdapterFault not_found for an executor that the target doesn't list
   */
  launch(target: Target, options: JsonObject, signal: AbortSignal): Launch;
  /**
   * Starts the runtime as `launch` does and tells what it announced; opens no session and leaves it up.
   * A runtime that can't be started is an answer, not a fault.
   * @throws AdapterFault unavailable when nothing is started any more
   */
  probe(target: Target, options: JsonObject, signal: AbortSignal): Promise<Probe>;
  /** Pure. `sticky_key` as in {@link TaskToRun}. */
  lane(target: Target, options: JsonObject, sticky_key: string | null): Lane;
  /**
   * Hands the work over; resolves as soon as the runtime has it, never waits for its end.
   * @throws AdapterFault submit_failed or protocol_error when it was refused or lost before, timeout when
   *   it is unknown whether the runtime has it
   */
  submit(task: TaskToRun, target: Target, lease: Lease, signal: AbortSignal): Promise<Run>;
  /**
   * Goes on with a run that an earlier life of the node has left at its runtime. Pure: whatever the run does
   * over the network it does afterwards, and tells by its signals. Missing, or undefined: it can't be.
   * `signal`: nobody waits for the run any more, which is then told to stop, as one that was submitted is.
   */
  attach?(left: LeftRun, target: Target, signal: AbortSignal): Run | undefined;
  /** Whether the session of a key could be gone on with, from what is known, without touching the runtime. */
  reuse?(target: Target, options: JsonObject, sticky_key: string | null): Reuse;
  /**
   * Ends the runtime's processes, or only the one that `options` choose; resolves with whether anything
   * ran.
   */
  stop(target: Target, options?: JsonObject): Promise<boolean>;
  /** Ends all that the adapter started; bounded by `processes`' own escalation. */
  close(): Promise<void>;
}

export const adapterFaultKinds = [
  "not_found",
  "unavailable",
  "launch_failed",
  "submit_failed",
  "protocol_error",
  "resume_not_supported",
  "cancel_not_supported",
  "timeout",
  "remote_failed",
] as const;
export type AdapterFaultKind = (typeof adapterFaultKinds)[number];

/** What an adapter throws; `message` is for people and holds no secret. */
export class AdapterFault extends Error {
  readonly kind: AdapterFaultKind;
  constructor(kind: AdapterFaultKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "AdapterFault";
    this.kind = kind;
  }
}

/** One start of a process, as it is kept. */
export interface LaunchRow {
  readonly launch_id: string;
  readonly runtime_id: string;
  readonly subcontext_key: string;
  readonly command: readonly string[];
  readonly pid: number | null;
  /** The operating system's own start time of the pid; tells it from a later process of that number. */
  readonly started_at_os: string | null;
  readonly status: LaunchStatus;
}

/**
 * Where processes write down what they start, before they start it. Each function resolves when the
 * row is on disk.
 */
export interface LaunchLedger {
  intended(row: Pick<LaunchRow, "launch_id" | "runtime_id" | "subcontext_key" | "command">): Promise<void>;
  spawned(launch_id: string, pid: number, started_at_os: string | null): Promise<void>;
  ready(launch_id: string): Promise<void>;
  /** `error_text`: what went wrong and the last of stderr, secrets masked; for the operator only. */
  ended(launch_id: string, status: "failed" | "exited", error_text: string | null): Promise<void>;
  /** Starts that have no end yet: at start-up, those of earlier lives of this node. */
  open(): readonly LaunchRow[];
}

/** A stored artifact's bytes. */
export interface ArtifactStore {
  /** Resolves with what was stored when it is safely kept. */
  put(artifact_id: string, bytes: Uint8Array): Promise<void>;
  /** A part of the bytes, end exclusive. Rejects with an Error if they are missing. */
  read(artifact_id: string, start: number, end: number): Promise<Uint8Array>;
  remove(artifact_id: string): Promise<void>;
  /**
   * What is stored, in no order, with the time when it was made, in milliseconds. Also what a fault left
   * half written, under a name that `remove` takes; nothing that isn't the store's own.
   */
  list(): AsyncIterable<{ readonly name: string; readonly at: number }>;
}
