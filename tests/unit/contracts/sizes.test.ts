import { expect, it } from "vitest";
import { hasBytesWithin, withinKb } from "#contracts/shared.ts";
import { TaskResumeRequest } from "#contracts/task-request.ts";

it.each([
  ["x", 1024],
  ["é", 512],
  ["漢", 341],
  ["😀", 256],
])("the size of a text of %s is that of its bytes", (character, most) => {
  expect(hasBytesWithin(character.repeat(most), 1024)).toBe(true);
  expect(hasBytesWithin(character.repeat(most + 1), 1024)).toBe(false);
});

it("an object has a size as JSON, and none that nests too deep to be encoded", () => {
  expect(withinKb(1)({ a: "x".repeat(1024 - 8) })).toBe(true);
  expect(withinKb(1)({ a: "x".repeat(1024 - 7) })).toBe(false);
  const deep = JSON.parse(`${'{"a":'.repeat(65)}1${"}".repeat(65)}`) as object;
  expect(withinKb(1)(deep)).toBe(false);
});

it("an answer's metadata leave room for what else its event says", () => {
  const withNote = (note: string) => TaskResumeRequest.safeParse({ payload: {}, metadata: { note } }).success;
  expect(withNote("x".repeat(15_000))).toBe(true);
  expect(withNote("x".repeat(16_000))).toBe(false);
  expect(withNote("漢".repeat(5200))).toBe(false);
});
