/** Who of a queue hears of its position, and how much that costs. */
import { expect, it } from "vitest";
import { openPlaces, type Place } from "#src/engine/places.ts";
import { openTelling } from "#src/engine/queue-positions.ts";
import { nextTurn } from "../../open-server.ts";

/** A queue in which the first goes first. */
function openLine(length: number) {
  const line = Array.from({ length }, (_, n) => n);
  const heard: string[] = [];
  let looks = 0;
  const telling = openTelling<number>({
    positionOf(one) {
      looks++;
      // It is in order, so that it needn't be searched.
      const first = line[0];
      return first === undefined || one < first ? undefined : one - first + 1;
    },
    tell: (one, position) => heard.push(`${one}: ${position}`),
  });
  for (const one of line) telling.begin(one);
  return {
    heard,
    of: (one: number) => heard.filter((text) => text.startsWith(`${one}: `)),
    looks: () => looks,
    go() {
      line.shift();
      telling.moveOn(line.length);
    },
  };
}

it("each hears it at the end of the turn in which it came, then when it has halved", async () => {
  const line = openLine(9);
  expect(line.heard).toEqual([]);
  await nextTurn();
  expect(line.heard).toEqual(Array.from({ length: 9 }, (_, n) => `${n}: ${n + 1}`));
  for (let n = 0; n < 8; n++) {
    line.go();
    await nextTurn();
  }
  expect(line.of(8)).toEqual(["8: 9", "8: 4", "8: 2", "8: 1"]);
  expect(line.of(0)).toEqual(["0: 1"]);
});

it("what many steps of one turn come to is told once", async () => {
  const line = openLine(9);
  await nextTurn();
  for (let n = 0; n < 8; n++) line.go();
  await nextTurn();
  expect(line.of(8)).toEqual(["8: 9", "8: 1"]);
});

it("of ten thousand, each is looked at a few times", async () => {
  const line = openLine(10_000);
  for (let n = 0; n < 10_000; n++) {
    await nextTurn();
    line.go();
  }
  await nextTurn();
  expect(line.of(9999)).toHaveLength(14);
  expect(line.looks()).toBeLessThan(10_000 * 15);
});

it("one whose way is blocked by others that go first is not looked at for each of them", async () => {
  let looks = 0;
  const telling = openTelling<string>({
    positionOf() {
      looks++;
      return 4000;
    },
    tell: () => undefined,
  });
  telling.begin("blocked");
  for (let n = 0; n < 10_000; n++) {
    telling.moveOn(10_000);
    await nextTurn();
  }
  expect(looks).toBeLessThan(25);
});

it("nobody hears of it who has its place, or is gone, when the turn ends", async () => {
  const places = openPlaces();
  const heard: string[] = [];
  const ask = (rank: string, signal = new AbortController().signal) => {
    const told = (position: number) => heard.push(`${rank}: ${position}`);
    return places.take(
      { target_id: "t", max_concurrency: 1 },
      { rank, sender: "s", lane: null, told },
      signal,
    );
  };
  const first = ask("1") as Place;
  const leave = new AbortController();
  void ask("2");
  void ask("3", leave.signal);
  void ask("4");
  first.release();
  leave.abort();
  await nextTurn();
  expect(heard).toEqual(["4: 1"]);
});
