/**
 * Runs suites with the branches counted that the tests and the programs that they start take, keeps the
 * figures in docs/measurements/coverage.json, and fails where they are below what is demanded. What isn't
 * taken is listed in coverage/not-taken.txt.
 *
 *   npm run coverage
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CoverageMapData } from "@vitest/istanbul-lib-coverage";
import { keepReport } from "../tests/measured.ts";
import { addBranches, type Branches, readBranches } from "./coverage/branches.ts";
import { countPrograms } from "./coverage/programs.ts";

interface Demand {
  readonly what: string;
  readonly path: RegExp;
  /** Of a hundred branches. */
  readonly least: number;
}

/** What is demanded of the branches. */
export const demands: readonly Demand[] = [
  { what: "state machine", path: /^src\/core\/task-machine\.ts$/, least: 100 },
  { what: "store", path: /^src\/store\//, least: 100 },
  { what: "everything", path: /./, least: 90 },
];

/** What is run: everything but what needs a runtime of others. */
const suites = ["quick", "contract", "e2e", "faults"];
const files = ["tests/unit", "tests/conformance", "tests/integration", "tests/e2e", "tests/faults"];

const root = fileURLToPath(new URL("..", import.meta.url));
const report = join(root, "coverage");

/** The percentage, and the files that lack some. */
export function figureOf(known: Branches, { what, path, least }: Demand) {
  const counts = [...known]
    .filter(([name]) => path.test(name))
    .map(([name, all]) => ({ name, total: all.length, covered: all.filter(({ taken }) => taken).length }));
  const branches = counts.reduce((sum, { total }) => sum + total, 0);
  const covered = counts.reduce((sum, file) => sum + file.covered, 0);
  const lacking = counts.filter((file) => file.covered < file.total).map(({ name }) => name);
  const percent = Math.floor((covered * 1000) / Math.max(1, branches)) / 10;
  return { what, least, branches, covered, percent, met: branches > 0 && percent >= least, lacking };
}

/** The files that lack most, first, each with what isn't taken of it. */
function listNotTaken(known: Branches): string {
  const lacking = [...known].map(([name, all]) => ({ name, all, not: all.filter(({ taken }) => !taken) }));
  return lacking
    .filter(({ not }) => not.length > 0)
    .sort((a, b) => b.not.length - a.not.length)
    .map(
      ({ name, all, not }) =>
        `${name} ${not.length} of ${all.length}: ${not.map((b) => b.name).join(", ")}\n`,
    )
    .join("");
}

function run(file: string, args: readonly string[], env: { readonly [name: string]: string } = {}) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return spawnSync(process.execPath, [path, ...args], { stdio: "inherit", env: { ...process.env, ...env } });
}

/** @returns whether all tests passed, and what they took */
async function count(): Promise<{ readonly passed: boolean; readonly known: Branches }> {
  const programs = join(root, ".cache/programs");
  rmSync(programs, { recursive: true, force: true });
  mkdirSync(programs, { recursive: true });
  chmodSync(programs, 0o1777); // some run as nobody
  const built = run("build.ts", ["--maps"]).status === 0;
  const flags = ["--coverage", "--coverage.reportOnFailure", "--coverage.reporter=json"];
  const { status } = run("suite.ts", [...suites, "--", ...flags, ...files], { COUNT_PROGRAMS: programs });
  const own = readFileSync(join(report, "coverage-final.json"), "utf8");
  const ofTests = readBranches(JSON.parse(own) as CoverageMapData);
  const ofPrograms = (await countPrograms(programs)).map(readBranches);
  rmSync(programs, { recursive: true });
  return { passed: built && status === 0, known: ofPrograms.reduce(addBranches, ofTests) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, known } = await count();
  const figures = demands.map((demand) => figureOf(known, demand));
  for (const { what, percent, covered, branches, least, met, lacking } of figures) {
    const few = lacking.length > 0 && lacking.length <= 20 ? `; lacking: ${lacking.join(", ")}` : "";
    process.stdout.write(
      `${met ? "met" : "NOT MET"}: ${what} ${percent} % of branches (${covered} of ${branches}), at least ${least} %${few}\n`,
    );
  }
  writeFileSync(join(report, "not-taken.txt"), listNotTaken(known));
  keepReport("coverage.json", {
    suites,
    passed,
    figures: figures.map(({ lacking, ...rest }) => ({ ...rest, lacking: lacking.length })),
  });
  process.exitCode = passed && figures.every(({ met }) => met) ? 0 : 1;
}
