import { expect, it } from "vitest";
import { logRarely } from "#src/core/log-rarely.ts";
import { createFakeClock } from "../../fake-clock.ts";

it("one line a minute is logged for each who causes it, with how often it came since", () => {
  const clock = createFakeClock();
  const rarely = logRarely(clock);
  expect([rarely("a"), rarely("a"), rarely("b"), rarely("a")]).toEqual([
    { before: 0 },
    undefined,
    { before: 0 },
    undefined,
  ]);
  clock.advance(60_000);
  expect([rarely("a"), rarely("b"), rarely("a")]).toEqual([{ before: 2 }, { before: 0 }, undefined]);
});

it("however many cause it, no more than so many are told apart", () => {
  const clock = createFakeClock();
  const rarely = logRarely(clock, 2);
  const lines = Array.from({ length: 50 }, (_, at) => rarely(`who ${at}`)).filter(
    (line) => line !== undefined,
  );
  expect(lines).toEqual([{ before: 0 }, { before: 0 }, { before: 0 }]);
  clock.advance(60_000);
  expect([rarely("x"), rarely("y"), rarely("z")]).toEqual([{ before: 0 }, { before: 0 }, { before: 47 }]);
});
