/** The list of known mistakes: each names a test that is there and runs, and can still be made. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { wrongWith } from "../plants/named-test.ts";
import { plants } from "../plants/plants.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const textOf = (file: string) => readFileSync(root + file, "utf8");

describe("a known mistake", () => {
  it.each(plants)("is shown by a test that is there and isn't skipped: $name", ({ test, shows }) => {
    expect(existsSync(root + test)).toBe(true);
    expect(wrongWith(textOf(test), shows)).toBeUndefined();
  });

  it.each(plants)("can be made in what is there now: $name", ({ edits }) => {
    const times = edits.map(({ file, find }) => textOf(file).split(find).length - 1);
    expect(times).toEqual(edits.map(() => 1));
    for (const { find, replace } of edits) expect(replace).not.toBe(find);
  });

  it("has a name of its own", () => {
    expect(new Set(plants.map(({ name }) => name)).size).toBe(plants.length);
  });
});

describe("a test that is named", () => {
  it.each([
    ['it("runs", () => {});', undefined],
    ['describe("x", () => {\n  test.each([1])("runs", () => {});\n});', undefined],
    ['it("walks", () => {});', "there is no such test"],
    ['// "runs"', "it is no test's name"],
    ['it.skip("runs", () => {});', "it may be skipped"],
    ['it.skipIf(false)("runs", () => {});', "it may be skipped"],
    ['describe.skip("x", () => {\n  it("runs", () => {});\n});', "it may be skipped"],
  ])("in %j is told right", (source, wrong) => expect(wrongWith(source, "runs")).toBe(wrong));
});
