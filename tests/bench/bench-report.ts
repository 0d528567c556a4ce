import type { Figure, Series } from "./figures.ts";

/** What docs/measurements/bench.json holds. */
export interface BenchReport {
  readonly machine: string;
  readonly loads: {
    readonly [load: string]: {
      readonly date: string;
      readonly commit: string;
      readonly seconds: number;
      readonly figures: readonly Figure[];
      readonly series?: { readonly [plot: string]: Series };
    };
  };
}
