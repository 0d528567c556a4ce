/**
 * How often a fuzz test tries, from which seed, and with what it has found before.
 *
 * The quick suite tries a few inputs, always the same. `FUZZ_RUNS=5000` tries as many others, from a seed of
 * their own. A failure prints its seed, its path and the smallest input; `FUZZ_SEED=<seed>` with the same
 * FUZZ_RUNS does the same again. What was found is kept in tests/fixtures/fuzz, a list of inputs by test, and
 * tried first from then on. `FUZZ_RUNS=5000 node configs/bootstrap.mjs suite quick -- tests/unit/fuzz` is one way.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const { FUZZ_SEED } = process.env;

/** Whether more is tried than the quick suite does. */
const isLong = process.env["FUZZ_RUNS"] !== undefined;

/** How long a fuzz test may take, in milliseconds. */
export const fuzzTimeout = isLong ? 3_600_000 : 60_000;

/**
 * The parameters of a property of one input.
 * @param name the file in tests/fixtures/fuzz, without its ending
 * @param runs how many inputs are tried
 */
export function fuzzed<Input>(
  name: string,
  runs: number,
): { numRuns: number; seed: number; examples: [Input][] } {
  const file = fileURLToPath(new URL(`fixtures/fuzz/${name}.json`, import.meta.url));
  const known = JSON.parse(readFileSync(file, "utf8")) as Input[];
  return {
    numRuns: known.length + runs,
    seed: Number(FUZZ_SEED ?? (isLong ? Date.now() & 0x7fff_ffff : 20_261_125)),
    examples: known.map((input) => [input]),
  };
}
