/**
 * Streams of events that outlive their connections.
 *
 * 1. Every event comes once and in order: a reconnect says which was the last (Last-Event-ID).
 * 2. What may pass (a cut, in a frame or between two; a refused connection; a 503) is waited out. What
 *    won't (a 4xx) is thrown.
 * 3. A node that has never answered is given up after a few attempts, one that has is not.
 */
import type { TaskEvent } from "#generated/client/src/api.schemas.ts";
import { type Call, type CallOptions, send } from "#generated/client/src/call.ts";
import { AethrolinkError, UnreachableError } from "#generated/client/src/errors.ts";
import { framesOf } from "#generated/client/src/frames.ts";
import { type Attempts, countAttempts, type RetryOptions } from "#generated/client/src/retrying.ts";

/** What may be said of a stream besides. */
export interface StreamOptions extends CallOptions, RetryOptions {
  /** How long nothing may come before the connection counts as dead; default 60 s, four keepalives. */
  silenceMs?: number | undefined;
}

type StreamCall = Call & StreamOptions;

const terminalKinds: ReadonlySet<string> = new Set(["task.completed", "task.failed", "task.cancelled"]);
const usualSilenceMs = 60_000;

/** The events of one task; ends with it. The type of a frame is what the generated function names. */
export async function* streamOfTask<_Frame>(
  path: string,
  options?: StreamCall,
): AsyncGenerator<TaskEvent, void> {
  for await (const event of follow(path, options)) {
    yield event;
    if (terminalKinds.has(event.kind)) return;
  }
}

/**
 * The events of all tasks; never ends by itself.
 *
 * Without `after` it begins with what happens from now on, and where that is only the first event tells:
 * a cut before it begins anew. Name a position to miss nothing.
 */
export function streamOfAll<_Frame>(path: string, options?: StreamCall): AsyncGenerator<TaskEvent, void> {
  return follow(path, options);
}

/** Where a stream is, from one connection to the next. */
interface Place {
  readonly path: string;
  readonly silenceMs: number;
  /** The id of the last event that was handed on. */
  last: string | undefined;
}

/** Events until the node says that there is nothing more (204). */
async function* follow(path: string, options: StreamCall = {}): AsyncGenerator<TaskEvent, void> {
  const { onRetry, maxFailures, pause, silenceMs = usualSilenceMs, ...call } = options;
  const place: Place = { path, silenceMs, last: undefined };
  const attempts = countAttempts({ onRetry, maxFailures, pause }, call.signal);
  for (;;) {
    let reason: unknown = new UnreachableError(path, new Error("the stream was closed before its end"));
    try {
      if ((yield* connection(place, call, attempts)) === "over") return;
    } catch (thrown) {
      reason = thrown;
    }
    await attempts.failed(reason);
  }
}

/** The events of one connection. */
async function* connection(
  place: Place,
  call: Call,
  attempts: Attempts,
): AsyncGenerator<TaskEvent, "over" | "cut"> {
  const headers = new Headers(call.headers);
  headers.set("Accept", "text/event-stream");
  if (place.last !== undefined) headers.set("Last-Event-ID", place.last);
  const response = await send(place.path, { ...call, headers });
  if (response.status === 204 || response.body === null) return "over";
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
    await response.body.cancel();
    throw new AethrolinkError(response.status, { detail: "What answered there is no stream of events." });
  }
  attempts.answered();
  const frames = framesOf(response.body, { silenceMs: place.silenceMs, onRetry: attempts.waitAtFirst });
  for await (const frame of brokenIsUnreachable(response.url || place.path, frames)) {
    if (frame.event !== "task.event") continue;
    const event = JSON.parse(frame.data) as TaskEvent;
    place.last = frame.id ?? place.last;
    attempts.progressed();
    yield event;
  }
  return "cut";
}

/** The same items; a source that breaks is a connection that broke. */
async function* brokenIsUnreachable<T>(url: string, items: AsyncIterable<T>): AsyncGenerator<T, void> {
  try {
    yield* items;
  } catch (thrown) {
    throw new UnreachableError(url, thrown);
  }
}
