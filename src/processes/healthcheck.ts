/** Whether a program answers at a URL. */
import * as http from "node:http";
import * as https from "node:https";
import type { Clock } from "#src/core/ports.ts";

/** One question waits no longer than this. */
const attemptMs = 2000;
const firstPauseMs = 50;
const longestPauseMs = 1000;

/** Asks once: true for any 2xx. Ended by the signal, with false. */
export function answers(url: string, clock: Clock, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  const { get } = url.startsWith("https:") ? https : http;
  return new Promise((resolve) => {
    // A connection of its own: nothing is kept open to a program that may be stopped.
    const request = get(url, { agent: false, signal }, ({ statusCode = 0 }) => {
      settle(statusCode >= 200 && statusCode < 300);
    });
    const settle = (answered: boolean): void => {
      takeBack();
      resolve(answered);
      request.destroy();
    };
    const takeBack = clock.after(attemptMs, () => settle(false));
    request.on("error", () => settle(false));
  });
}

/** Asks again and again; resolves with true when it answers, with false when the signal aborts. */
export async function untilAnswers(url: string, clock: Clock, signal: AbortSignal): Promise<boolean> {
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    if (await answers(url, clock, signal)) return true;
    await pause(clock, pauseMs, signal);
  }
  return false;
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      takeBack();
      signal.removeEventListener("abort", over);
      resolve();
    };
    const takeBack = clock.after(ms, over);
    signal.addEventListener("abort", over);
    if (signal.aborted) over();
  });
}
