/**
 * Streams of server-sent events: a follower's frames, written as they are to the response.
 *
 * 1. One timer serves all streams.
 * 2. A reader that takes nothing for 5 minutes is closed; it resumes where it was.
 */
import type { Response } from "express";
import type { Follower, Sink } from "#src/engine/follow.ts";
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
  /** Ends all that are open. */
  close(): void;
  readonly count: () => number;
}

/** Makes the streams of a server. */
export function openStreams(): Streams {
  const open = new Set<Open>();
  const timer = setInterval(() => sweep(open), keepaliveMs);
  timer.unref();
  return {
    of: (follow) => piped((res) => attach(open, res, follow)),
    close() {
      clearInterval(timer);
      for (const { res } of open) res.end();
    },
    count: () => open.size,
  };
}

function attach(open: Set<Open>, res: Response, follow: (sink: Sink) => Follower): void {
  const stream: Open = { res, blockedAt: undefined };
  open.add(stream);
  res.setHeader("Content-Type", "text/event-stream; charset=utf-8");
  res.setHeader("Cache-Control", "no-store");
  const follower = follow({
    write(bytes) {
      const free = res.write(bytes);
      if (!free) stream.blockedAt = Date.now();
      return free;
    },
    end: (bytes) => void (bytes === undefined ? res.end() : res.end(bytes)),
  });
  res.on("drain", () => {
    stream.blockedAt = undefined;
    follower.pull();
  });
  res.on("close", () => {
    open.delete(stream);
    follower.close();
  });
  follower.pull();
  if (!res.headersSent) res.flushHeaders();
}

function sweep(open: ReadonlySet<Open>): void {
  const now = Date.now();
  for (const stream of open) {
    if (stream.blockedAt === undefined) stream.res.write(keepalive);
    else if (now - stream.blockedAt > patienceMs) stream.res.destroy();
  }
}
