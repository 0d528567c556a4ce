import { expect, it } from "vitest";
import { sumUsage } from "#src/core/sum-usage.ts";

it("sums what is known of each figure, and counts whose is not", () => {
  const usages = [
    { input_tokens: 10, output_tokens: 1, cost_usd: 0.25 },
    { input_tokens: 5 },
    { source: "none" as const },
    null,
  ];
  expect(sumUsage(usages)).toEqual({
    input_tokens: 15,
    output_tokens: 1,
    cost_usd: 0.25,
    unknown: { input_tokens: 2, output_tokens: 3, cost_usd: 3 },
  });
});

it("leaves out a figure that nobody told, since that is not the same as none", () => {
  expect(sumUsage([null, { output_tokens: 0 }])).toEqual({
    output_tokens: 0,
    unknown: { input_tokens: 2, output_tokens: 1, cost_usd: 2 },
  });
});
