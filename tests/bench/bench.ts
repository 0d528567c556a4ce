/**
 * `npm run bench`: the node's speed and memory, each figure beside what it is held against, in one run. It fails
 * where a goal is missed. `--only` picks loads, `--json FILE` keeps the figures: docs/measurements/bench.json is
 * what the tables and plots of the documents are made from.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import type { BenchReport } from "./bench-report.ts";
import { type Figure, type Found, goalText } from "./figures.ts";
import { machine } from "./measure.ts";
import { type Load, type Options, readOptions, usageText } from "./options.ts";

const commit = () => execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();

function printTable(figures: readonly Figure[]): void {
  console.table(
    figures.map((each) => ({
      load: each.load,
      what: each.what,
      ours: `${each.ours} ${each.unit}`.trim(),
      spread: each.spread?.join(" – ") ?? "",
      against: each.beside === undefined ? "" : `${each.beside.value} (${each.beside.name})`,
      ratio: each.ratio ?? "",
      goal: goalText(each),
      "": each.met === undefined ? "" : each.met ? "met" : "MISSED",
    })),
  );
}

async function measure(load: Load, options: Options): Promise<Found> {
  const module = (await import(`./${load}.ts`)) as { run(options: Options): Promise<Found> };
  return module.run(options);
}

function keep(file: string, report: BenchReport): void {
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

async function main(options: Options): Promise<void> {
  process.stdout.write(`${machine()}\n`);
  const done: { [load: string]: BenchReport["loads"][string] } = {};
  for (const load of options.only) {
    const begin = performance.now();
    const { figures, series } = await measure(load, options);
    const seconds = Math.round((performance.now() - begin) / 1000);
    printTable(figures);
    const date = new Date().toISOString().slice(0, 10);
    done[load] = { date, commit: commit(), seconds, figures, ...(series === undefined ? {} : { series }) };
    // What was measured stays, also where a later load fails.
    if (options.json !== undefined)
      keep(options.json, { machine: machine(), loads: { ...earlier(options), ...done } });
    if (!options.quick && figures.some(({ met }) => met === false)) process.exitCode = 1;
    if (figures.some(({ what, met }) => what.startsWith("defects") && met === false)) process.exitCode = 1;
  }
}

/** What the file has of loads that aren't measured now. */
function earlier({ json, only }: Options): BenchReport["loads"] {
  try {
    const { loads } = JSON.parse(readFileSync(json ?? "", "utf8")) as BenchReport;
    return Object.fromEntries(
      Object.entries(loads).filter(([name]) => !(only as readonly string[]).includes(name)),
    );
  } catch {
    return {};
  }
}

let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (thrown) {
  process.stderr.write(`bench: ${(thrown as Error).message}\n${usageText}`);
  process.exit(2);
}
await main(options);
