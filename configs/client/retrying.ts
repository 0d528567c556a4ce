/** Trying again: what is waited out, how long, and how often. */
import { AethrolinkError, mayPass } from "#generated/client/src/errors.ts";

/** Waits; throws the signal's reason when that comes first. */
export type Pause = (delayMs: number, signal: AbortSignal | undefined) => Promise<void>;

export interface RetryOptions {
  /** How many attempts in a row may fail; default: 5 before the first answer, then no limit. */
  maxFailures?: number | undefined;
  /** Told before each further attempt: why, and how long it waits. */
  onRetry?: ((reason: unknown, delayMs: number) => void) | undefined;
  /** Waits between attempts; for tests. */
  pause?: Pause | undefined;
}

const failuresBeforeFirst = 5;
const firstDelayMs = 200;
const longestDelayMs = 5_000;

const sleep: Pause = (delayMs, signal) =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, delayMs);
    signal?.addEventListener("abort", abort, { once: true });
  });

/**
 * How long to wait after so many failures in a row: twice as long each time, and never quite as long as
 * other clients do, so that they don't come back all at once.
 * @param failures from 1
 * @param random from 0 to 1
 */
export function delayAfter(failures: number, baseMs = firstDelayMs, random = Math.random()): number {
  const longest = Math.min(longestDelayMs, baseMs * 2 ** Math.min(failures - 1, 16));
  return Math.round(longest * (0.5 + random / 2));
}

/** The attempts at one thing. */
export interface Attempts {
  /** The node has answered: it is there. */
  answered(): void;
  /** There was progress: what failed before no longer counts. */
  progressed(): void;
  /** The server said how long clients shall wait. */
  waitAtFirst(delayMs: number): void;
  /** Waits before the next attempt; throws what went wrong where no further one can help. */
  failed(reason: unknown): Promise<void>;
}

/** Begins to count attempts. */
export function countAttempts(
  { maxFailures, onRetry, pause = sleep }: RetryOptions,
  signal: AbortSignal | undefined,
): Attempts {
  let limit = maxFailures ?? failuresBeforeFirst;
  let failures = 0;
  let baseMs: number | undefined;
  return {
    answered() {
      limit = maxFailures ?? Number.POSITIVE_INFINITY;
    },
    progressed() {
      failures = 0;
    },
    waitAtFirst(delayMs) {
      baseMs = delayMs;
    },
    async failed(reason) {
      signal?.throwIfAborted();
      failures += 1;
      if (!mayPass(reason) || failures >= limit) throw reason;
      const asked = reason instanceof AethrolinkError ? reason.retryAfterMs : undefined;
      const delayMs = asked ?? delayAfter(failures, baseMs);
      onRetry?.(reason, delayMs);
      await pause(delayMs, signal);
    },
  };
}
