/** Ids: ULIDs, monotonic within the process. */
import { randomFillSync } from "node:crypto";
import { decodeTime, encodeTime, isValid, monotonicFactory } from "ulid";

const pool = Buffer.alloc(4096);
let used = pool.length;

/** A fraction from 0 to 1, out of a pool of random bytes: one system call for thousands of ids. */
function random(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.readUInt8(used++) / 256;
}

/** Makes an id that sorts behind every id made before it in this process. */
export const newId: () => string = monotonicFactory(random);

/** The smallest id of a millisecond. */
export const firstIdOf = (ms: number) => `${encodeTime(Math.max(0, ms), 10)}${"0".repeat(16)}`;

/** When an id was made; undefined: it is none. */
export const timeOfId = (id: string) => (isValid(id) ? decodeTime(id) : undefined);
