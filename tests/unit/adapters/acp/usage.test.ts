import { describe, expect, test } from "vitest";
import { createMeter } from "#src/adapters/acp/usage.ts";

const told = (input_tokens: number, output_tokens: number, cost_usd?: number) => ({
  input_tokens,
  output_tokens,
  ...(cost_usd === undefined ? {} : { cost_usd }),
  source: "reported" as const,
});

describe("what a turn cost", () => {
  test("is what its session's sum has grown by", () => {
    const meter = createMeter("session");
    expect([told(11, 7), told(22, 14), told(33, 21)].map(meter)).toEqual([
      told(11, 7),
      told(11, 7),
      told(11, 7),
    ]);
  });

  test("is nothing where the sum has not grown", () => {
    const meter = createMeter("session");
    meter(told(11, 7));
    expect(meter(told(11, 7))).toEqual(told(0, 0));
  });

  test("is the whole sum where it was begun anew", () => {
    const meter = createMeter("session");
    meter(told(11, 7));
    expect(meter(told(3, 2))).toEqual(told(3, 2));
  });

  test("is as told where the runtime counts by turns, but for the money, which is always a sum", () => {
    const meter = createMeter("turn");
    meter(told(11, 7, 0.1));
    expect(meter(told(11, 7, 0.3))).toEqual(told(11, 7, 0.2));
  });

  test("is unknown where the runtime said nothing, and that spoils no later sum", () => {
    const meter = createMeter("session");
    meter(told(11, 7));
    expect(meter({ source: "none" })).toEqual({ source: "none" });
    expect(meter(told(22, 14))).toEqual(told(11, 7));
  });
});
