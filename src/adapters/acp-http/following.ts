/**
 * How a run is followed: by a stream while there is one, else by asking again and again.
 *
 * Invariants:
 * 1. Nothing is taken for an end but what the server says, its process's end, or a silence of `lostMs`.
 * 2. After a stream has broken the server's own list says what was missed.
 * 3. It ends when the turn does.
 * 4. A list that the server fails to give is no silence: the run itself is asked then. One that it fails to
 *    give for `lostMs` isn't asked for any more.
 * 5. A look that an answer has overtaken is dropped: the answer's stream tells the same, and the next look
 *    what that doesn't.
 */
import type { JsonObject } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { type Answer, callFor, NoAnswer, type Server } from "./calls.ts";
import { type Dialect, stateOf } from "./dialects.ts";
import { objectIn, objectsIn } from "./json.ts";
import { refusalOf } from "./signals.ts";
import type { Turn } from "./turn.ts";

/** The events of a stream. */
export type Frames = AsyncIterable<JsonObject>;

export interface FollowOptions {
  readonly server: Server;
  readonly dialect: Dialect;
  readonly run_id: string;
  /** How long a server may be out of reach. */
  readonly lostMs: number;
  /** The run is one of an earlier life: its server may be out of reach for ever so long. */
  readonly attached: boolean;
  /** Aborted when the server's process has ended. */
  readonly gone: AbortSignal;
  /** How it ended, for people. */
  readonly goneSaid: () => string;
  /** The server doesn't answer. */
  readonly lost: (why: string) => void;
  /** The server answers. */
  readonly heard: () => void;
  /** Says what could not be said before, now that the server may answer. */
  readonly retry: () => Promise<void>;
  /** How many answers were sent; undefined while one is on its way. */
  readonly answers: () => number | undefined;
}

export interface Following {
  /** There may be news. */
  wake(): void;
  /** The run goes on, with a stream or without one. */
  goOn(frames: Frames | undefined): void;
}

const firstPauseMs = 50;
const longestPauseMs = 1000;
const lostPauseMs = 5000;
/** Nothing happens while the caller thinks, unless others meddle. */
const askingPauseMs = 5000;
/** What a dead process has said may still be on its way. */
const drainMs = 2000;

/** Follows a run to its end. */
export function startFollowing(turn: Turn, options: FollowOptions, first: Frames | undefined): Following {
  let next = first;
  let woken = Promise.withResolvers<void>();
  const wake = (): void => woken.resolve();
  const died = (): void => {
    const { clock } = options.server;
    clock.after(drainMs, () => turn.fail("remote_failed", options.goneSaid()));
    wake();
  };
  options.gone.addEventListener("abort", died, { once: true });

  const pause = async (ms: number): Promise<void> => {
    const takeBack = options.server.clock.after(ms, wake);
    await woken.promise;
    takeBack();
    woken = Promise.withResolvers<void>();
  };
  const contact = createContact(turn, options);

  /** One look, or one stream to its end. */
  const step = async (): Promise<void> => {
    const frames = next;
    next = undefined;
    if (frames !== undefined) await read(turn, frames);
    if (turn.ended()) return;
    if (options.gone.aborted) turn.fail("remote_failed", options.goneSaid());
    else if (frames === undefined || turn.asking() === undefined) await contact.look();
  };
  const run = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!turn.ended()) {
      const before = turn.taken();
      await step();
      if (turn.ended() || next !== undefined) continue;
      const longest = contact.lost() ? lostPauseMs : longestPauseMs;
      pauseMs = before === turn.taken() ? Math.min(pauseMs * 2, longest) : firstPauseMs;
      await pause(turn.asking() === undefined ? pauseMs : askingPauseMs);
    }
  };
  void run()
    .catch((thrown: unknown) => failOf(turn, thrown))
    .finally(() => options.gone.removeEventListener("abort", died));

  return {
    wake,
    goOn(frames) {
      next = frames;
      wake();
    },
  };
}

function failOf(turn: Turn, thrown: unknown): void {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  turn.fail("protocol_error", said);
}

