/** The fake's conversations, in memory and, if a directory is given, on disk. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One turn of a conversation, as it is remembered. */
export interface Exchange {
  readonly prompt: string;
  readonly answer: string;
}

export interface Session {
  readonly session_id: string;
  readonly history: Exchange[];
  /** Aborted when the open turn is cancelled; a new one for each turn. */
  cancelling: AbortController;
}

export interface Sessions {
  /** @param session_id a name of the client's for it; default: a new one */
  open(session_id?: string): Session;
  find(session_id: string): Session | undefined;
  /** Takes a session up again, from memory or from disk. */
  load(session_id: string): Session | undefined;
  remember(session: Session, exchange: Exchange): void;
  close(session_id: string): void;
  /** All that it knows, in memory and on disk. */
  ids(): string[];
}

/** @param directory where sessions outlive the process; undefined: they don't */
export function createSessions(directory: string | undefined): Sessions {
  const sessions = new Map<string, Session>();
  if (directory !== undefined) mkdirSync(directory, { recursive: true });

  const add = (session_id: string, history: Exchange[]): Session => {
    const session = { session_id, history, cancelling: new AbortController() };
    sessions.set(session_id, session);
    return session;
  };
  const fileOf = (session_id: string): string | undefined =>
    directory === undefined || !/^[\w-]+$/.test(session_id)
      ? undefined
      : join(directory, `${session_id}.json`);
  const save = (session: Session): void => {
    const file = fileOf(session.session_id);
    if (file !== undefined) writeFileSync(file, JSON.stringify(session.history));
  };

  return {
    open(session_id = randomUUID()) {
      const session = add(session_id, []);
      save(session);
      return session;
    },
    find: (session_id) => sessions.get(session_id),
    load(session_id) {
      const file = fileOf(session_id);
      const open = sessions.get(session_id);
      if (open !== undefined || file === undefined) return open;
      try {
        return add(session_id, JSON.parse(readFileSync(file, "utf8")));
      } catch {
        return undefined;
      }
    },
    remember(session, exchange) {
      session.history.push(exchange);
      save(session);
    },
    ids() {
      const files = directory === undefined ? [] : readdirSync(directory);
      return [...new Set([...sessions.keys(), ...files.map((file) => file.replace(/\.json$/, ""))])];
    },
    close: (session_id) => void sessions.delete(session_id),
  };
}
