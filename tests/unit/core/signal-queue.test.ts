import { describe, expect, test } from "vitest";
import type { Signal } from "#src/core/ports.ts";
import { createSignalQueue } from "#src/core/signal-queue.ts";

const said = (text: string): Signal => ({ kind: "progress", data: { type: "message", text } });
const done: Signal = { kind: "completed", result: { text: "" } };

async function drain(signals: AsyncIterable<Signal>): Promise<Signal[]> {
  const all: Signal[] = [];
  for await (const signal of signals) all.push(signal);
  return all;
}

describe("the signals of a run", () => {
  test("come out in order, whether the reader came before them or after", async () => {
    const queue = createSignalQueue();
    queue.push(said("a"));
    const read = drain(queue.signals);
    await Promise.resolve();
    for (const signal of [said("b"), said("c"), done]) queue.push(signal);
    expect(await read).toEqual([said("a"), said("b"), said("c"), done]);
  });

  test("end with the first final one; what is pushed after it is dropped", async () => {
    const queue = createSignalQueue();
    expect(queue.push(done)).toBe(true);
    expect(queue.ended()).toBe(true);
    expect(queue.push(said("late"))).toBe(false);
    expect(queue.push({ kind: "cancelled", how: "confirmed" })).toBe(false);
    expect(await drain(queue.signals)).toEqual([done]);
  });

  test("are not kept for a reader that went away", async () => {
    const queue = createSignalQueue();
    queue.push(said("a"));
    for await (const _ of queue.signals) break;
    queue.push(said("b"));
    expect(await drain(queue.signals)).toEqual([]);
  });
});
