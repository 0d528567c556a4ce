/**
 * How a question of a run gets its answer.
 *
 * Invariants:
 * 1. An answer is sent only to a run that waits for one: some servers never return from a resume of a run
 *    that has ended.
 * 2. One answer at a time; a question whose answer was refused stays open.
 * 3. What comes of an answer is told by its own stream: what was asked of the server before it, or meanwhile,
 *    is not heard, since both may tell the same.
 */
import type { Answer } from "#src/core/answer.ts";
import { AdapterFault, type Run } from "#src/core/ports.ts";
import { callFor, NoAnswer, type Opened, open, restOf, type Server } from "./calls.ts";
import { type Dialect, resumeBody, stateOf } from "./dialects.ts";
import type { Frames } from "./following.ts";
import { framesOf } from "./frames.ts";
import { objectIn } from "./json.ts";
import { saidOf } from "./questions.ts";
import { refusalOf } from "./signals.ts";
import type { Turn } from "./turn.ts";

export interface AnsweringOptions {
  readonly server: Server;
  readonly dialect: Dialect;
  readonly run_id: string;
  readonly turn: Turn;
  /** Gives a stream up that the answer has opened. */
  readonly signal: AbortSignal;
  /** The answer was taken; the run goes on. */
  readonly goOn: (frames: Frames | undefined) => void;
}

export interface Answering {
  readonly resume: NonNullable<Run["resume"]>;
  /** Says no to a question that nobody has answered. */
  reject(request_id: string): Promise<void>;
  /** How many were sent; undefined while one is on its way (invariant 3). */
  sent(): number | undefined;
}

/** Answers the questions of one run. */
export function createAnswering(options: AnsweringOptions): Answering {
  const { turn } = options;
  let answering: string | undefined;
  let telling = false;
  let sent = 0;

  const answer = async (request_id: string, said: Answer, by: "caller" | "timeout"): Promise<void> => {
    if (turn.asking() !== request_id || answering === request_id) throw notOpen(request_id);
    answering = request_id;
    try {
      await waits(options, request_id);
      if (turn.asking() !== request_id) throw notOpen(request_id);
      telling = true;
      sent += 1;
      const frames = await tell(options, said);
      if (turn.asking() === request_id) turn.settle(by);
      options.goOn(frames);
    } finally {
      answering = undefined;
      telling = false;
    }
  };

  return {
    resume: (request_id, said) => answer(request_id, said, "caller"),
    reject: (request_id) => answer(request_id, { kind: "declined" }, "timeout"),
    sent: () => (telling ? undefined : sent),
  };
}

const notOpen = (request_id: string) =>
  new AdapterFault("not_found", `the question ${request_id} is not open`);

/** Invariant 1. */
async function waits(
  { server, dialect, run_id, turn, goOn }: AnsweringOptions,
  request_id: string,
): Promise<void> {
  const path = `/runs/${encodeURIComponent(run_id)}`;
  const found = await callFor(server, { method: "GET", path }).catch((cause: unknown) => {
    if (!(cause instanceof NoAnswer)) throw cause;
    throw new AdapterFault("remote_failed", `the answer was not given: ${cause.message}`, { cause });
  });
  if (found.status === 200 && stateOf(dialect, objectIn(found.json)) === "awaiting") return;
  if (found.status >= 500)
    throw new AdapterFault("remote_failed", `the answer was not given: ${refusalOf(found, server.mask)}`);
  // It has ended, or goes on without us; what came of it is about to be heard.
  turn.settle("runtime");
  goOn(undefined);
  throw notOpen(request_id);
}

async function tell(
  { server, dialect, run_id, signal }: AnsweringOptions,
  said: Answer,
): Promise<Frames | undefined> {
  const path = `/runs/${encodeURIComponent(run_id)}${dialect.resume_path}`;
  const body = resumeBody(dialect, run_id, saidOf(said));
  try {
    const opened = await open(server, { method: "POST", path, body });
    if (opened.status < 300) return streamOf(server, opened, signal);
    const refused = await restOf(server, opened);
    if (refused.status < 500) throw new AdapterFault("remote_failed", refusalOf(refused, server.mask));
    throw new AdapterFault("timeout", `the server answered ${refusalOf(refused, server.mask)}`);
  } catch (cause) {
    if (!(cause instanceof NoAnswer)) throw cause;
    const kind = cause.sent ? "timeout" : "remote_failed";
    throw new AdapterFault(kind, cause.message, { cause });
  }
}

/** The stream that an answer opens; undefined: it is none. */
export function streamOf(server: Server, { type, body }: Opened, signal: AbortSignal): Frames | undefined {
  const giveUp = (): void => void body.destroy();
  if (!type.startsWith("text/event-stream")) {
    giveUp();
    return undefined;
  }
  signal.addEventListener("abort", giveUp, { once: true });
  body.once("close", () => signal.removeEventListener("abort", giveUp));
  body.on("error", () => {}); // its reader hears of it
  if (signal.aborted) giveUp();
  return framesOf(body, server.limit);
}
