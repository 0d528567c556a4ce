/** What a process uses, and what many figures come to. */
import { readFileSync } from "node:fs";

/** Milliseconds of processor time and megabytes of memory of a process (Linux). */
export function usage(pid: number): { cpuMs: number; rssMb: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { cpuMs: (Number(stat[11]) + Number(stat[12])) * 10, rssMb: Number(rss) / 1024 };
}

/** Of figures in any order. */
export function percentile(figures: readonly number[], part: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

export const median = (figures: readonly number[]) => percentile(figures, 0.5);

/** Three digits, or all in front of the point. */
export const rounded = (figure: number) =>
  Math.abs(figure) >= 100 ? Math.round(figure) : Number(figure.toPrecision(3));
