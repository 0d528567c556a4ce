/** Which session of a runtime continues what: a port of the core. */
import type { AdapterName } from "#contracts/enums.ts";
import type { JsonObject } from "./ports.ts";

/** What a remote session is found again by. */
export interface BindingKey {
  readonly target_id: string;
  readonly subcontext_key: string;
  readonly sticky_key: string;
}

/** Which remote session continues a key. */
export interface SessionBinding extends BindingKey {
  readonly adapter: AdapterName;
  /** Empty: none, since the one that did was given up. */
  readonly remote_session_id: string;
  readonly metadata: JsonObject;
}

/**
 * Where it is kept which session continues what. What is written is on disk with the commit of this turn
 * of the event loop, at the latest when an event that was appended after it is seen.
 */
export interface SessionBindings {
  find(key: BindingKey): SessionBinding | undefined;
  /** Remembers a session, in place of the one that its key had. */
  keep(binding: SessionBinding): void;
  /** `used`: a turn of it has begun; `active`: one has ended. Of what happens often a part will do. */
  touch(key: BindingKey, what: "used" | "active"): void;
}
