/** What is left of a run, or of a session, for a later turn or a later life of the node. */
import type { JsonObject, TaskToRun } from "./ports.ts";

/** A question that stood open when the node ended. */
export interface LeftQuestion {
  readonly request_id: string;
  /** What is left of its time; may be negative. */
  readonly leftMs: number;
}

/** A run that an earlier life of the node had handed over. */
export interface LeftRun {
  readonly task: TaskToRun;
  /** As the last signal that was kept had it. */
  readonly adapter_state: JsonObject;
  /** What it had said, as far as that was kept. */
  readonly said: string;
  readonly awaiting: readonly LeftQuestion[];
}

/**
 * How a session could be gone on with: it is open now, its runtime would take it up or load it again, or not
 * at all.
 */
export type Reuse = "live" | "resumable" | "loadable" | "none";
