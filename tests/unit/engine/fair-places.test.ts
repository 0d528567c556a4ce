/** Places between senders: who goes when several wait. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openPlaces, type Place } from "#src/engine/places.ts";
import { nextTurn } from "../../open-server.ts";

/** A target whose askers are named "sender rank" and stand in this order in a log. */
function openHall(max_concurrency: number | null) {
  const places = openPlaces();
  const held = new Map<string, Place>();
  const granted: string[] = [];
  const leaving = new Map<string, AbortController>();
  const keep = (name: string, place: Place | undefined) => {
    if (place === undefined) return;
    granted.push(name);
    held.set(name, place);
  };
  return {
    places,
    granted,
    held,
    ask(name: string, lane: string | null = null) {
      const [sender = "", rank = ""] = name.split(" ");
      const leave = new AbortController();
      leaving.set(name, leave);
      const answer = places.take({ target_id: "t", max_concurrency }, { rank, sender, lane }, leave.signal);
      if (answer instanceof Promise) void answer.then((place) => keep(name, place));
      else keep(name, answer);
    },
    withdraw: (name: string) => leaving.get(name)?.abort(),
    async release(name: string | undefined) {
      const place = held.get(name ?? "");
      held.delete(name ?? "");
      place?.release();
      await nextTurn();
    },
    /** Gives back a place that it made no use of. */
    async giveBack(name: string) {
      const place = held.get(name);
      held.delete(name);
      place?.giveBack();
      await nextTurn();
    },
    /** Gives places back in the order in which they were granted until nobody has one. */
    async drain() {
      for (let next = granted[0], n = 0; next !== undefined; next = granted[++n]) await this.release(next);
    },
  };
}

const named = (sender: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `${sender} ${String(from + n).padStart(4, "0")}`);

describe("places between senders", () => {
  it("go to one that asked for a single task before a thousand of another", async () => {
    const hall = openHall(1);
    for (const name of named("eager", 1, 1001)) hall.ask(name);
    hall.ask("modest 1002");
    await hall.release("eager 0001");
    expect(hall.granted).toEqual(["eager 0001", "modest 1002"]);
    await hall.drain();
    expect(hall.granted).toHaveLength(1002);
    expect(hall.granted.slice(2)).toEqual(named("eager", 2, 1001));
  });

  it("go round, each sender's own by rank", async () => {
    const hall = openHall(1);
    for (const name of ["a 1", "a 2", "a 3", "a 4", "b 5", "b 6", "c 7"]) hall.ask(name);
    await hall.drain();
    expect(hall.granted).toEqual(["a 1", "b 5", "c 7", "a 2", "b 6", "a 3", "a 4"]);
  });

  it("go to the one that was served longest ago, also when it had nothing to ask for meanwhile", async () => {
    const hall = openHall(1);
    for (const name of ["a 1", "b 2", "a 3", "a 4"]) hall.ask(name);
    await hall.release("a 1");
    expect(hall.granted.at(-1)).toBe("b 2");
    hall.ask("b 5");
    await hall.drain();
    expect(hall.granted).toEqual(["a 1", "b 2", "a 3", "b 5", "a 4"]);
  });

  it("are not kept back by senders that are always new", async () => {
    const hall = openHall(1);
    for (const name of ["old 00", "old 01", "old 02"]) hall.ask(name);
    for (let n = 10; hall.granted.at(-1) !== "old 02"; n++) {
      hall.ask(`new${n} ${n}`);
      await hall.release(hall.granted.at(-1));
      expect(hall.granted.length).toBeLessThan(10);
    }
    expect(hall.granted).toContain("new10 10");
  });

  it("cost nothing where they are given back unused, and are the same one's again where it asks at once", async () => {
    const hall = openHall(1);
    for (const name of ["a 1", "b 2", "a 3", "b 4", "c 5"]) hall.ask(name);
    await hall.release("a 1");
    expect(hall.granted.at(-1)).toBe("b 2");
    hall.ask("b 2");
    await hall.giveBack("b 2");
    await hall.giveBack("b 2");
    expect(hall.granted).toEqual(["a 1", "b 2", "b 2", "b 4"]);
    await hall.release("b 4");
    await hall.drain();
    expect(hall.granted).toEqual(["a 1", "b 2", "b 2", "b 4", "c 5", "a 3"]);
  });

  it("cost what the sender's later ones cost, where an earlier one of it is given back unused", async () => {
    const hall = openHall(2);
    for (const name of ["a 1", "a 2", "b 3", "a 4"]) hall.ask(name);
    await hall.giveBack("a 1");
    await hall.drain();
    expect(hall.granted).toEqual(["a 1", "a 2", "b 3", "a 4"]);
  });

  it("keep to the order of a lane that senders share", async () => {
    const hall = openHall(2);
    for (const name of ["a 1", "b 2", "a 3"]) hall.ask(name, "talk");
    hall.ask("c 4");
    hall.ask("c 5");
    expect(hall.granted).toEqual(["a 1", "c 4"]);
    await hall.release("a 1");
    expect(hall.granted).toEqual(["a 1", "c 4", "b 2"]);
    await hall.release("b 2");
    await hall.release("c 4");
    expect(hall.granted).toEqual(["a 1", "c 4", "b 2", "a 3", "c 5"]);
  });

  it("are shared out among all who ask while they are held back", async () => {
    const hall = openHall(2);
    const grant = hall.places.hold();
    for (const name of ["a 1", "a 2", "a 3", "b 4"]) hall.ask(name);
    await nextTurn();
    expect(hall.granted).toEqual([]);
    grant();
    await nextTurn();
    await hall.drain();
    expect(hall.granted).toEqual(["a 1", "b 4", "a 2", "a 3"]);
  });

  it("are counted as long as somebody waits for them", async () => {
    const hall = openHall(1);
    for (const name of ["a 1", "a 2", "b 3", "b 4"]) hall.ask(name);
    expect(hall.places.waiting("t")).toBe(3);
    expect(hall.places.waiting("another")).toBe(0);
    hall.withdraw("b 3");
    hall.withdraw("a 1");
    expect(hall.places.waiting("t")).toBe(2);
    await hall.drain();
    expect(hall.places.waiting("t")).toBe(0);
  });
});

