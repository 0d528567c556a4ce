import { expect, it } from "vitest";
import { openTail, type Tail } from "#src/store/tail.ts";

const said = (tail: Tail, after: number) => {
  const frames = tail.since(after);
  return frames === undefined ? undefined : [Buffer.from(frames.bytes).toString(), frames.last];
};

function filled(ids: readonly number[], limit?: number): Tail {
  const tail = openTail((ids[0] ?? 1) - 1, limit);
  for (const id of ids) tail.push(id, `<${id}>`);
  return tail;
}

it("gives what is behind an id, and nothing where there is nothing newer", () => {
  const tail = filled([6, 7, 8]);
  expect(said(tail, 5)).toEqual(["<6><7><8>", 8]);
  expect(said(tail, 6)).toEqual(["<7><8>", 8]);
  expect(said(tail, 8)).toBeUndefined();
  expect(said(tail, 9)).toBeUndefined();
  expect(tail.last()).toBe(8);
});

it("gives nothing where it doesn't reach back so far: that is read from the log", () => {
  expect(said(filled([6, 7]), 4)).toBeUndefined();
  expect(said(openTail(5), 4)).toBeUndefined();
  expect(said(openTail(5), 5)).toBeUndefined();
});

it("gives all readers at the same place the same bytes", () => {
  const tail = filled([1, 2]);
  const first = tail.since(0);
  expect(tail.since(0)).toBe(first);
  tail.push(3, "<3>");
  expect(said(tail, 0)).toEqual(["<1><2><3>", 3]);
  expect(said(tail, 2)).toEqual(["<3>", 3]);
});

it("drops the oldest when it holds too much, and says then that it doesn't reach back", () => {
  const tail = filled([1, 2, 3, 4], 9);
  expect(said(tail, 0)).toBeUndefined();
  expect(said(tail, 1)).toEqual(["<2><3><4>", 4]);
});

it("keeps the newest frame however large it is", () => {
  const tail = openTail(0, 3);
  tail.push(1, "<1>");
  tail.push(2, "<a large one>");
  expect(said(tail, 0)).toBeUndefined();
  expect(said(tail, 1)).toEqual(["<a large one>", 2]);
});

it("finds its place among ids that are not one apart", () => {
  const tail = filled([10, 20, 30]);
  expect(said(tail, 15)).toEqual(["<20><30>", 30]);
  expect(said(tail, 20)).toEqual(["<30>", 30]);
});

it("begins again behind what was left out while nobody listened", () => {
  const tail = filled([1, 2]);
  tail.skip(7);
  expect(said(tail, 1)).toBeUndefined();
  expect(said(tail, 7)).toBeUndefined();
  tail.push(8, "<8>");
  expect(said(tail, 7)).toEqual(["<8>", 8]);
  expect(said(tail, 2)).toBeUndefined();
});

it("wakes those who listen at each ring, until they don't", () => {
  const tail = openTail(0);
  const heard: string[] = [];
  const unlisten = tail.listen(() => heard.push("a"));
  const other = tail.listen(() => {
    heard.push("b");
    other();
  });
  tail.ring();
  tail.ring();
  expect(heard).toEqual(["a", "b", "a"]);
  expect(tail.listeners()).toBe(1);
  unlisten();
  unlisten();
  tail.ring();
  expect(heard).toEqual(["a", "b", "a"]);
  expect(tail.listeners()).toBe(0);
});

it("gives bytes of their own, not a part of a pool that they would keep", () => {
  const bytes = filled([1, 2]).since(0)?.bytes;
  expect(bytes?.buffer.byteLength).toBe(bytes?.byteLength);
});
