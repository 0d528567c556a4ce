/**
 * What anybody can bring about is logged once a minute for each who does, with how often it came since.
 *
 * 1. However many there are, no more than `most` are told apart in a minute: the others are one.
 */
import type { Clock } from "./ports.ts";

const minuteMs = 60_000;
const most = 100;

/** Whether something is logged now; undefined: it is only counted. */
export type LogRarely = (who: string) => { readonly before: number } | undefined;

/** @returns tells of the first in each minute, with how many were not told of since the one before */
export function logRarely(clock: Pick<Clock, "now">, limit = most): LogRarely {
  let began = Number.NEGATIVE_INFINITY;
  let told = new Set<string>();
  const untold = new Map<string, number>();
  return (who) => {
    const now = clock.now();
    if (now - began >= minuteMs) {
      began = now;
      told = new Set();
    }
    const name = told.has(who) || told.size < limit ? who : "";
    if (told.has(name)) {
      const key = untold.has(name) || untold.size < limit ? name : "";
      untold.set(key, (untold.get(key) ?? 0) + 1);
      return undefined;
    }
    told.add(name);
    const before = untold.get(name) ?? 0;
    untold.delete(name);
    return { before };
  };
}
