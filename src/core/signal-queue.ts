/**
 * What a run tells, between the adapter that speaks and the engine that listens.
 *
 * Invariants:
 * 1. The signals come out in the order in which they were pushed, each once.
 * 2. The first final signal ends the queue; whatever is pushed after it is dropped.
 * 3. A queue that was closed ends without a final signal; what was pushed before still comes out.
 * 4. One reader. A reader that goes away early leaves nothing behind: later signals are not kept.
 */
import type { FinalSignal, Signal } from "./ports.ts";

export interface SignalQueue {
  /** Answers whether the signal was taken; false: the run has ended already. */
  push(signal: Signal): boolean;
  /** Whether a final signal was pushed, or the queue was closed. */
  ended(): boolean;
  /** Ends it without a final signal. */
  close(): void;
  readonly signals: AsyncIterable<Signal>;
}

/** Whether a run ends with this signal. */
export function isFinal(signal: Signal): signal is FinalSignal {
  return signal.kind === "completed" || signal.kind === "failed" || signal.kind === "cancelled";
}

/** A queue for one run; see the invariants above. */
export function createSignalQueue(): SignalQueue {
  let kept: Signal[] = [];
  let taken = 0;
  let ended = false;
  let abandoned = false;
  let wake: ((next: IteratorResult<Signal>) => void) | undefined;

  const finish = (): IteratorResult<Signal> => ({ value: undefined, done: true });

  const take = (): Signal | undefined => {
    const signal = kept[taken];
    taken += 1;
    if (taken >= kept.length) {
      kept = [];
      taken = 0;
    }
    return signal;
  };

  const iterator: AsyncIterator<Signal> = {
    next() {
      const signal = take();
      if (signal !== undefined) return Promise.resolve({ value: signal, done: false });
      if (ended || abandoned) return Promise.resolve(finish());
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
    return() {
      abandoned = true;
      kept = [];
      taken = 0;
      wake?.(finish());
      wake = undefined;
      return Promise.resolve(finish());
    },
  };

  return {
    push(signal) {
      if (ended) return false; // invariant 2
      ended = isFinal(signal);
      if (wake !== undefined) {
        const resolve = wake;
        wake = undefined;
        resolve({ value: signal, done: false });
      } else if (!abandoned) kept.push(signal);
      return true;
    },
    ended: () => ended,
    close() {
      ended = true;
      if (wake === undefined) return;
      const resolve = wake;
      wake = undefined;
      resolve(finish());
    },
    signals: { [Symbol.asyncIterator]: () => iterator },
  };
}
