/**
 * A list that is always in order. Finding takes the logarithm of its length; adding and removing besides
 * moves what stands behind, which is nothing where items come and go at the ends.
 */
export interface SortedList<T> {
  /** In order. */
  readonly items: readonly T[];
  /** Where an item stands, or would. */
  indexOf(item: T): number;
  add(item: T): void;
  /** Takes an item out, if it is in. */
  remove(item: T): void;
}

/** @param compare must tell any two items of the list apart, and stay as it is while they are in it */
export function sortedList<T>(compare: (a: T, b: T) => number): SortedList<T> {
  const items: T[] = [];
  const indexOf = (item: T): number => {
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(items[middle] as T, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    items,
    indexOf,
    add(item) {
      const last = items.at(-1);
      if (last === undefined || compare(last, item) < 0) items.push(item);
      else items.splice(indexOf(item), 0, item);
    },
    remove(item) {
      const at = indexOf(item);
      if (items[at] !== item) return;
      if (at === 0) items.shift();
      else items.splice(at, 1);
    },
  };
}

/** Orders by a text. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
