/**
 * One run at a server: it is followed, answered and cancelled.
 *
 * Invariants:
 * 1. A cancel is said once; one that could not be said is said again when the server answers.
 * 2. A cancel that isn't confirmed in the grace time cuts the run off: its process is ended where nothing
 *    else runs there, else its session is left for good.
 * 3. A server that is out of reach is told later that nobody has answered its question: how long it may be
 *    away is decided by who follows the run.
 */
import type { Continuity } from "#contracts/enums.ts";
import type { LeftRun } from "#src/core/left-run.ts";
import type { Clock, JsonObject, Run } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { createAnswering } from "./answering.ts";
import { type Answer, callFor, NoAnswer, type Server } from "./calls.ts";
import type { Dialect } from "./dialects.ts";
import { type Following, type Frames, startFollowing } from "./following.ts";
import { refusalOf } from "./signals.ts";
import { createTurn, type Taken } from "./turn.ts";

export interface RunOptions {
  readonly server: Server;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly questionMs: number;
  readonly cancelGraceMs: number;
  /** How long its server may be out of reach. */
  readonly lostMs: number;
  /** Aborted when its server's process has ended. */
  readonly gone: AbortSignal;
  readonly goneSaid: () => string;
  /** Stops the work of a run that doesn't confirm its cancel, or leaves it. */
  readonly cutOff: () => "process_ended" | "quarantined";
  /** It goes on without the node. */
  readonly outlives: boolean;
  /** Its server doesn't answer. */
  readonly lost: (why: string) => void;
  /** Its server answers. */
  readonly heard: () => void;
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** It has ended, or was let go of. */
  readonly over: () => void;
}

/** A run that a server has, as it was begun or as it was left. */
export interface Begun {
  readonly run_id: string;
  readonly session_id: string;
  /** How it was asked for, and is told to go on. */
  readonly mode: Dialect["mode"];
  readonly taken: Taken;
  readonly continuity: { readonly continuity: Continuity; readonly continuity_reason: string };
  /** Aborted, it gives up the stream. */
  readonly stream: AbortController;
  readonly frames: Frames | undefined;
  /** What an earlier life had of it; undefined: it is of this life. */
  readonly left: Pick<LeftRun, "said" | "awaiting"> | undefined;
}

/** How long after a no that could not be said it is said again. */
const againMs = 5000;

export const nothingTaken: Taken = { events: 0, said: 0, made: 0 };

/** Follows a run. */
export function createRun(begun: Begun, options: RunOptions): Run {
  const { server, clock, signal } = options;
  const { run_id, session_id, mode } = begun;
  const dialect = { ...options.dialect, mode };
  const remote: JsonObject = { run_id, session_id, endpoint: server.endpoint, mode };
  const path = `/runs/${encodeURIComponent(run_id)}/cancel`;
  let cancelAsked = false;
  let untold = false;
  let takeBackGrace = (): void => {};
  let takeBackNo = (): void => {};

  const sayCancel = (): Promise<Answer> => callFor(server, { method: "POST", path });
  const interrupt = (): void => {
    turn.fail("interrupted", "the node stopped waiting for it");
    sayCancel().catch(() => {}); // nobody is left to hear of it
  };
  const turn = createTurn({
    clock,
    dialect,
    newId: options.newId,
    questionMs: options.questionMs,
    limit: server.limit,
    mask: server.mask,
    remote,
    taken: begun.taken,
    said: begun.left?.said ?? "",
    unanswered: (request_id) => void reject(request_id),
    broke: () => void sayCancel().catch(() => {}), // its task fails whatever comes of it
    over() {
      takeBackGrace();
      takeBackNo();
      signal.removeEventListener("abort", interrupt);
      following?.wake();
      begun.stream.abort();
      options.over();
    },
  });
  const answering = createAnswering({
    server,
    dialect,
    run_id,
    turn,
    signal: begun.stream.signal,
    goOn: (frames) => following?.goOn(frames),
  });

  const reject = async (request_id: string): Promise<void> => {
    try {
      await answering.reject(request_id);
    } catch (thrown) {
      if (!(thrown instanceof AdapterFault) || thrown.kind === "not_found") return;
      if (thrown.kind === "remote_failed" && thrown.cause instanceof NoAnswer) {
        takeBackNo = clock.after(againMs, () => void reject(request_id)); // invariant 3
        return;
      }
      const detail = `nobody answered in time, and the server did not take a no: ${thrown.message}`;
      turn.fail("remote_failed", detail);
      sayCancel().catch(() => {}); // its task has ended already
    }
  };
  const confirmIn = (ms: number, otherwise: () => void): void => {
    takeBackGrace();
    takeBackGrace = clock.after(ms, otherwise);
  };
  const cutOff = (): void => turn.cutOff(options.cutOff());

  /** Says a cancel that could not be said (invariant 1). */
  const retry = async (): Promise<void> => {
    if (!untold) return;
    try {
      await sayCancel();
      untold = false;
      confirmIn(options.cancelGraceMs, cutOff);
    } catch (thrown) {
      if (!(thrown instanceof NoAnswer)) throw thrown;
    }
  };

  const [open] = begun.left?.awaiting ?? [];
  if (open !== undefined) turn.askAgain(open);
  const following: Following | undefined = startFollowing(
    turn,
    { ...options, run_id, attached: begun.left !== undefined, retry, answers: answering.sent },
    begun.frames,
  );
  signal.addEventListener("abort", interrupt);
  if (signal.aborted) interrupt();

  return {
    handle: {
      binding: "acp_comm_http",
      remote_execution_id: run_id,
      remote_session_id: session_id,
      adapter_state: { ...remote, taken: { ...begun.taken } },
    },
    ...begun.continuity,
    signals: turn.signals,
    resume: answering.resume,
    async cancel() {
      if (cancelAsked || turn.ended()) return;
      cancelAsked = true;
      turn.cancelling();
      confirmIn(options.cancelGraceMs, cutOff);
      try {
        const answer = await sayCancel();
        // One that has ended already refuses it; how it ended is about to be heard.
        if (answer.status >= 500) throw new NoAnswer(refusalOf(answer, server.mask), true);
      } catch (thrown) {
        if (!(thrown instanceof NoAnswer)) throw thrown;
        untold = true;
        // Longer than the engine waits: then the task has failed, and only the session is to be left.
        confirmIn(options.cancelGraceMs * 3, cutOff);
        throw new AdapterFault("remote_failed", thrown.message, { cause: thrown });
      } finally {
        following.wake();
      }
    },
    ...(options.outlives ? { detach: turn.close } : {}),
  };
}
