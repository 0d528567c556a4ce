/**
 * The sessions that are open in one process.
 *
 * Invariants:
 * 1. A session has at most one open turn; one with an open turn is never forgotten for room.
 * 2. At most `limit` idle sessions are kept; the least recently used goes first.
 * 3. What is said in a session that isn't here, or has no turn, is for nobody.
 */
import type { Turn } from "./turn.ts";
import type { Meter } from "./usage.ts";

export interface Session {
  readonly session_id: string;
  /** What it continues; null: nothing, it ends with its turn. */
  readonly sticky_key: string | null;
  readonly cwd: string;
  readonly meter: Meter;
  turn: Turn | undefined;
}

export interface SessionTable {
  find(session_id: string): Session | undefined;
  /** The idle session of a key, or why there is none to go on with. */
  live(sticky_key: string, cwd: string): Session | { readonly why: string };
  add(session: Session): void;
  /** Its turn has begun. */
  occupy(session: Session, turn: Turn): void;
  /** Its turn has ended; it is kept for the next one. */
  release(session: Session): void;
  /** @param why told to the next turn of its key */
  forget(session: Session, why: string): void;
}

/** @param dropped called with a session that had to go for room */
export function createSessionTable(limit: number, dropped: (session: Session) => void): SessionTable {
  const byId = new Map<string, Session>();
  const byKey = new Map<string, Session>();
  const idle = new Set<Session>(); // in the order of their last use
  const lost = new Map<string, string>();

  const forget = (session: Session, why: string): void => {
    byId.delete(session.session_id);
    idle.delete(session);
    session.turn = undefined;
    const { sticky_key } = session;
    if (sticky_key === null || byKey.get(sticky_key) !== session) return;
    byKey.delete(sticky_key);
    lost.set(sticky_key, why);
    const [oldest] = lost.keys();
    if (lost.size > limit && oldest !== undefined) lost.delete(oldest);
  };

  return {
    find: (session_id) => byId.get(session_id),
    live(sticky_key, cwd) {
      const session = byKey.get(sticky_key);
      if (session === undefined)
        return { why: lost.get(sticky_key) ?? "this process has no session of it yet" };
      if (session.turn !== undefined) return { why: "its session is still at work" };
      if (session.cwd !== cwd) return { why: "it is to work in another directory" };
      return session;
    },
    add(session) {
      byId.set(session.session_id, session);
      if (session.sticky_key === null) return;
      lost.delete(session.sticky_key);
      byKey.set(session.sticky_key, session);
    },
    occupy(session, turn) {
      session.turn = turn;
      idle.delete(session);
    },
    release(session) {
      session.turn = undefined;
      if (byId.get(session.session_id) !== session) return;
      idle.add(session);
      if (idle.size <= limit) return;
      const [oldest] = idle;
      if (oldest === undefined) return;
      forget(oldest, "its session was not used for long, and was forgotten");
      dropped(oldest);
    },
    forget,
  };
}
