/**
 * Streams of server-sent events: a follower's frames, written as they are to the response.
 *
 * 1. One timer serves all streams; there is none while no stream is open.
 * 2. A reader that takes nothing for 5 minutes is closed; it resumes where it was.
 * 3. Nothing is written behind the last frame, however long its reader takes to read it.
 * 4. The head, the frames that there are, and those of this turn's commit are one write.
 */
import type { Response } from "express";
import type { Principal } from "#src/core/access.ts";
import type { Clock } from "#src/core/ports.ts";
import type { Follower, Sink } from "#src/engine/follow.ts";
import { principalOf } from "./guard.ts";
import { piped } from "./piped.ts";

const keepaliveMs = 15_000;
const patienceMs = 5 * 60_000;
const keepalive = Buffer.from(": keepalive\n\n");

interface Open {
  readonly res: Response;
  /** Since when it has taken nothing. */
  blockedAt: number | undefined;
}

export interface Streams {
  /** The body of an answer that follows events. */
  of<Body>(follow: (sink: Sink) => Follower): Body;
  /** Makes a response such a body. */
  attach(res: Response, follow: (sink: Sink) => Follower): void;
  /** Ends those of one caller. */
  endOf(principal: Principal): void;
  /** Ends all that are open. */
  close(): void;
  readonly count: () => number;
}

/**
 * Makes the streams of a server.
 * @param afterTurn runs an act when this turn of the event loop has been committed
 */
export function openStreams(clock: Clock, afterTurn: (act: () => void) => void): Streams {
  const open = new Set<Open>();
  let disarm: (() => void) | undefined;
  const arm = () => {
    disarm ??= clock.after(keepaliveMs, () => {
      disarm = undefined;
      sweep(open, clock.now());
      if (open.size > 0) arm();
    });
  };
  const begin = (res: Response, follow: (sink: Sink) => Follower) => {
    arm();
    // Invariant 4. Not of the response: what it holds back it would write behind its end.
    const { socket } = res;
    socket?.cork();
    afterTurn(() => socket?.uncork());
    attach(open, res, follow, clock);
  };
  return {
    of: (follow) => piped((res) => begin(res, follow)),
    attach: begin,
    endOf(principal) {
      for (const stream of open) {
        if (principalOf(stream.res) !== principal) continue;
        stream.blockedAt ??= clock.now(); // invariant 3
        stream.res.end();
      }
    },
    close() {
      disarm?.();
      for (const { res } of open) res.end();
    },
    count: () => open.size,
  };
}

function attach(open: Set<Open>, res: Response, follow: (sink: Sink) => Follower, clock: Clock): void {
  if (res.closed) return; // it was gone before it could be answered
  const stream: Open = { res, blockedAt: undefined };
  open.add(stream);
  res.setHeader("Content-Type", "text/event-stream; charset=utf-8");
  res.setHeader("Cache-Control", "no-store");
  const follower = follow({
    write(bytes) {
      const free = !res.writableEnded && res.write(bytes);
      if (!free) stream.blockedAt = clock.now();
      return free;
    },
    end(bytes) {
      stream.blockedAt = clock.now();
      if (bytes === undefined || res.writableEnded) res.end();
      else res.end(bytes);
    },
  });
  res.on("drain", () => {
    if (res.writableEnded) return;
    stream.blockedAt = undefined;
    try {
      follower.pull();
    } catch {
      res.destroy(); // its reader resumes, and hears then what is wrong
    }
  });
  res.on("close", () => {
    open.delete(stream);
    follower.close();
  });
  follower.pull();
  if (!res.headersSent) res.flushHeaders();
}

function sweep(open: ReadonlySet<Open>, now: number): void {
  for (const { res, blockedAt } of open) {
    if (blockedAt === undefined) res.write(keepalive);
    else if (now - blockedAt > patienceMs) res.destroy();
  }
}
