/** What a run of the benchmarks comes to: one part a load, each with its figures and its goals. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, type } from "node:os";
import { dirname } from "node:path";
import { commitHere } from "../measured.ts";
import { rounded } from "./measure.ts";

/** The loads, in the order in which they run. */
export const loadNames = [
  ...["throughput", "progress", "readers", "idle-readers", "relay"],
  ...["start-up", "cli", "memory", "rows"],
] as const;
export type LoadName =
  | "throughput"
  | "progress"
  | "readers"
  | "idle-readers"
  | "relay"
  | "start-up"
  | "cli"
  | "memory"
  | "rows";

/** One line of figures. */
export type Row = { readonly [column: string]: string | number };

export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly unit: "×" | "ms" | "MB" | "KB" | "defects";
  /** Whether the value shall be at least the goal, or at most. */
  readonly side: "least" | "most";
  readonly must: number;
  readonly aim: number;
  readonly met: boolean;
}

/** What a load gives. */
export interface Figures {
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
}

export interface Part extends Figures {
  readonly made_at: string;
  readonly machine: string;
  readonly commit: string;
  readonly rounds: number;
  /** What else the machine was doing when it began: the mean number of processes that wanted a core. */
  readonly load_before: number;
}

export type Report = { readonly [Name in LoadName]?: Part };

/** A value that must not be below its goal. */
export const atLeast = (
  what: string,
  unit: Goal["unit"],
  value: number,
  must: number,
  aim: number,
): Goal => ({
  ...{ what, value: rounded(value), unit, side: "least", must, aim },
  met: value >= must,
});

/** A value that must not be above its goal. */
export const atMost = (what: string, unit: Goal["unit"], value: number, must: number, aim: number): Goal => ({
  ...{ what, value: rounded(value), unit, side: "most", must, aim },
  met: value <= must,
});

/** The commit, and whether the tree differs from it. */
export const commitNow = (): string => commitHere().replace(/\+$/, " with changes") || "unknown";

const machine = () =>
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${type()} ${release()}, Node ${process.version}`;

/** A part, with what tells how it came about. */
export async function partOf(rounds: number, run: () => Promise<Figures>): Promise<Part> {
  const load_before = rounded(loadavg()[0] ?? 0);
  const about = {
    made_at: new Date().toISOString(),
    machine: machine(),
    commit: commitNow(),
    rounds,
    load_before,
  };
  return { ...about, ...(await run()) };
}

export const readReport = (path: string): Report =>
  existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Report) : {};

/** Puts parts into a report; those of other loads stay in it as they are. */
export function addToReport(path: string, parts: Report): void {
  const all: Report = { ...readReport(path), ...parts };
  const inOrder = Object.fromEntries(
    loadNames.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])),
  );
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(inOrder, null, 2)}\n`);
}
