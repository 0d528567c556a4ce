/**
 * Makes each small change of the state machine, and demands that the comparison with the hand-written model,
 * which is the unit test of the machine, sees nine of ten of them. What it doesn't see is equal to the
 * original, and named here with the reason, or it is a failure.
 *
 * The figures go to docs/measurements/mutation.json.
 *
 *   npm run mutation
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keepReport } from "../measured.ts";
import { differs, type Machine } from "../unit/core/compare-machine.ts";
import { whyEqual } from "./equal.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const path = "src/core/task-machine.ts";
const say = (text: string) => process.stdout.write(`${text}\n`);

/** `broken`: it can't be loaded, so it shows nothing of the test. */
type Fate = "killed" | "survived" | "equal" | "broken";

/** What throws fails its test too. */
function seen(machine: Machine): boolean {
  try {
    return differs(machine);
  } catch {
    return true;
  }
}

async function fateOf(mutant: Mutant, file: string): Promise<Fate> {
  writeFileSync(file, mutant.source);
  const machine = (await import(file).catch(() => undefined)) as Machine | undefined;
  if (machine === undefined) return "broken";
  if (seen(machine)) return "killed";
  return whyEqual(mutant) === undefined ? "survived" : "equal";
}

const original = readFileSync(join(root, path), "utf8");
const scratch = join(root, "coverage");
mkdirSync(scratch, { recursive: true });
const dir = mkdtempSync(join(scratch, "mutants-"));
const told: { readonly mutant: Mutant; readonly fate: Fate }[] = [];
try {
  writeFileSync(join(dir, "original.ts"), original);
  if (differs((await import(join(dir, "original.ts"))) as Machine))
    throw new Error("the machine differs from its model without any change");
  for (const [n, mutant] of mutantsOf(original).entries())
    told.push({ mutant, fate: await fateOf(mutant, join(dir, `${n}.ts`)) });
} finally {
  rmSync(dir, { recursive: true });
}
const count = (fate: Fate) => told.filter((each) => each.fate === fate).length;
const nameOf = ({ line, from, to }: Mutant) =>
  `${path}:${line} ${JSON.stringify(from)} → ${JSON.stringify(to)}`;
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
  `${mutants} mutants of ${path}: ${killed} killed (${percent} %), ${equal} equal to the original, ${survived} survived, ${broken} more could not be loaded`,
);
const survivors = told
  .filter(({ fate }) => fate === "equal" || fate === "survived")
  .map(({ mutant, fate }) => ({ mutant: nameOf(mutant), fate, why: whyEqual(mutant) ?? null }));
keepReport("mutation.json", { file: path, mutants, killed, equal, survived, broken, percent, survivors });
process.exitCode = mutants > 100 && percent >= 90 && survived === 0 ? 0 : 1;
