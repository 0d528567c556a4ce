/** A report as people read it. */
import type { Goal, Part, Row } from "./report.ts";

/** A goal, and how far it is reached. */
export const figureOf = ({ value, unit }: Goal) => (unit === "defects" ? String(value) : `${value} ${unit}`);

export function goalOf({ side, must, aim, unit }: Goal): string {
  const sign = side === "least" ? "≥" : "≤";
  const of = unit === "defects" ? "" : ` ${unit}`;
  return `${sign} ${must}${of}${aim === must ? "" : ` (aim ${aim})`}`;
}

export const isAimed = ({ side, value, aim }: Goal) => (side === "least" ? value >= aim : value <= aim);

function standingOf(goal: Goal): string {
  if (!goal.met) return "NOT MET";
  return isAimed(goal) ? "met, and its aim" : "met";
}

function table(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const columns = Object.keys(first);
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? "")))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const lines = cells.map((line) => line.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  "));
  return lines.map((line) => `  ${line.trimEnd()}\n`).join("");
}

export function textOf(name: string, { rows, goals }: Part): string {
  const standings = goals.map((goal) => ({
    goal: goal.what,
    value: figureOf(goal),
    must: goalOf(goal),
    standing: standingOf(goal),
  }));
  return `\n${name}\n${table(rows)}\n${table(standings)}`;
}
