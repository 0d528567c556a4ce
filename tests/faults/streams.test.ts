/**
 * Many readers of one task. READERS, EVENTS: how many readers, whose connections are cut again and
 * again, of how many events; STALLED: how many that take nothing.
 */
import { describe, expect, test } from "vitest";
import { usage } from "../bench/measure.ts";
import { fixtureCommand } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, eventOf, startNode, type TestNode } from "../support.ts";
import { createRandom } from "./crash-load.ts";
import { readOn, readWithCuts, stalledReader } from "./stream-readers.ts";

const readers = Number(process.env["READERS"] ?? 20);
const events = Number(process.env["EVENTS"] ?? 1000);
const stalled = Number(process.env["STALLED"] ?? 50);
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1_000_000));
/** What an event takes on the wire, about. */
const frameBytes = 400;

/** A node's memory goes up and down by so much of its own. */
const ownMb = 48;

const home = () => createHome({ talking: { command: fixtureCommand("talking") } });
const quiet = ["--log-level", "error"];

async function talk(node: TestNode, payload: { readonly events: number; readonly size?: number }) {
  const { task_id } = await node.submit({ target_runtime: "talking", payload });
  await eventOf(node, task_id, "task.running");
  return task_id;
}

/** 1…N, where N is the number of the task's last event. */
async function numbersOf(node: TestNode, task_id: string): Promise<number[]> {
  const { seq = 0 } = (await node.history(task_id)).at(-1) ?? {};
  return Array.from({ length: seq }, (_, n) => n + 1);
}

describe("a task's readers", () => {
  test(`(${readers} of them, ${events} events) see each event once and in order, wherever they are cut`, {
    timeout: 60_000 + readers * events,
  }, async () => {
    using place = home();
    await using node = await startNode({ ...place, args: quiet });
    const random = createRandom(seed);
    const task_id = await talk(node, { events });
    const mostBytes = (events * frameBytes) / 5;
    const seen = await Promise.all(
      Array.from({ length: readers }, () => readWithCuts(node, task_id, random, mostBytes)),
    );
    const numbers = await numbersOf(node, task_id);
    expect(numbers.length).toBeGreaterThan(events);
    for (const { ids } of seen) expect(ids).toEqual(numbers);
    const cuts = seen.reduce((sum, each) => sum + each.cuts, 0);
    expect(cuts).toBeGreaterThan(readers);
    tellFigures("G7", { readers, events: numbers.length, cuts, missed: 0 });
    console.log(`${readers} readers of ${numbers.length} events, cut ${cuts} times, seed ${seed}`);
  });

  test(`that take nothing (${stalled} of them) cost less than 1 MB each, delay nobody, and get all of it later`, {
    timeout: 120_000,
  }, async () => {
    using place = home();
    await using node = await startNode({ ...place, args: quiet });
    const large = { events: 2000, size: 8000 };
    /** How long a reader that reads takes for all of it. */
    const lap = async (stalling: number) => {
      const begin = performance.now();
      const task_id = await talk(node, large);
      const sockets = await Promise.all(Array.from({ length: stalling }, () => stalledReader(node, task_id)));
      const { ids } = await readWithCuts(node, task_id, () => 1, Number.POSITIVE_INFINITY);
      expect(ids).toEqual(await numbersOf(node, task_id));
      return { ms: performance.now() - begin, sockets, ids, rssMb: usage(node.pid).rssMb };
    };
    await lap(0); // the node has its size
    const without = await lap(0);
    const beside = await lap(stalled);
    const grownMb = Math.max(0, beside.rssMb - without.rssMb);
    for (const ids of await Promise.all(beside.sockets.map(readOn))) expect(ids).toEqual(beside.ids);
    expect(grownMb).toBeLessThan(stalled + ownMb);
    const eachMb = grownMb / stalled;
    // Who waited for one that stalls would wait for minutes.
    expect(beside.ms).toBeLessThan(10_000 + without.ms * 4);
    tellFigures("G7", { stalled, eachMb, besideMs: beside.ms, withoutMs: without.ms });
    console.log(
      `a reader that stalls: ${eachMb.toFixed(2)} MB; another takes ${beside.ms.toFixed()} ms, ${without.ms.toFixed()} ms without`,
    );
  });
});
