/** Ids: ULIDs, monotonic within the process. */
import { randomFillSync } from "node:crypto";
import { monotonicFactory } from "ulid";

const pool = new Uint8Array(4096);
let used = pool.length;

/** A fraction from 0 to 1, out of a pool of random bytes: one system call for thousands of ids. */
function random(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return (pool[used++] ?? 0) / 256;
}

/** Makes an id that sorts behind every id made before it in this process. */
export const newId: () => string = monotonicFactory(random);
