/** What several tasks have used together, with what is not known said to be so. */
const figures = ["input_tokens", "output_tokens", "cost_usd"] as const;
type Figure = (typeof figures)[number];

/** What one task told; what is absent or undefined is not known. */
type Told = { readonly [Name in Figure]?: number | undefined };

export type SummedUsage = { readonly [Name in Figure]?: number } & {
  /** How many tasks haven't told it. */
  readonly unknown: { readonly [Name in Figure]: number };
};

/** @param usages one a task; null: it has told nothing, or not yet */
export function sumUsage(usages: readonly (Told | null)[]): SummedUsage {
  const sums: { [Name in Figure]?: number } = {};
  const unknown = { input_tokens: 0, output_tokens: 0, cost_usd: 0 };
  for (const usage of usages) {
    for (const name of figures) {
      const told = usage?.[name];
      if (told === undefined) unknown[name]++;
      else sums[name] = (sums[name] ?? 0) + told;
    }
  }
  return { ...sums, unknown };
}
