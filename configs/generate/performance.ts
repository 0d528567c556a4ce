/** The figures of the last benchmark: a table with the goals, and plots. */
import { existsSync, readFileSync } from "node:fs";
import type { BenchReport } from "../../tests/bench/bench-report.ts";
import { type Figure, goalText, type Series } from "../../tests/bench/figures.ts";
import { code, table } from "./markdown.ts";
import { type Plot, svgOf } from "./plots.ts";

const measured = new URL("../../docs/measurements/bench.json", import.meta.url);

function lastReport(): BenchReport {
  return existsSync(measured)
    ? (JSON.parse(readFileSync(measured, "utf8")) as BenchReport)
    : { machine: "", loads: {} };
}

const withUnit = (value: number, unit: string) => `${value} ${unit}`.trim();

function rowOf(each: Figure): string[] {
  const { ours, unit, spread, beside, ratio, met } = each;
  const between = spread === undefined ? "" : ` (${spread.join(" – ")})`;
  return [
    each.load,
    each.what,
    withUnit(ours, unit) + between,
    beside === undefined ? "" : `${withUnit(beside.value, unit)}, ${beside.name}`,
    ratio === undefined ? "" : String(ratio),
    goalText(each),
    met === undefined ? "" : met ? "met" : "**missed**",
  ];
}

const head = ["load", "what", "the node (smallest – largest)", "beside", "ratio", "goal", ""];

/** generated/tables/performance.md */
export function performanceTable(): string {
  const { machine, loads } = lastReport();
  const parts = Object.entries(loads).map(
    ([name, { date, commit, figures }]) =>
      `## ${name}\n\n${date}, commit ${code(commit)}: ${code(`npm run bench -- --only ${name}`)}\n\n${table(head, figures.map(rowOf))}`,
  );
  const where = machine === "" ? "Nothing was kept yet." : `Measured on ${machine}.`;
  return `# Figures\n\n${where} ${code("--json docs/measurements/bench.json")} keeps what this page and the plots are made from.\n\n${parts.join("\n")}`;
}

const plots: { readonly [name: string]: { readonly load: string } & Omit<Plot, "series"> } = {
  throughput: {
    load: "throughput",
    title: "Tasks a second",
    x: { name: "tasks at once", powers: true },
    y: { name: "tasks a second", powers: false },
  },
  latency: {
    load: "throughput",
    title: "p50 of a task, from its POST to its last event",
    x: { name: "tasks at once", powers: true },
    y: { name: "milliseconds", powers: false },
  },
  memory: {
    load: "memory",
    title: "Resident memory of a node",
    x: { name: "tasks that it has done", powers: true },
    y: { name: "MB", powers: false },
  },
  rows: {
    load: "rows",
    title: "p50 of a read",
    x: { name: "tasks in the database", powers: true },
    y: { name: "milliseconds", powers: false },
  },
};

/** generated/plots/*.svg, as far as they were measured. */
export function performancePlots(): { path: string; content: string }[] {
  const { loads } = lastReport();
  return Object.entries(plots).flatMap(([name, { load, ...plot }]) => {
    const series: Series | undefined = loads[load]?.series?.[name];
    return series === undefined ? [] : [{ path: `plots/${name}.svg`, content: svgOf({ ...plot, series }) }];
  });
}
