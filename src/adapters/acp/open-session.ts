/** Opening a session at an agent. */
import type { Clock, Json } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import type { SessionBindings } from "#src/core/session-bindings.ts";
import type { Agent } from "./agent.ts";
import type { Dialect } from "./dialects.ts";
import { errorOf } from "./greeting.ts";
import { type SessionPlace, slotOf } from "./session-place.ts";
import type { Session } from "./sessions.ts";
import { describeError } from "./signals.ts";
import { createMeter, type Meter } from "./usage.ts";

/** What is known of the session that a turn needs. */
export interface SessionOptions {
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly bindings: SessionBindings;
  readonly target_id: string;
  readonly place: SessionPlace;
  /** Whether there can be no earlier session of this place. */
  readonly isNew: boolean;
  readonly cwd: string;
  /** An open session that was idle for longer is not gone on with as it is. */
  readonly idleMs: number;
  /** For each call that opens a session. */
  readonly setupMs: number;
}

export const gaveUp = "given up before the agent had the prompt";

/**
 * Opens a new session.
 * @throws AdapterFault submit_failed or protocol_error
 */
export async function newSession(
  agent: Agent,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<Session> {
  const asked = agent.connection.request("session/new", setupOf(options));
  let answer: Json;
  try {
    answer = await bounded(asked, "session/new", options, signal);
  } catch (error) {
    closeLate(agent, asked.then(idIn));
    throw notTaken(agent, error);
  }
  const session_id = idIn(answer);
  if (typeof session_id !== "string") {
    throw new AdapterFault("protocol_error", "the agent answered session/new without a session id");
  }
  return openSession(agent, session_id, options);
}

function idIn(answer: Json): Json | undefined {
  return isJsonObject(answer) ? answer.sessionId : undefined;
}

/**
 * Closes a session whose opening was given up, should the agent open it nonetheless; not one that is open
 * for another turn, or is being opened for it.
 * @param opened its id, when the agent has opened it
 */
export function closeLate(agent: Agent, opened: Promise<Json | undefined>): void {
  const close = (session_id: Json | undefined): void => {
    if (typeof session_id !== "string" || agent.replays.has(session_id)) return;
    if (agent.sessions.find(session_id) === undefined) agent.closeSession({ session_id });
  };
  opened.then(close, () => {}); // refused, or its process has gone
}

/** The parameters of the calls that open a session, but for its id. */
export function setupOf({ cwd, place: { session_key } }: SessionOptions): object {
  return { cwd, mcpServers: [], ...(session_key === null ? {} : { _meta: { sessionKey: session_key } }) };
}

const mostMeters = 1000;

/** What a session has cost so far goes on when it is taken up again in the same process. */
function keepMeter(meters: Agent["meters"], session_id: string, meter: Meter): void {
  meters.delete(session_id);
  meters.set(session_id, meter);
  const [oldest] = meters.keys();
  if (meters.size > mostMeters && oldest !== undefined) meters.delete(oldest);
}

/** A session that the agent has, as this process knows it from now on. */
export function openSession(
  agent: Agent,
  session_id: string,
  { cwd, dialect, place }: SessionOptions,
): Session {
  const meter = agent.meters.get(session_id) ?? createMeter(dialect.tokens_of);
  keepMeter(agent.meters, session_id, meter);
  const session: Session = {
    session_id,
    slot: slotOf(place),
    cwd,
    meter,
    turn: undefined,
    idleSince: 0,
    notedAt: 0,
  };
  agent.sessions.add(session);
  return session;
}

/**
 * An answer, or the end of patience.
 * @throws AdapterFault timeout when it is over, submit_failed when nobody waits, or the agent's own error
 */
export function bounded<T>(
  asked: Promise<T>,
  call: string,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (kind: "submit_failed" | "timeout", why: string): void => {
      over();
      reject(new AdapterFault(kind, why));
    };
    const abort = (): void => giveUp("submit_failed", gaveUp);
    const takeBack = options.clock.after(options.setupMs, () => {
      giveUp("timeout", `${call} gave no answer in ${options.setupMs} ms`);
    });
    const over = (): void => {
      takeBack();
      signal.removeEventListener("abort", abort);
    };
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    asked.then(
      (answer) => {
        over();
        resolve(answer);
      },
      (error: unknown) => {
        over();
        reject(error);
      },
    );
  });
}

/** What becomes of a task whose session or prompt the agent refused. */
export function notTaken(agent: Agent, error: unknown): AdapterFault {
  if (error instanceof AdapterFault) {
    return error.kind === "timeout" ? new AdapterFault("submit_failed", error.message) : error;
  }
  return new AdapterFault("submit_failed", saidOf(agent, error), { cause: error });
}

/** What the agent answered, or why it could not be told. */
function saidOf({ name, instruction, mask }: Agent, error: unknown): string {
  const said = errorOf(error);
  return said.code === null
    ? `${name} takes nothing that it is told: ${mask(String(said.message))}`
    : describeError(said, instruction, mask);
}

/** Uses are written down so often at most. */
const noteEveryMs = 60_000;

/** Writes down that a session is used, unless that was written a moment ago. */
export function noteUse(session: Session, options: SessionOptions, what: "used" | "active"): void {
  const { clock, bindings, target_id, place } = options;
  const { subcontext_key, sticky_key } = place;
  if (sticky_key === null || clock.now() - session.notedAt < noteEveryMs) return;
  session.notedAt = clock.now();
  bindings.touch({ target_id, subcontext_key, sticky_key }, what);
}
