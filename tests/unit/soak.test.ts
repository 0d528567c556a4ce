/** The table of guarantees says what is so: its tests are there, tell what it counts, and the docs say the same. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { inWords } from "../soak/figures.ts";
import { type Guarantee, shortfalls, suiteOf } from "../soak/guarantee.ts";
import { guarantees } from "../soak/guarantees.ts";
import { countsOf } from "../soak/run-guarantee.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const textOf = (file: string) => readFileSync(join(root, file), "utf8");

/** The names of the figures that a guarantee's tests tell. */
function toldBy({ id, tests }: Guarantee): string[] {
  const calls = tests.flatMap((file) => [
    ...textOf(file).matchAll(new RegExp(`tellFigures\\("${id}", \\{([^}]*)\\}`, "g")),
  ]);
  return calls.flatMap(([, inside = ""]) =>
    [...inside.matchAll(/(\w+)(?=[:,\s}]|$)/g)].map(([name]) => name),
  );
}

/** The names that a sentence wants. */
const wantedIn = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);

describe("the table of guarantees", () => {
  it("has numbers from 1 on, each once, and memory", () => {
    const ids = Array.from({ length: guarantees.length - 1 }, (_, n) => `G${n + 1}`);
    expect(guarantees.map(({ id }) => id)).toEqual([...ids, "memory"]);
  });

  it.each(guarantees)("$id names tests that are there, of suites that run them", ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    for (const file of tests) expect(file).toMatch(/^tests\/.*\.test\.ts$/);
  });

  it.each(guarantees)("$id raises counts that its tests read", ({ tests, full }) => {
    const text = tests.map(textOf).join("\n");
    expect(Object.keys(full).filter((name) => !text.includes(`process.env["${name}"]`))).toEqual([]);
  });

  it.each(guarantees)("$id demands and says figures that its tests tell", (guarantee) => {
    const told = [...toldBy(guarantee), "tests"];
    const wanted = [
      ...Object.keys(guarantee.least),
      ...Object.keys(guarantee.most),
      ...wantedIn(guarantee.says),
    ];
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.filter((name) => !told.includes(name))).toEqual([]);
  });

  it.each(guarantees)("$id stands in the docs, in the same words", ({ id, promise }) => {
    expect(textOf("docs/guarantees.md")).toContain(`| ${id} | ${promise} |`);
  });
});

describe("a guarantee's figures", () => {
  const row: Guarantee = {
    id: "G0",
    promise: "It holds.",
    tests: ["tests/faults/crash.test.ts"],
    full: { KILLS: 1000, ROUNDS: 5 },
    least: { kills: 1000 },
    most: { lost: 0 },
    says: "{kills} kills, {lost} lost, {seconds} s",
  };

  it("are said in words, and what wasn't counted is a question mark", () => {
    expect(inWords(row.says, { kills: 1000, lost: 0 })).toBe("1,000 kills, 0 lost, ? s");
  });

  it("fall short when too few were counted, too many, or none at all", () => {
    expect(shortfalls(row, { kills: 1000, lost: 0 })).toEqual([]);
    expect(shortfalls(row, { kills: 999, lost: 1 })).toEqual([
      "kills should be at least 1000 and is 999",
      "lost should be at most 0 and is 1",
    ]);
    expect(shortfalls(row, {})).toHaveLength(2);
  });

  it("are of a part of the counts when a part is asked for, and of one at least", () => {
    expect(countsOf(row, 1)).toEqual({ KILLS: 1000, ROUNDS: 5 });
    expect(countsOf(row, 0.05)).toEqual({ KILLS: 50, ROUNDS: 1 });
  });

  it("come from the suite of the test's folder", () => {
    expect(row.tests.map(suiteOf)).toEqual(["faults"]);
    expect(suiteOf("tests/unit/soak.test.ts")).toBe("quick");
  });
});
