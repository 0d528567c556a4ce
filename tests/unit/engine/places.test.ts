import { expect, it } from "vitest";
import { openPlaces, type Place } from "#src/engine/places.ts";

const never = new AbortController().signal;
const spot = (max_concurrency: number | null) => ({ target_id: "t", max_concurrency });

/** Asks for places and writes down who got one. */
function queue(max: number | null) {
  const places = openPlaces();
  const granted: string[] = [];
  const held = new Map<string, Place>();
  const ask = async (rank: string, lane: string | null = null, signal = never) => {
    const place = await places.take(spot(max), { rank, sender: "local", lane }, signal);
    if (place === undefined) return;
    granted.push(rank);
    held.set(rank, place);
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const release = async (rank: string) => {
    held.get(rank)?.release();
    await settled();
  };
  return { ask, granted, release, settled };
}

it("grants as many places as the target has, first come first served", async () => {
  const { ask, granted, release, settled } = queue(2);
  for (const rank of ["1", "2", "3", "4"]) void ask(rank);
  await settled();
  expect(granted).toEqual(["1", "2"]);
  await release("2");
  await release("1");
  expect(granted).toEqual(["1", "2", "3", "4"]);
});

it("grants a lane to one at a time, and other lanes beside it", async () => {
  const { ask, granted, release, settled } = queue(null);
  void ask("1", "a");
  void ask("2", "a");
  void ask("3", "b");
  await settled();
  expect(granted).toEqual(["1", "3"]);
  await release("1");
  expect(granted).toEqual(["1", "3", "2"]);
});

it("lets one that comes back go before those that came after it", async () => {
  const { ask, granted, release, settled } = queue(1);
  void ask("1");
  void ask("3");
  void ask("2");
  await settled();
  await release("1");
  await release("2");
  expect(granted).toEqual(["1", "2", "3"]);
});

it("passes over a busy lane without losing its turn", async () => {
  const { ask, granted, release, settled } = queue(2);
  void ask("1", "a");
  void ask("2", "a");
  void ask("3", "b");
  void ask("4", "c");
  await settled();
  expect(granted).toEqual(["1", "3"]);
  await release("1");
  expect(granted).toEqual(["1", "3", "2"]);
  await release("3");
  expect(granted).toEqual(["1", "3", "2", "4"]);
});

it("forgets one that no longer waits", async () => {
  const { ask, granted, release, settled } = queue(1);
  const impatient = new AbortController();
  void ask("1", "a");
  void ask("2", "a", impatient.signal);
  void ask("3", "a");
  await settled();
  impatient.abort();
  await release("1");
  expect(granted).toEqual(["1", "3"]);
});

it("gives a place back once, however often that is said", async () => {
  const places = openPlaces();
  const asking = { sender: "local", lane: null };
  const first = await places.take(spot(1), { ...asking, rank: "1" }, never);
  first?.release();
  first?.release();
  const second = await places.take(spot(1), { ...asking, rank: "2" }, never);
  const third = places.take(spot(1), { ...asking, rank: "3" }, never);
  expect(second).toBeDefined();
  expect(third).toBeInstanceOf(Promise);
});