type Step =
  | { readonly kind: "ask"; readonly sender: number; readonly lane: number }
  | { readonly kind: "release" | "withdraw"; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("ask"), sender: fc.nat(4), lane: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("release"), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("withdraw"), which: fc.nat(9) }) },
);

/** What is known of one that asked. */
interface Asked {
  readonly name: string;
  readonly sender: string;
  readonly lane: string;
}

/** Watches a hall: what must hold after each step. */
function openWatch(max: number | null) {
  const hall = openHall(max);
  const all = new Map<string, Asked>();
  const waiting: Asked[] = [];
  const gone: string[] = [];
  /** For each sender: grants to others since it could go on. */
  const passedOver = new Map<string, number>();
  let seen = 0;
  const limit = max ?? Number.POSITIVE_INFINITY;
  const busy = () => new Set([...hall.held.keys()].map((name) => all.get(name)?.lane));
  const first = ({ lane }: Asked) => waiting.find((other) => other.lane === lane);
  /** Senders that have one that only needs a place. */
  const able = () => {
    const lanes = busy();
    return new Set(
      waiting.filter((one) => !lanes.has(one.lane) && first(one) === one).map(({ sender }) => sender),
    );
  };
  const countFor = (able: ReadonlySet<string>) => {
    for (const sender of passedOver.keys()) if (!able.has(sender)) passedOver.delete(sender);
    for (const sender of able) if (!passedOver.has(sender)) passedOver.set(sender, 0);
  };
  const grantedTo = (name: string) => {
    const one = all.get(name);
    if (one === undefined) throw new Error(`${name} never asked`);
    expect(gone).not.toContain(name);
    expect(first(one)?.name).toBe(name);
    for (const [sender, count] of passedOver) passedOver.set(sender, count + 1);
    passedOver.delete(one.sender);
    waiting.splice(waiting.indexOf(one), 1);
  };
  return {
    hall,
    waiting,
    ask({ sender, lane }: Extract<Step, { kind: "ask" }>) {
      const rank = String(all.size).padStart(3, "0");
      // The last lanes are nobody else's.
      const asked = { name: `s${sender} ${rank}`, sender: `s${sender}`, lane: lane > 3 ? rank : `l${lane}` };
      all.set(asked.name, asked);
      waiting.push(asked);
      hall.ask(asked.name, lane > 3 ? null : asked.lane);
    },
    withdraw(which: number) {
      const one = waiting[which % Math.max(1, waiting.length)];
      if (one === undefined) return;
      waiting.splice(waiting.indexOf(one), 1);
      gone.push(one.name);
      hall.withdraw(one.name);
    },
    release: (which: number) => hall.release([...hall.held.keys()][which % Math.max(1, hall.held.size)]),
    /** Goes through the grants since it was last called. */
    check() {
      for (const name of hall.granted.slice(seen)) grantedTo(name);
      seen = hall.granted.length;
      countFor(able());
      const lanes = [...hall.held.keys()].map((name) => all.get(name)?.lane);
      expect(lanes).toEqual([...new Set(lanes)]);
      expect(hall.held.size).toBeLessThanOrEqual(limit);
      if (hall.held.size < limit) expect([...able()]).toEqual([]);
      for (const count of passedOver.values()) expect(count).toBeLessThan(5);
      expect(hall.places.waiting("t")).toBe(waiting.length);
    },
  };
}

describe("whatever is asked for, given back and withdrawn", () => {
  it("holds every limit and every order, passes nobody over twice, and forgets nobody", async () => {
    const limit = fc.constantFrom(1, 2, 3, null);
    const life = fc.asyncProperty(
      limit,
      fc.array(step, { minLength: 10, maxLength: 120 }),
      async (max, steps) => {
        const watch = openWatch(max);
        for (const one of steps) {
          if (one.kind === "ask") watch.ask(one);
          else if (one.kind === "withdraw") watch.withdraw(one.which);
          else await watch.release(one.which);
          await nextTurn();
          watch.check();
        }
        while (watch.hall.held.size > 0) {
          await watch.release(0);
          watch.check();
        }
        expect(watch.waiting).toEqual([]);
      },
    );
    await fc.assert(life, { numRuns: 200 });
  });
});

describe("twenty thousand that wait", () => {
  /** The processor's microseconds that a grant takes on average, the best of a few tries. */
  async function grantUs(waiting: number): Promise<number> {
    const tries = [];
    for (let n = 0; n < 3; n++) {
      const hall = openHall(1);
      for (const [at, name] of named("s", 1, waiting).entries()) hall.ask(`${at % 7}${name}`, `l${at % 100}`);
      const begin = process.cpuUsage();
      await hall.drain();
      expect(hall.granted).toHaveLength(waiting);
      tries.push(process.cpuUsage(begin).user / waiting);
    }
    return Math.min(...tries);
  }

  it("make no grant as slow as looking at all of them would", async () => {
    await grantUs(1000);
    const few = await grantUs(1000);
    const many = await grantUs(20_000);
    // Looking at all of them would take twenty times as long.
    expect(many / few).toBeLessThan(10);
  }, 60_000);
});
