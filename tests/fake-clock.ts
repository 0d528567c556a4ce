/** A clock that stands still until a test moves it. */
import type { Clock } from "#src/core/ports.ts";

export interface FakeClock extends Clock {
  /** Moves on, calling what falls due on the way, in order. */
  advance(ms: number): void;
  /** How many timers are armed. */
  armed(): number;
}

/** @param start milliseconds since the epoch */
export function createFakeClock(start = Date.parse("2026-11-23T09:00:00.000Z")): FakeClock {
  let now = start;
  let made = 0;
  const timers = new Map<number, { readonly at: number; readonly act: () => void }>();
  const nextDue = (until: number) =>
    [...timers].filter(([, { at }]) => at <= until).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
  return {
    now: () => now,
    after(ms, act) {
      const id = made++;
      timers.set(id, { at: now + ms, act });
      return () => void timers.delete(id);
    },
    advance(ms) {
      const until = now + ms;
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        const [id, { at, act }] = due;
        timers.delete(id);
        now = at;
        act();
      }
      now = until;
    },
    armed: () => timers.size,
  };
}