/** Reads a stream to its end; that it breaks is no news of the run. */
async function read(turn: Turn, frames: Frames): Promise<void> {
  try {
    for await (const event of frames) {
      turn.hear(event);
      if (turn.ended()) return;
    }
  } catch (error) {
    if (error instanceof AdapterFault) throw error;
  }
}

interface Contact {
  /** Asks how the run stands. */
  look(): Promise<void>;
  /** Whether the server is out of reach. */
  lost(): boolean;
}

/** What came of a look at the list of events; `failed`: the server may give it later. */
type Listed = "told" | "none" | "failed" | "unheard";

const isFailing = (status: number) => status >= 500 || status === 429 || status === 408;

function createContact(turn: Turn, options: FollowOptions): Contact {
  const { server, dialect, run_id } = options;
  const path = `/runs/${encodeURIComponent(run_id)}`;
  let reached = !options.attached;
  let lists = dialect.lists_events;
  let lostAt: number | undefined;
  let unlistedAt: number | undefined;
  let answers: number | undefined;

  const lose = (why: string): void => {
    lostAt ??= server.clock.now();
    const forMs = server.clock.now() - lostAt;
    if (reached && forMs >= options.lostMs) {
      options.lost(why);
      turn.fail("remote_failed", `its server could not be reached for ${Math.round(forMs / 1000)} s: ${why}`);
    }
  };
  /** What an answer holds; undefined: it is none that helps. */
  const take = (answer: Answer): JsonObject | undefined => {
    const { status } = answer;
    if (isFailing(status)) {
      lose(`it answered ${refusalOf(answer, server.mask)}`);
      return undefined;
    }
    lostAt = undefined;
    options.heard();
    if (status === 404) forgotten();
    else if (status !== 200)
      turn.fail("remote_failed", `its server tells nothing of the run: ${refusalOf(answer, server.mask)}`);
    else reached = true;
    return status === 200 ? objectIn(answer.json) : undefined;
  };
  const forgotten = (): void => {
    if (reached) turn.fail("remote_failed", "its server does not know the run any more: it was started anew");
    else
      turn.fail("interrupted", "the node ended in mid-turn, and the runtime does not know the run any more");
  };
  const get = async (rest: string): Promise<Answer | undefined> => {
    try {
      // Named without its id, since what is said of a server is shown to others than the task's own people.
      const name = rest === "" ? "the run" : "the run's events";
      const answer = await callFor(server, { name, method: "GET", path: path + rest });
      return answers === options.answers() ? answer : undefined; // invariant 5
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      options.lost(error.message);
      lose(error.message);
      return undefined;
    }
  };
  const listed = async (): Promise<Listed> => {
    const answer = await get("/events");
    if (answer === undefined) return "unheard";
    if (answer.status === 404 || answer.status === 405 || answer.status === 501) return "none";
    if (isFailing(answer.status)) return "failed";
    const all = objectsIn(take(answer)?.events);
    const { events: from } = turn.taken();
    for (const event of all.slice(from)) turn.hear(event);
    return "told";
  };
  /** Asks for the list; answers whether there is no more to ask. */
  const lookAtList = async (): Promise<boolean> => {
    const before = turn.taken().events;
    const found = await listed();
    if (found === "failed") {
      unlistedAt ??= server.clock.now();
      lists = server.clock.now() - unlistedAt < options.lostMs; // invariant 4
      return false;
    }
    unlistedAt = undefined;
    lists = found !== "none";
    return found === "unheard" || turn.taken().events > before;
  };
  /** Where the run stands, where nothing else is told; with a list, only an end that isn't in it. */
  const seen = async (): Promise<void> => {
    const answer = await get("");
    const run = answer === undefined ? undefined : take(answer);
    if (run === undefined) return;
    if (!lists) return turn.see(run);
    const state = stateOf(dialect, run);
    if (state === "working" || state === "awaiting") return;
    await listed(); // what came in between
    if (!turn.ended()) turn.see(run);
  };

  return {
    lost: () => lostAt !== undefined,
    async look() {
      await options.retry();
      answers = options.answers();
      if (answers === undefined) return;
      if (lists && (await lookAtList())) return;
      if (!turn.ended()) await seen();
    },
  };
}
