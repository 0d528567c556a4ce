/**
 * Runs the quick suite with the branches counted that it takes, keeps the figures in
 * docs/measurements/coverage.json, and fails where they are below what is demanded.
 *
 *   npm run coverage
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { keepReport } from "../tests/measured.ts";

interface Count {
  readonly total: number;
  readonly covered: number;
}
interface Summary {
  readonly [path: string]: { readonly branches: Count };
}
interface Demand {
  readonly what: string;
  readonly path: RegExp;
  /** Of a hundred branches. */
  readonly least: number;
}

/** What is demanded of the branches; of everything, that of what runs in the tests' own processes. */
export const demands: readonly Demand[] = [
  { what: "state machine", path: /^src\/core\/task-machine\.ts$/, least: 100 },
  { what: "store", path: /^src\/store\//, least: 100 },
  { what: "everything", path: /./, least: 90 },
];

const root = fileURLToPath(new URL("..", import.meta.url));

/** The percentage, and the files that lack some. */
export function figureOf(summary: Summary, { what, path, least }: Demand) {
  const files = Object.entries(summary)
    .filter(([name]) => name !== "total")
    .map(([name, { branches }]) => ({ name: name.replace(root, ""), ...branches }))
    .filter(({ name }) => path.test(name));
  const total = files.reduce((sum, file) => sum + file.total, 0);
  const covered = files.reduce((sum, file) => sum + file.covered, 0);
  const lacking = files.filter((file) => file.covered < file.total).map(({ name }) => name);
  const percent = Math.floor((covered * 1000) / Math.max(1, total)) / 10;
  return { what, least, branches: total, covered, percent, met: total > 0 && percent >= least, lacking };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flags = ["--coverage", "--coverage.reportOnFailure", "--coverage.reporter=json-summary"];
  const suite = fileURLToPath(new URL("suite.ts", import.meta.url));
  const { status } = spawnSync(process.execPath, [suite, "quick", "--", ...flags], { stdio: "inherit" });
  const read = readFileSync(new URL("../coverage/coverage-summary.json", import.meta.url), "utf8");
  const figures = demands.map((demand) => figureOf(JSON.parse(read) as Summary, demand));
  for (const { what, percent, covered, branches, least, met, lacking } of figures) {
    const few = lacking.length > 0 && lacking.length <= 20 ? `; lacking: ${lacking.join(", ")}` : "";
    process.stdout.write(
      `${met ? "met" : "NOT MET"}: ${what} ${percent} % of branches (${covered} of ${branches}), at least ${least} %${few}\n`,
    );
  }
  keepReport("coverage.json", {
    suite: "quick",
    passed: status === 0,
    figures: figures.map(({ lacking, ...rest }) => ({ ...rest, lacking: lacking.length })),
  });
  process.exitCode = status === 0 && figures.every(({ met }) => met) ? 0 : 1;
}
