/** What a row of the table of guarantees says. */
import type { Figures } from "./figures.ts";

export interface Guarantee {
  /** As in `npm run soak -- --only G1`. */
  readonly id: string;
  /** What is promised, in a sentence. */
  readonly promise: string;
  /** The files whose tests show it. */
  readonly tests: readonly string[];
  /** Variables of the environment that raise the tests' counts to the full ones. */
  readonly full: { readonly [variable: string]: number };
  /** What the tests must have counted at least. */
  readonly least: Figures;
  /** What must not have been counted more often than this. */
  readonly most: Figures;
  /** The figures in a sentence. */
  readonly says: string;
}

/** The suite of vitest that a test belongs to. */
export function suiteOf(test: string): string {
  return /^tests\/(faults|real|e2e)\//.exec(test)?.[1] ?? "quick";
}

/** What is wrong with figures of a run with the full counts. */
export function shortfalls({ least, most }: Guarantee, figures: Figures): string[] {
  const few = Object.entries(least)
    .filter(([name, count]) => !((figures[name] ?? Number.NaN) >= count))
    .map(([name, count]) => `${name} should be at least ${count} and is ${figures[name] ?? "not told"}`);
  const many = Object.entries(most)
    .filter(([name, count]) => !((figures[name] ?? Number.NaN) <= count))
    .map(([name, count]) => `${name} should be at most ${count} and is ${figures[name] ?? "not told"}`);
  return [...few, ...many];
}
