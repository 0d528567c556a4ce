/** What the benchmarks find, and what it is held against. */

/** A figure beside the one that it is held against, and the goal. */
export interface Figure {
  readonly load: string;
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  /** The smallest and the largest of the rounds. */
  readonly spread?: readonly [number, number];
  /** What it is held against, by its name. */
  readonly beside?: { readonly name: string; readonly value: number };
  /** Ours by the other; only where there is another. */
  readonly ratio?: number;
  readonly goal?: Goal;
  readonly met?: boolean;
}

/** Of the ratio where there is one, else of the figure itself. */
export interface Goal {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Points of a plot, by the name of its line. */
export interface Series {
  readonly [line: string]: readonly (readonly [x: number, y: number])[];
}

/** What a load found. */
export interface Found {
  readonly figures: readonly Figure[];
  readonly series?: { readonly [plot: string]: Series };
}

export const round = (value: number): number =>
  Number(value.toPrecision(Math.abs(value) >= 100 ? Math.ceil(Math.log10(Math.abs(value))) : 3));

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
};

/** Makes a figure of what several rounds gave, beside what another gave in the same rounds. */
export function figure(
  about: Pick<Figure, "load" | "what" | "unit">,
  ours: readonly number[],
  { beside, goal }: { beside?: { name: string; values: readonly number[] } | undefined; goal?: Goal } = {},
): Figure {
  const value = median(ours);
  const other = beside === undefined ? undefined : median(beside.values);
  const ratio = other === undefined ? undefined : value / other;
  const judged = ratio ?? value;
  const met =
    goal === undefined
      ? undefined
      : judged >= (goal.atLeast ?? Number.NEGATIVE_INFINITY) &&
        judged <= (goal.atMost ?? Number.POSITIVE_INFINITY);
  return {
    ...about,
    ours: round(value),
    ...(ours.length > 1 ? { spread: [round(Math.min(...ours)), round(Math.max(...ours))] as const } : {}),
    ...(beside === undefined || other === undefined
      ? {}
      : { beside: { name: beside.name, value: round(other) } }),
    ...(ratio === undefined ? {} : { ratio: round(ratio) }),
    ...(goal === undefined ? {} : { goal }),
    ...(met === undefined ? {} : { met }),
  };
}

export const goalText = ({ goal, ratio }: Figure): string => {
  if (goal === undefined) return "";
  const of = ratio === undefined ? "" : " ×";
  return goal.atLeast === undefined ? `≤ ${goal.atMost}${of}` : `≥ ${goal.atLeast}${of}`;
};
