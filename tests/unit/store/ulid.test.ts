import { isValid } from "ulid";
import { expect, it } from "vitest";
import { firstIdOf, newId, timeOfId } from "#src/store/ulid.ts";

function someIds(count: number): string[] {
  return Array.from({ length: count }, () => newId());
}

/** A clock that stands where it is set; not a spy, which would keep each of millions of calls. */
function heldClock(start: number) {
  const { now } = Date;
  let at = start;
  Date.now = () => at;
  return {
    set(ms: number) {
      at = ms;
    },
    [Symbol.dispose]() {
      Date.now = now;
    },
  };
}

/** Whether each sorts behind the one before it. */
const ascend = (ids: readonly string[]) => ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? ""));

it("makes ULIDs that ascend, and tell when they were made", () => {
  const before = Date.now();
  const ids = someIds(50_000);
  expect(ascend(ids)).toBe(true);
  expect(ids.filter((id) => !isValid(id))).toEqual([]);
  const [first = "", last = ""] = [ids[0], ids.at(-1)];
  expect(timeOfId(first)).toBeGreaterThanOrEqual(before);
  // One more where a millisecond was full.
  expect(timeOfId(last)).toBeLessThanOrEqual(Date.now() + 1);
  expect(first >= firstIdOf(before)).toBe(true);
});

it("makes ids that ascend while the clock stands still or goes back, also more than a millisecond holds", () => {
  const last = newId();
  using _clock = heldClock(Date.now() - 3_600_000);
  let before = last;
  for (let n = 0; n < 2 * 32 ** 4; n++) {
    const id = newId();
    if (id <= before) expect.unreachable(`${id} is not behind ${before}`);
    before = id;
  }
  expect(isValid(before)).toBe(true);
  const borrowed = (timeOfId(before) ?? 0) - (timeOfId(last) ?? 0);
  // Each begins anywhere among what it holds.
  expect(borrowed).toBeGreaterThan(1);
  expect(borrowed).toBeLessThan(100);
});

it("draws the first id of a millisecond anew", () => {
  const at = Date.now() + 1000;
  using clock = heldClock(at);
  const drawn = [0, 1, 2, 3].map((ms) => {
    clock.set(at + ms);
    return newId().slice(10);
  });
  const heads = new Set(drawn.map((random) => random.slice(0, 12)));
  expect(heads.size).toBe(4);
});
