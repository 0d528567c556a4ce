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

const make = monotonicFactory(random);
const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** The ids of one millisecond differ in their last four characters. */
const tails = 32 ** 4;
const id = Buffer.alloc(26);
let madeAt = 0;
let tail = 0;

/**
 * Makes an id that sorts behind every id made before it in this process. The first of a millisecond is
 * random; those behind it count on from there.
 */
export function newId(): string {
  const now = Date.now();
  tail++;
  if (now > madeAt || tail === tails) {
    madeAt = Math.max(now, madeAt + 1); // the next one is borrowed where this one is full
    id.write(make(madeAt));
    tail = id.subarray(22).reduce((value, code) => value * 32 + digits.indexOf(String.fromCharCode(code)), 0);
  }
  for (let at = 25, rest = tail; at > 21; at--, rest >>= 5) id[at] = digits.charCodeAt(rest & 31);
  return id.toString("latin1"); // a flat text; one that is put together holds its pieces
}

/** The smallest id of a millisecond. */
export const firstIdOf = (ms: number) => `${encodeTime(Math.max(0, ms), 10)}${"0".repeat(16)}`;

/** When an id was made; undefined: it is none. */
export const timeOfId = (id: string) => (isValid(id) ? decodeTime(id) : undefined);
