/**
 * The ladder of continuity: a session that is still open, else one that is resumed, else one that is
 * loaded, else a new one.
 *
 * Invariants:
 * 1. Nothing is called that wasn't announced.
 * 2. What is replayed belongs to the history: the turn hears nothing of it.
 * 3. A session counts as the old one only with a proof; without one the turn is called fresh.
 */
import type { Reuse } from "#src/core/left-run.ts";
import type { Json, JsonObject, Run } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import type { SessionBinding } from "#src/core/session-bindings.ts";
import type { Agent } from "./agent.ts";
import type { Proof } from "./dialects.ts";
import { errorOf, offersSession } from "./greeting.ts";
import {
  bounded,
  closeLate,
  newSession,
  noteUse,
  openSession,
  type SessionOptions,
  setupOf,
} from "./open-session.ts";
import { renewed, slotOf } from "./session-place.ts";
import type { Session } from "./sessions.ts";
import { describeError } from "./signals.ts";

export type Continuity = Pick<Run, "continuity" | "continuity_reason">;

export interface Taken {
  readonly session: Session;
  readonly continuity: Continuity;
}

const fresh = (why: string): Continuity => ({ continuity: "fresh", continuity_reason: why });

/**
 * Finds or opens the session of a turn.
 * @throws AdapterFault submit_failed or protocol_error
 */
