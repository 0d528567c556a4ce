/**
 * The sessions that are open in one process.
 *
 * Invariants:
 * 1. A session has at most one open turn; one with an open turn is never forgotten for room.
 * 2. At most `limit` idle sessions are kept; the least recently used goes first.
 * 3. What is said in a session that isn't here, or has no turn, is for nobody.
 */
import type { Clock } from "#src/core/ports.ts";
import type { Turn } from "./turn.ts";
import type { Meter } from "./usage.ts";

export interface Session {
  readonly session_id: string;
  /** What later turns find it by; null: nothing, it ends with its turn. */
  readonly slot: string | null;
  readonly cwd: string;
  readonly meter: Meter;
  turn: Turn | undefined;
  /** When its last turn ended. */
  idleSince: number;
  /** When its use was last written down; 0: never. */
  notedAt: number;
}

/** Why there is no open session to go on with. */
export interface NotLive {
  readonly why: string;
  /** There is one, and it has an open turn. */
  readonly atWork: boolean;
}

export interface SessionTable {
  find(session_id: string): Session | undefined;
  /**
   * The idle session of a slot, or why there is none to go on with.
   * @param idleMs one that was idle for longer is given up
   */
  live(slot: string, cwd: string, idleMs: number): Session | NotLive;
  /** Whether {@link live} would find one, or will when its turn is over; changes nothing. */
  isOpen(slot: string, cwd: string, idleMs: number): boolean;
  add(session: Session): void;
  /** Its turn has begun. */
  occupy(session: Session, turn: Turn): void;
  /** Its turn has ended; it is kept for the next one. */
  release(session: Session): void;
  forget(session: Session): void;
}

/** @param dropped called with a session that had to go for room, or was idle for too long */
export function createSessionTable(
  limit: number,
  clock: Clock,
  dropped: (session: Session) => void,
): SessionTable {
  const byId = new Map<string, Session>();
  const bySlot = new Map<string, Session>();
  const idle = new Set<Session>(); // in the order of their last use

  const forget = (session: Session): void => {
    byId.delete(session.session_id);
    idle.delete(session);
    session.turn = undefined;
    const { slot } = session;
    if (slot !== null && bySlot.get(slot) === session) bySlot.delete(slot);
  };

  const drop = (session: Session): void => {
    forget(session);
    dropped(session);
  };
  const none = (why: string, atWork = false): NotLive => ({ why, atWork });

  return {
    find: (session_id) => byId.get(session_id),
    live(slot, cwd, idleMs) {
      const session = bySlot.get(slot);
      if (session === undefined) return none("this process has no session of it yet");
      if (session.turn !== undefined) return none("its session is still at work", true);
      if (session.cwd !== cwd) return none("it is to work in another directory");
      if (clock.now() - session.idleSince <= idleMs) return session;
      drop(session);
      return none("its session was idle for too long");
    },
    isOpen(slot, cwd, idleMs) {
      const session = bySlot.get(slot);
      if (session === undefined || session.cwd !== cwd) return false;
      return session.turn !== undefined || clock.now() - session.idleSince <= idleMs;
    },
    add(session) {
      byId.set(session.session_id, session);
      if (session.slot !== null) bySlot.set(session.slot, session);
    },
    occupy(session, turn) {
      session.turn = turn;
      idle.delete(session);
    },
    release(session) {
      session.turn = undefined;
      session.idleSince = clock.now();
      if (byId.get(session.session_id) !== session) return;
      idle.add(session);
      if (idle.size <= limit) return;
      const [oldest] = idle;
      if (oldest !== undefined) drop(oldest);
    },
    forget,
  };
}
