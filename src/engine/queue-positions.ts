/**
 * Who hears of its position in a queue, and when: once soon after it began to wait, then when the position
 * has at least halved, and when it is the next.
 *
 * 1. What is told of in one turn of the event loop is told at its end, as it is then.
 * 2. A position is only looked up when it can have halved: each that goes brings the others one step
 *    nearer at most. So n that wait cost n times log n looks, not n times n.
 */

export interface Telling<W> {
  /** It waits from now on. */
  begin(waiter: W): void;
  /**
   * One has gone, for whatever reason.
   * @param left how many still wait
   */
  moveOn(left: number): void;
}

interface Queue<W> {
  /** Undefined: it doesn't wait any more. */
  positionOf(waiter: W): number | undefined;
  tell(waiter: W, position: number): void;
}

interface Listener<W> {
  readonly waiter: W;
  /** What it heard last. */
  told: number;
}

/** Makes the telling of a target. */
export function openTelling<W>({ positionOf, tell }: Queue<W>): Telling<W> {
  /** Whom to look at when so many have gone. */
  const later = new Map<number, Listener<W>[]>();
  let now: Listener<W>[] = [];
  let gone = 0;

  const look = (listener: Listener<W>) => {
    if (now.length === 0) setImmediate(lookAtAll);
    now.push(listener);
  };

  const lookAtAll = () => {
    const due = now;
    now = [];
    for (const listener of due) {
      const position = positionOf(listener.waiter);
      if (position !== undefined) hear(listener, position);
    }
  };

  const hear = (listener: Listener<W>, position: number) => {
    if (position <= halfOf(listener.told)) {
      listener.told = position;
      tell(listener.waiter, position);
    }
    if (listener.told > 1) lookLater(listener, position);
  };

  const lookLater = (listener: Listener<W>, position: number) => {
    // Not at each step, where others go first again and again.
    const steps = Math.max(1, position - halfOf(listener.told), Math.ceil(position / 8));
    const at = gone + steps;
    const same = later.get(at);
    if (same === undefined) later.set(at, [listener]);
    else same.push(listener);
  };

  return {
    begin: (waiter) => look({ waiter, told: Number.POSITIVE_INFINITY }),
    moveOn(left) {
      gone++;
      const due = later.get(gone) ?? [];
      later.delete(gone);
      for (const listener of due) look(listener);
      if (left === 0) later.clear();
    },
  };
}

const halfOf = (position: number) => Math.max(1, Math.floor(position / 2));
