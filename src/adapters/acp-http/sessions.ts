/**
 * Which session of a server a task goes on in.
 *
 * Invariants:
 * 1. A session's id is a UUID that follows from target, agent and sticky key, so that it is found again also
 *    when its binding is lost. One that was left for good gets another.
 * 2. A turn is called a continuation only when the server says that the session has a history.
 */
import { createHash, randomUUID } from "node:crypto";
import type { JsonObject, Run, TaskToRun } from "#src/core/ports.ts";
import type { BindingKey, SessionBindings } from "#src/core/session-bindings.ts";
import { callFor, NoAnswer, type Server } from "./calls.ts";
import type { Dialect } from "./dialects.ts";
import { objectIn } from "./json.ts";

export interface SessionOptions {
  readonly server: Server;
  readonly dialect: Dialect;
  readonly bindings: SessionBindings;
  readonly target_id: string;
  readonly subcontext_key: string;
  /** Whether a turn of this session has run at the server as it is up now. */
  readonly isLive: (session_id: string) => boolean;
}

export interface Taken {
  readonly session_id: string;
  readonly continuity: Pick<Run, "continuity" | "continuity_reason">;
}

const fresh = (why: string): Taken["continuity"] => ({ continuity: "fresh", continuity_reason: why });

/** The key of a task's binding; undefined: its session is for one turn. */
export function bindingKeyOf(
  { target_id, subcontext_key }: Pick<SessionOptions, "target_id" | "subcontext_key">,
  sticky_key: string | null,
): BindingKey | undefined {
  return sticky_key === null ? undefined : { target_id, subcontext_key, sticky_key };
}

/** The session of a task; its binding is kept. */
export async function sessionOf(options: SessionOptions, { sticky_key }: TaskToRun): Promise<Taken> {
  const key = bindingKeyOf(options, sticky_key);
  if (key === undefined) {
    const continuity = fresh("each task of this target gets a session of its own");
    return { session_id: randomUUID(), continuity };
  }
  const binding = options.bindings.find(key);
  // It is empty where another adapter gave the session up, before the target got this one.
  const session_id = binding?.remote_session_id || uuidOf(key);
  options.bindings.keep({ ...key, adapter: "acp_http", remote_session_id: session_id, metadata: {} });
  if (binding === undefined) return { session_id, continuity: fresh("no session of this conversation") };
  return { session_id, continuity: await continuityOf(options, session_id, binding.metadata) };
}

/** Gives a session up for good: the next turn of its key gets another. */
export function leaveSession(bindings: SessionBindings, key: BindingKey, why: string): void {
  bindings.keep({ ...key, adapter: "acp_http", remote_session_id: randomUUID(), metadata: { left: why } });
}

async function continuityOf(
  { server, dialect, isLive }: SessionOptions,
  session_id: string,
  { left }: JsonObject,
): Promise<Taken["continuity"]> {
  if (typeof left === "string") return fresh(left);
  if (!dialect.sessions) return fresh("this runtime tells nothing of its sessions");
  try {
    const { status, json } = await callFor(server, { method: "GET", path: `/sessions/${session_id}` });
    const { history } = objectIn(json);
    if (status !== 200)
      return fresh("the server does not know the session: it was started anew, or has none");
    if (!Array.isArray(history) || history.length === 0) return fresh("the session has no history");
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return fresh("the server did not tell whether it has the session");
  }
  if (isLive(session_id)) return { continuity: "live", continuity_reason: "the server has its history" };
  return { continuity: "resumed", continuity_reason: "the server has its history" };
}

/** A UUID of version 8 (RFC 9562), made of a hash. */
function uuidOf({ target_id, subcontext_key, sticky_key }: BindingKey): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([target_id, subcontext_key, sticky_key]))
    .digest();
  hash[6] = (hash.readUInt8(6) & 0x0f) | 0x80;
  hash[8] = (hash.readUInt8(8) & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
