/** Where a task's session belongs: its subcontext, its slot in the process, and what it is kept by. */
import { createHash, randomUUID } from "node:crypto";
import type { JsonObject, Target } from "#src/core/ports.ts";
import { type Dialect, dialectOf } from "./dialects.ts";

export interface SessionPlace {
  /** `executor:<name>`, `session:<key>` or `default`. */
  readonly subcontext_key: string;
  /** What later turns find the session by; null: it is for one turn. */
  readonly sticky_key: string | null;
  /** The runtime's own name for the session, said when it is opened. */
  readonly session_key: string | null;
}

/** The executor that a task asks for; undefined: none in particular, or the target knows none. */
export function executorOf(target: Target, options: JsonObject): string | undefined {
  const { executor } = options;
  if (typeof executor !== "string" || executor === "default") return undefined;
  const isListed = Object.keys(target.launch.commands).length > 0;
  return isListed || dialectOf(target.dialect).process === "executor" ? executor : undefined;
}

/**
 * The place of a task's session.
 * With a session key of the caller's the session goes by it, whatever the sticky key. Without one, a
 * dialect that knows session keys gets one made of the sticky key, so that any later process finds the
 * session again.
 */
export function sessionPlaceOf(target: Target, options: JsonObject, sticky_key: string | null): SessionPlace {
  const dialect = dialectOf(target.dialect);
  const named = namedKeyOf(dialect, options);
  if (named !== undefined) {
    const key = dialect.folds_session_keys ? named.toLowerCase() : named;
    return { subcontext_key: `session:${key}`, sticky_key: key, session_key: named };
  }
  const executor = executorOf(target, options);
  const subcontext_key = executor === undefined ? "default" : `executor:${executor}`;
  const made = dialect.session_keys && sticky_key !== null;
  const { target_id } = target;
  const owner = executor === undefined ? target_id : `${target_id} ${subcontext_key}`;
  return { subcontext_key, sticky_key, session_key: made ? madeKey(owner, sticky_key) : null };
}

/**
 * The place of a session that is not to go on with the one that was there before: a key that was made would
 * lead to it. A key of the caller's stays.
 */
export function renewed(place: SessionPlace): SessionPlace {
  const { session_key, subcontext_key } = place;
  if (session_key === null || subcontext_key.startsWith("session:")) return place;
  return { ...place, session_key: `${session_key}-${randomUUID().slice(0, 8)}` };
}

/** The subcontext that a task's lease is of. */
export function subcontextOf(target: Target, options: JsonObject): string {
  return sessionPlaceOf(target, options, null).subcontext_key;
}

/** What a session is found by inside its process; conversation ids have no line break. */
export function slotOf({ subcontext_key, sticky_key }: SessionPlace): string | null {
  if (sticky_key === null) return null;
  return subcontext_key.startsWith("session:") ? `session\n${sticky_key}` : sticky_key;
}

function namedKeyOf(dialect: Dialect, { session_key }: JsonObject): string | undefined {
  return dialect.session_keys && typeof session_key === "string" && session_key !== ""
    ? session_key
    : undefined;
}

/**
 * Hashed, since runtimes fold the case of keys.
 * @param owner the target, and the executor if it is one
 */
function madeKey(owner: string, sticky_key: string): string {
  return `aethrolink-${createHash("sha256").update(`${owner}\n${sticky_key}`).digest("hex").slice(0, 32)}`;
}
