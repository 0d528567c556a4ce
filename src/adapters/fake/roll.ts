/** A list whose n-th member can be awaited before it is there. */
export interface Roll<T> {
  readonly all: readonly T[];
  add(member: T): void;
  /** @param n counted from 0 */
  at(n: number): Promise<T>;
}

export function createRoll<T>(): Roll<T> {
  const all: T[] = [];
  const waiting = new Map<number, ((member: T) => void)[]>();
  return {
    all,
    add(member) {
      const n = all.push(member) - 1;
      for (const resolve of waiting.get(n) ?? []) resolve(member);
      waiting.delete(n);
    },
    at(n) {
      const member = all[n];
      if (member !== undefined) return Promise.resolve(member);
      return new Promise((resolve) => waiting.set(n, [...(waiting.get(n) ?? []), resolve]));
    },
  };
}
