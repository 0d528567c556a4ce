import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { beatOn } from "../../../cli/beats.ts";

it.each([2 ** 31, 600 * 3_600_000])(
  "heartbeats that are %d ms apart, longer than a timer lasts, come one by one",
  async (everyMs) => {
    const warnings: string[] = [];
    const note = ({ name }: Error) => void warnings.push(name);
    process.on("warning", note);
    const stop = new AbortController();
    const told = Promise.withResolvers<void>();
    const over = beatOn({
      everyMs,
      signal: stop.signal,
      beat: async () => undefined,
      told: () => told.resolve(),
      failed: () => {},
    });
    await told.promise;
    await turn(); // the pause has begun, and a timer that can't last has said so
    stop.abort();
    await over;
    process.off("warning", note);
    expect(warnings).toEqual([]);
  },
);
