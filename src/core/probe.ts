/** What a runtime announces of itself. */
import type { Json, JsonObject } from "./ports.ts";

/** What a runtime says of itself when it is greeted, or why it says nothing. */
export interface Probe {
  /** Whether its program is there. */
  readonly command_found: boolean;
  /** The start that this is about; null where nothing was spawned. */
  readonly launch_id: string | null;
  readonly name?: string;
  readonly version?: string;
  /** In the runtime's own words. */
  readonly capabilities: JsonObject;
  /** undefined: it can't be told without a session. */
  readonly auth_required?: boolean;
  /** The ways to log in that it announces, in its own words. */
  readonly auth_methods?: readonly Json[];
  /** What it requires, and whether that answers now. */
  readonly companions?: readonly { readonly name: string; readonly healthy: boolean }[];
  /** Why it could not be greeted. */
  readonly error?: string;
}
