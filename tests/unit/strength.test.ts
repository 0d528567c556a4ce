/** What is demanded of the tests themselves, and that the means to see it work. */
import { expect, it } from "vitest";
import { demands, figureOf } from "../../configs/coverage.ts";
import { fates } from "../mutation/fates.ts";

const least = Object.fromEntries(demands.map(({ what, least }) => [what, least]));

it("all branches of the state machine and of the store are to be taken, and nine of ten of everything", () => {
  expect(least).toEqual({ "state machine": 100, store: 100, everything: 90 });
  for (const path of ["src/core/task-machine.ts", "src/store/artifacts/disk.ts", "cli/cli.ts"])
    expect(demands.some((demand) => demand.path.test(path))).toBe(true);
});

it("a branch that isn't taken is seen, and so is a demand that concerns no file", () => {
  const file = (total: number, covered: number) => ({ branches: { total, covered } });
  const summary = { total: file(9, 9), "src/store/a.ts": file(4, 3), "src/store/b.ts": file(2, 2) };
  const demand = { what: "store", path: /^src\/store\//, least: 100 };
  expect(figureOf(summary, demand)).toMatchObject({
    percent: 83.3,
    branches: 6,
    met: false,
    lacking: ["src/store/a.ts"],
  });
  expect(figureOf(summary, { ...demand, least: 83 }).met).toBe(true);
  expect(figureOf(summary, { ...demand, path: /^nothing/, least: 0 }).met).toBe(false);
});

it("small changes of the state machine are seen by the comparison with its model, or make no difference", async () => {
  const told = await fates(9);
  const killed = told.filter(({ fate }) => fate === "killed").length;
  expect(told.length).toBeGreaterThan(30);
  expect(told.filter(({ fate }) => fate === "survived" || fate === "broken")).toEqual([]);
  expect(killed / told.length).toBeGreaterThanOrEqual(0.9);
});