export async function takeSession(
  agent: Agent,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<Taken> {
  const { place, bindings, cwd } = options;
  const slot = slotOf(place);
  if (slot === null || place.sticky_key === null) {
    const session = await newSession(agent, options, signal);
    return { session, continuity: fresh("each task of this target gets a session of its own") };
  }
  const key = { ...keyOf(options), sticky_key: place.sticky_key };
  const live = agent.sessions.live(slot, cwd, options.idleMs);
  if (!("why" in live)) {
    noteUse(live, options, "used");
    return {
      session: live,
      continuity: { continuity: "live", continuity_reason: "its session is still open" },
    };
  }
  const binding = live.atWork || options.isNew ? undefined : bindings.find(key);
  const taken =
    binding === undefined
      ? { session: undefined, why: live.why }
      : await takeUp(agent, binding, underKeyOf(binding, options), signal);
  if ("continuity" in taken) {
    noteUse(taken.session, options, "used");
    return taken;
  }
  const anew = live.atWork || binding !== undefined ? { ...options, place: renewed(place) } : options;
  const session = taken.session ?? (await newSession(agent, anew, signal));
  const { session_key } = taken.session === undefined ? anew.place : underKeyOf(binding, options).place;
  const [best] = announced(agent);
  const metadata = { cwd, session_key, announced: best ?? null };
  bindings.keep({ ...key, adapter: "acp", remote_session_id: session.session_id, metadata });
  session.notedAt = options.clock.now();
  return { session, continuity: fresh(taken.why) };
}

/** Takes up the session that a key had, unless it was given up or works elsewhere. */
async function takeUp(
  agent: Agent,
  { remote_session_id, metadata: { left, cwd } }: SessionBinding,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<Taken | Missed> {
  if (typeof left === "string") return { session: undefined, why: left };
  if (cwd !== options.cwd) return { session: undefined, why: "it is to work in another directory" };
  return climb(agent, remote_session_id, options, signal);
}

/**
 * Gives a session up for good. That is kept in place of its id, since a key that was made for it would lead
 * back to it. A session that has taken its place meanwhile stays.
 */
export function abandon(agent: Agent, session: Session, options: SessionOptions, why: string): void {
  const { bindings, place } = options;
  agent.sessions.forget(session);
  if (place.sticky_key === null) return;
  const key = { ...keyOf(options), sticky_key: place.sticky_key };
  const kept = bindings.find(key)?.remote_session_id ?? session.session_id;
  if (kept !== session.session_id) return;
  bindings.keep({ ...key, adapter: "acp", remote_session_id: "", metadata: { left: why } });
}

/** How the session of a place could be gone on with, by what is open and by what was announced before. */
export function reuseOf(
  agent: Agent | undefined,
  { bindings, target_id, place, cwd }: Pick<SessionOptions, "bindings" | "target_id" | "place" | "cwd">,
  idleMs: number,
): Reuse {
  const slot = slotOf(place);
  const { subcontext_key, sticky_key } = place;
  if (slot === null || sticky_key === null) return "none";
  if (agent?.sessions.isOpen(slot, cwd, idleMs) === true) return "live";
  const binding = bindings.find({ target_id, subcontext_key, sticky_key });
  // One that was given up has no directory.
  if (binding === undefined || binding.metadata.cwd !== cwd) return "none";
  const [said] = agent === undefined ? [binding.metadata.announced] : announced(agent);
  if (said === "resume") return "resumable";
  return said === "load" ? "loadable" : "none";
}

/** The options for a session whose key may be another than the first that was made. */
function underKeyOf(binding: SessionBinding | undefined, options: SessionOptions): SessionOptions {
  const session_key = binding?.metadata.session_key;
  return typeof session_key === "string" ? { ...options, place: { ...options.place, session_key } } : options;
}

const keyOf = ({ target_id, place: { subcontext_key } }: SessionOptions) => ({ target_id, subcontext_key });

type Rung = "resume" | "load";
const rungs = { resume: "resumed", load: "loaded" } as const;

/** A session that was not taken up: why, and the one that may serve although nothing proves it. */
interface Missed {
  readonly session: Session | undefined;
  readonly why: string;
}

async function climb(
  agent: Agent,
  session_id: string,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<Taken | Missed> {
  const whys: string[] = [];
  let unproven = false;
  for (const rung of announced(agent)) {
    const outcome = await attempt(agent, rung, session_id, options, signal);
    if (outcome.proven) {
      const continuity = { continuity: rungs[rung], continuity_reason: outcome.why };
      return { session: openSession(agent, session_id, options), continuity };
    }
    // Without a load to prove it, a resumed session is all there is; one that was loaded without a
    // trace of its history is none.
    unproven = rung === "resume" && outcome.taken;
    whys.push(outcome.why);
  }
  if (whys.length === 0) whys.push("its process has gone, and the runtime can't take sessions up again");
  return { session: unproven ? openSession(agent, session_id, options) : undefined, why: whys.join("; ") };
}

function announced({ announced: said }: Agent): Rung[] {
  return [
    ...(offersSession(said, "resume") ? (["resume"] as const) : []),
    ...(said.agentCapabilities.loadSession === true ? (["load"] as const) : []),
  ];
}

interface Attempt {
  /** The runtime says that it has the session. */
  readonly taken: boolean;
  readonly proven: boolean;
  readonly why: string;
}

async function attempt(
  agent: Agent,
  rung: Rung,
  session_id: string,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<Attempt> {
  const replay = { spoken: 0, heard: 0 };
  agent.replays.set(session_id, ({ sessionUpdate }) => {
    replay.heard += 1;
    if (sessionUpdate === "user_message_chunk") replay.spoken += 1;
  });
  let asked: Promise<Json> | undefined;
  try {
    const params = { sessionId: session_id, ...setupOf(options) };
    await bounded(
      agent.closed(session_id).then(() => null),
      "session/close",
      options,
      signal,
    );
    asked = agent.connection.request(`session/${rung}`, params);
    const answer = await bounded(asked, `session/${rung}`, options, signal);
    if (rung === "load") await quiet(options, () => replay.heard, signal);
    const listed = () =>
      bounded(isListed(agent, session_id), "session/list", options, signal).catch(unproven);
    const proof = await proofOf(options.dialect.proofs[rung], {
      replayed: replay.spoken > 0,
      named: provenanceOf(answer) === session_id,
      listed: offersSession(agent.announced, "list") ? listed : async () => false,
    });
    if (proof !== undefined) return { taken: true, proven: true, why: proof };
    return {
      taken: true,
      proven: false,
      why: `the runtime says that it has ${rungs[rung]} its session, and shows nothing of it`,
    };
  } catch (error) {
    if (asked !== undefined)
      closeLate(
        agent,
        asked.then(() => session_id),
      );
    if (endsIt(error)) throw error;
    const said =
      error instanceof AdapterFault ? error.message : describeError(errorOf(error), "", agent.mask);
    return { taken: false, proven: false, why: `its session could not be ${rungs[rung]}: ${said}` };
  } finally {
    agent.replays.delete(session_id);
  }
}

/** Whether the turn ends with it: its caller has left, or its process has gone. */
const endsIt = (error: unknown): boolean => error instanceof AdapterFault && error.kind !== "timeout";

/** A list that is refused, or doesn't come, proves nothing. */
function unproven(error: unknown): false {
  if (endsIt(error)) throw error;
  return false;
}

/** What there is to prove a session with. */
interface Evidence {
  readonly replayed: boolean;
  readonly named: boolean;
  readonly listed: () => Promise<boolean>;
}

/** @returns the proof in words; undefined: there is none */
async function proofOf(proofs: readonly Proof[], evidence: Evidence): Promise<string | undefined> {
  for (const proof of proofs) {
    if (proof === "answer") return "the runtime knows it by its key";
    if (proof === "replay" && evidence.replayed) return "the runtime replayed what was said in it";
    if (proof === "provenance" && evidence.named) return "the runtime names it as the session's origin";
    if (proof === "list" && (await evidence.listed())) return "the runtime lists it";
  }
  return undefined;
}

/** Which session Hermes says that this one is. */
function provenanceOf(answer: Json): Json | undefined {
  let at: Json | undefined = answer;
  for (const step of ["_meta", "hermes", "sessionProvenance", "acpSessionId"])
    at = isJsonObject(at) ? at[step] : undefined;
  return at;
}

const mostPages = 20;

/** Whether session/list names it; not filtered by directory, since some then list nothing. */
async function isListed(agent: Agent, session_id: string): Promise<boolean> {
  let cursor: Json | undefined;
  for (let page = 0; page < mostPages; page++) {
    const params = typeof cursor === "string" ? { cursor } : {};
    const answer: Json = await agent.connection.request("session/list", params);
    const { sessions, nextCursor }: JsonObject = isJsonObject(answer) ? answer : {};
    const listed = Array.isArray(sessions) ? sessions : [];
    if (listed.some((each: Json) => isJsonObject(each) && each.sessionId === session_id)) return true;
    if (typeof nextCursor !== "string") return false;
    cursor = nextCursor;
  }
  return false;
}

const settleMs = 150;
const mostLooks = 40;

/** Some go on replaying behind their answer: waits until two looks in a row hear nothing new. */
async function quiet(
  { clock, dialect }: SessionOptions,
  heard: () => number,
  signal: AbortSignal,
): Promise<void> {
  if (!dialect.replays_late) return;
  let still = 0;
  for (let look = 0; look < mostLooks && still < 2 && !signal.aborted; look++) {
    const before = heard();
    await new Promise<void>((resolve) => clock.after(settleMs, resolve));
    // What has come while this process was busy is read first.
    await new Promise<void>((resolve) => setImmediate(resolve));
    still = heard() === before ? still + 1 : 0;
  }
}
