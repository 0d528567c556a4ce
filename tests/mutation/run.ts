/**
 * Makes each small change of the state machine, and demands that the comparison with the hand-written model,
 * which is the unit test of the machine, sees nine of ten of them. What it doesn't see is equal to the
 * original, and named here with the reason, or it is a failure.
 *
 * The figures go to docs/measurements/mutation.json.
 *
 *   npm run mutation
 */
import { keepReport } from "../measured.ts";
import { whyEqual } from "./equal.ts";
import { type Fate, fates, mutated } from "./fates.ts";
import type { Mutant } from "./mutants.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);
const told = await fates();
const count = (fate: Fate) => told.filter((each) => each.fate === fate).length;
const nameOf = ({ line, from, to }: Mutant) =>
  `${mutated}:${line} ${JSON.stringify(from)} → ${JSON.stringify(to)}`;
for (const { mutant, fate } of told)
  if (fate === "equal" || fate === "survived") say(`${fate}: ${nameOf(mutant)} ${whyEqual(mutant) ?? ""}`);
const [killed, equal, survived, broken] = [
  count("killed"),
  count("equal"),
  count("survived"),
  count("broken"),
];
const mutants = told.length - broken;
const percent = Math.floor((killed * 1000) / mutants) / 10;
say(
  `${mutants} mutants of ${mutated}: ${killed} killed (${percent} %), ${equal} equal to the original, ${survived} survived, ${broken} more could not be loaded`,
);
const survivors = told
  .filter(({ fate }) => fate === "equal" || fate === "survived")
  .map(({ mutant, fate }) => ({ mutant: nameOf(mutant), fate, why: whyEqual(mutant) ?? null }));
keepReport("mutation.json", { file: mutated, mutants, killed, equal, survived, broken, percent, survivors });
process.exitCode = mutants > 100 && percent >= 90 && survived === 0 ? 0 : 1;
