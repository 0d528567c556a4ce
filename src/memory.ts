/**
 * How far the heap grows under load.
 *
 * Nearly all that a task makes is garbage when it has ended: a full collection leaves 25 MB after any
 * number of tasks. But V8 lets the young part of the heap double while objects survive its small
 * collections, and the old part grow to several times of what lives in it, and gives little of that back
 * while work goes on. Both is bounded here by flags that V8 looks at whenever the heap may grow, so that
 * they may be set while it runs.
 */
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Where the young part stops to grow. With less of it, more of what dies soon would have to be copied. */
const youngBytes = 8 * 1024 * 1024;

/** By how much it grows when it does. */
const growsBy = (factor: 1 | 2) => setFlagsFromString(`--semi-space-growth-factor=${factor}`);

/** So much larger than after the last full collection the old part may be, in percent. With less of it the collector takes a tenth of the processor. */
const oldGrowth = "--heap-growing-percent=150";

/** The flags, by their names. */
export const heapFlags = ["--semi-space-growth-factor", "--heap-growing-percent"] as const;

/** Keeps the heap of this process near to what lives in it. Looks at it after each collection, else never. */
export function boundHeap(): void {
  setFlagsFromString(oldGrowth);
  let factor: 1 | 2 = 2;
  new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
    const wanted = (young?.space_size ?? 0) < youngBytes ? 2 : 1;
    if (wanted === factor) return;
    factor = wanted;
    growsBy(factor);
  }).observe({ entryTypes: ["gc"] });
}
