/** What is demanded of the tests themselves, and that the means to see it work. */
import { expect, it } from "vitest";
import { addBranches } from "../../configs/coverage/branches.ts";
import { demands, figureOf } from "../../configs/coverage.ts";
import { fates } from "../mutation/fates.ts";

const least = Object.fromEntries(demands.map(({ what, least }) => [what, least]));

it("all branches of the state machine and of the store are to be taken, and nine of ten of everything", () => {
  expect(least).toEqual({ "state machine": 100, store: 100, everything: 90 });
  for (const path of ["src/core/task-machine.ts", "src/store/artifacts/disk.ts", "cli/cli.ts"])
    expect(demands.some((demand) => demand.path.test(path))).toBe(true);
});

/** A file, with a branch for each letter; a capital is taken. */
const file = (letters: string) =>
  [...letters].map((name, n) => ({ name: `if ${n}`, taken: name !== name.toLowerCase() }));

it("a branch that isn't taken is seen, and so is a demand that concerns no file", () => {
  const known = new Map([
    ["src/store/a.ts", file("AbCD")],
    ["src/store/b.ts", file("AB")],
    ["src/other.ts", file("abcdef")],
  ]);
  const demand = { what: "store", path: /^src\/store\//, least: 100 };
  expect(figureOf(known, demand)).toMatchObject({
    percent: 83.3,
    branches: 6,
    covered: 5,
    met: false,
    lacking: ["src/store/a.ts"],
  });
  expect(figureOf(known, { ...demand, least: 83 }).met).toBe(true);
  expect(figureOf(known, { ...demand, path: /^nothing/, least: 0 }).met).toBe(false);
});

it("what programs take adds to what the tests take, and no branch is counted twice", () => {
  const ofTests = new Map([
    ["a.ts", file("Abc")],
    ["b.ts", file("ABc")],
    ["c.ts", file("a")],
  ]);
  const other = file("aBC").map((branch) => ({ ...branch, name: `${branch.name}0` }));
  const ofPrograms = new Map([
    ["a.ts", file("aBc")],
    // Read from another map, so that nobody knows which of them are the same.
    ["b.ts", other],
    ["generated.ts", file("ABC")],
  ]);
  const taken = (branches: readonly { readonly taken: boolean }[]) => branches.map((each) => each.taken);
  const known = addBranches(ofTests, ofPrograms);
  expect([...known].map(([name, branches]) => [name, taken(branches)])).toEqual([
    ["a.ts", [true, true, false]],
    ["b.ts", [true, true, false]],
    ["c.ts", [false]],
  ]);
});

it("small changes of the state machine are seen by the comparison with its model, or make no difference", async () => {
  const told = await fates(9);
  const killed = told.filter(({ fate }) => fate === "killed").length;
  expect(told.length).toBeGreaterThan(30);
  expect(told.filter(({ fate }) => fate === "survived" || fate === "broken")).toEqual([]);
  expect(killed / told.length).toBeGreaterThanOrEqual(0.9);
});
