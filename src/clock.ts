/** The time of this machine. */
import type { Clock } from "./core/ports.ts";

/** Node keeps no timer longer than this (2^31 - 1 ms). */
const longestMs = 2_147_483_647;

/** The system's clock and timers. */
export const systemClock: Clock = {
  now: Date.now,
  after(ms, act) {
    if (ms > longestMs) return chain(ms, act);
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** A timer longer than the longest: one after the other. */
function chain(ms: number, act: () => void): () => void {
  let disarm = systemClock.after(longestMs, () => {
    disarm = systemClock.after(ms - longestMs, act);
  });
  return () => disarm();
}
