/** The figures of docs/performance.md, and its plots, from the report that `npm run bench` wrote. */
import { figureOf, goalOf, isAimed } from "../../tests/bench/print.ts";
import type { LoadName, Part, Report, Row } from "../../tests/bench/report.ts";
import { plotted, type Series } from "./plot.ts";

/** What people call the columns. */
const titles: { readonly [column: string]: string } = {
  at_once: "at once",
  tasks_per_s: "tasks/s",
  p50_ms: "p50 ms",
  p99_ms: "p99 ms",
  cpu_ms: "CPU ms",
  chunks_per_s: "chunks/s",
  events_a_task: "events a task",
  cpu_ms_a_task: "CPU ms a task",
  cpu_us_a_frame: "CPU µs a frame",
  kb_a_reader: "KB a reader",
  get_alone_ms: "a read without them, p50 ms",
  get_among_them_ms: "a read among them, p50 ms",
};

function titleOf(column: string): string {
  const rows = /^ms_at_(\d+)$/.exec(column)?.[1];
  return rows === undefined
    ? (titles[column] ?? column)
    : `${Number(rows).toLocaleString("en-US")} tasks, ms`;
}

const shown = (value: string | number | undefined) =>
  typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 3 }) : (value ?? "");
const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

function rowsTable(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => columns.map((column) => shown(row[column])));
  return table(columns.map(titleOf), cells);
}

function goalsTable({ goals }: Part): string {
  const rows = goals.map((goal) => {
    const standing = isAimed(goal) ? "yes, and the aim" : "yes";
    return [goal.what, figureOf(goal), goalOf(goal), goal.met ? standing : "**no**"];
  });
  return table(["what", "measured", "goal", "met"], rows);
}

function about({ made_at, machine, commit, rounds, load_before }: Part): string {
  const times = rounds === 1 ? "one round" : `${rounds} rounds`;
  return `${made_at.slice(0, 16).replace("T", " ")} UTC, ${machine}, commit ${commit}, ${times}; load of the machine before it began: ${load_before}.`;
}

const block = /(<!-- figures: ([\w-]+) -->\n)[\s\S]*?(<!-- end of figures -->)/g;

/** The page with the figures of a report in the place of those that it has. */
export function withFigures(page: string, report: Report): string {
  return page.replace(block, (_all, begin: string, name: LoadName, end: string) => {
    const part = report[name];
    const figures =
      part === undefined
        ? "Not measured yet.\n"
        : `${about(part)}\n\n${rowsTable(part.rows)}\n${goalsTable(part)}`;
    return `${begin}\n${figures}\n${end}`;
  });
}

/** Lines through some columns of a part, one a server. */
function byServer(rows: readonly Row[], column: string): Series[] {
  const names = [...new Set(rows.map(({ server }) => String(server)))];
  return names.map((name) => ({
    name,
    points: rows
      .filter(({ server }) => server === name)
      .map((row) => ({ x: Number(row["at_once"]), y: Number(row[column]) })),
  }));
}

const pointsOfRow = (row: Row) =>
  Object.entries(row).flatMap(([column, value]) => {
    const rows = /^ms_at_(\d+)$/.exec(column)?.[1];
    return rows === undefined ? [] : [{ x: Number(rows), y: Number(value) }];
  });

/** The plots, by the names of their files. */
export function plotsOf({ throughput, memory, rows }: Report): { name: string; content: string }[] {
  const plots: { name: string; content: string }[] = [];
  const add = (name: string, plot: Parameters<typeof plotted>[0]) =>
    plots.push({ name: `${name}.svg`, content: plotted(plot) });
  if (throughput !== undefined) {
    const x = "tasks at once";
    const speed = { title: "Tasks a second", x, y: "tasks a second" };
    add("throughput", { ...speed, series: byServer(throughput.rows, "tasks_per_s") });
    const time = { title: "Time of a task, from its POST to its last event", x, y: "p50, ms" };
    add("latency", { ...time, logarithmic: true, series: byServer(throughput.rows, "p50_ms") });
  }
  if (memory !== undefined) {
    const points = memory.rows
      .filter(({ tasks_per_s }) => tasks_per_s !== "")
      .map((row) => ({ x: Number(row["tasks"]), y: Number(row["mb"]) }));
    const axes = { x: "tasks that the node has had", y: "MB" };
    add("memory", { title: "Resident memory", ...axes, series: [{ name: "this build", points }] });
  }
  if (rows !== undefined) {
    const lists = ["first page", "a page in the middle", "by sender", "by status"];
    const series = rows.rows
      .filter(({ what }) => lists.includes(String(what)))
      .map((row) => ({ name: String(row["what"]), points: pointsOfRow(row) }));
    add("rows", { title: "Time of a list", x: "tasks in the database", y: "p50, ms", series });
  }
  return plots;
}
