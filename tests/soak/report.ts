/** The report of a soak, and the state by which one that was cut goes on. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { dirname } from "node:path";
import type { Figures } from "./figures.ts";

export interface Result {
  readonly id: string;
  readonly promise: string;
  /** The counts that were asked for. */
  readonly counts: { readonly [variable: string]: number };
  /** What was counted. */
  readonly figures: Figures;
  /** The figures in a sentence. */
  readonly says: string;
  /** How many tests passed. */
  readonly tests: number;
  readonly seconds: number;
  readonly passed: boolean;
  /** Why it didn't pass. */
  readonly faults: readonly string[];
  readonly date: string;
  readonly commit: string;
}

export interface Report {
  readonly date: string;
  readonly commit: string;
  /** What was tested, by `codeHere`; missing in reports of earlier days. */
  readonly code?: string;
  readonly machine: string;
  /** 1: the full counts. */
  readonly part: number;
  readonly results: readonly Result[];
}

export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}, Node ${process.version}`;

/** What passed before, of the same code and with the full counts. */
export function passedBefore(file: string, code: string): Result[] {
  if (!existsSync(file)) return [];
  const { results, part, code: of } = JSON.parse(readFileSync(file, "utf8")) as Report;
  return of === code && part === 1 ? results.filter(({ passed }) => passed) : [];
}

/** Writes a report whole or not at all. */
export function writeReport(file: string, report: Report): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(report, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
