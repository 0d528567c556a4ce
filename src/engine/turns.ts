/**
 * Whose turn it is: round robin over the senders that wait, so that one who asks for much doesn't make
 * another wait behind all of it.
 *
 * 1. The sender that was served longest ago goes first; of those served equally long ago, the one whose
 *    first waiter has the lowest rank.
 * 2. A sender that can go on is passed over at most once by each other one: who is served goes behind all
 *    who wait, also when it leaves and comes again.
 * 3. One that wasn't served for a whole round counts as served a round ago, so that ever new senders don't
 *    keep back those that were served before. Only those served within a round are remembered.
 */
import { byText, type SortedList, sortedList } from "#src/core/sorted-list.ts";

/** What waits. */
export interface Ranked {
  readonly rank: string;
}

/** A sender that has waiters. */
export interface Sender<W extends Ranked> {
  readonly name: string;
  /** All that wait, by rank. */
  readonly waiting: SortedList<W>;
  /** Those of them that only need a place, by rank. */
  readonly ready: SortedList<W>;
  /** When it was served last: the how manieth grant that was. */
  served: number;
}

export interface Turns<W extends Ranked> {
  /** The one to go next of those that only need a place. */
  next(): W | undefined;
  /** A waiter comes. */
  come(name: string, waiter: W): Sender<W>;
  /** A waiter goes, served or not; it must not be ready any more. */
  go(sender: Sender<W>, waiter: W): void;
  /** It only needs a place now, or not any more. */
  setReady(sender: Sender<W>, waiter: W, ready: boolean): void;
  /**
   * Counts a grant; its waiter has gone already.
   * @returns takes it back: the sender stands where it stood, if it wasn't served again since
   */
  serve(sender: Sender<W>): () => void;
  /**
   * How manieth a waiter is to go (from 1) if nobody else comes and no lane is busy. Costs no more than
   * the root of how many wait.
   */
  positionOf(sender: Sender<W>, waiter: W): number;
}

/** Makes the turns of a target. */
export function openTurns<W extends Ranked>(): Turns<W> {
  const senders = new Map<string, Sender<W>>();
  /** Of senders without waiters: when each was served, if that is not a round ago. */
  const rested = new Map<string, number>();
  /** Senders with something ready. */
  const order = sortedList<Sender<W>>((a, b) => a.served - b.served || byText(firstRank(a), firstRank(b)));
  /** How many senders have so many waiters. */
  const sizes = new Map<number, number>();
  let grants = 0;
  let roundAgo = 0;

  const resize = (from: number, to: number) => {
    const left = (sizes.get(from) ?? 0) - 1;
    if (left > 0) sizes.set(from, left);
    else sizes.delete(from);
    if (to > 0) sizes.set(to, (sizes.get(to) ?? 0) + 1);
  };

  /** A sender's standing in the order changes only while it is out of it. */
  const reorder = (sender: Sender<W>, change: () => void) => {
    if (sender.ready.items.length > 0) order.remove(sender);
    change();
    if (sender.ready.items.length > 0) order.add(sender);
  };

  const rest = ({ name, served }: Sender<W>) => {
    rested.delete(name);
    if (served > roundAgo) rested.set(name, served);
  };

  const forgetOld = () => {
    for (const [name, served] of rested) {
      if (served > roundAgo) return;
      rested.delete(name);
    }
  };

  const stand = (sender: Sender<W>, served: number) => {
    reorder(sender, () => {
      sender.served = served;
    });
    if (!senders.has(sender.name)) rest(sender);
  };

  const enter = (name: string): Sender<W> => {
    const known = senders.get(name);
    if (known !== undefined) return known;
    const served = Math.max(rested.get(name) ?? 0, roundAgo);
    rested.delete(name);
    const sender = { name, waiting: sortedList<W>(byRank), ready: sortedList<W>(byRank), served };
    senders.set(name, sender);
    return sender;
  };

  return {
    next: () => order.items[0]?.ready.items[0],
    come(name, waiter) {
      const sender = enter(name);
      sender.waiting.add(waiter);
      const size = sender.waiting.items.length;
      resize(size - 1, size);
      return sender;
    },
    go(sender, waiter) {
      const before = sender.waiting.items.length;
      sender.waiting.remove(waiter);
      const size = sender.waiting.items.length;
      if (size === before) return;
      resize(before, size);
      if (size > 0) return;
      senders.delete(sender.name);
      rest(sender);
    },
    setReady(sender, waiter, ready) {
      reorder(sender, () => (ready ? sender.ready.add(waiter) : sender.ready.remove(waiter)));
    },
    serve(sender) {
      const before = sender.served;
      const grant = ++grants;
      roundAgo = Math.max(roundAgo, grants - Math.max(1, senders.size));
      stand(sender, grant);
      forgetOld();
      return () => {
        const { name } = sender;
        const now = senders.get(name) ?? { ...sender, served: rested.get(name) ?? 0 };
        if (now.served === grant) stand(now, before);
      };
    },
    positionOf(sender, waiter) {
      const before = sender.waiting.indexOf(waiter);
      let rounds = 0;
      let stillThere = 0;
      for (const [size, count] of sizes) {
        rounds += count * Math.min(size, before);
        if (size > before) stillThere += count;
      }
      return rounds + Math.min(order.indexOf(sender), stillThere - 1) + 1;
    },
  };
}

const byRank = (a: Ranked, b: Ranked) => byText(a.rank, b.rank);
const firstRank = <W extends Ranked>({ ready, waiting }: Sender<W>) =>
  (ready.items[0] ?? waiting.items[0])?.rank ?? "";
