/** What becomes of each small change of the state machine. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { differs, type Machine } from "../unit/core/compare-machine.ts";
import { whyEqual } from "./equal.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const mutated = "src/core/task-machine.ts";

/** `broken`: it can't be loaded, so it shows nothing of the test. */
export type Fate = "killed" | "survived" | "equal" | "broken";

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

/**
 * Makes the changes.
 * @param every takes one of so many
 * @throws Error where the machine differs from its model as it is
 */
export async function fates(every = 1): Promise<{ readonly mutant: Mutant; readonly fate: Fate }[]> {
  const original = readFileSync(join(root, mutated), "utf8");
  const scratch = join(root, ".cache");
  mkdirSync(scratch, { recursive: true });
  const dir = mkdtempSync(join(scratch, "mutants-"));
  const told: { readonly mutant: Mutant; readonly fate: Fate }[] = [];
  try {
    writeFileSync(join(dir, "original.ts"), original);
    if (differs((await import(join(dir, "original.ts"))) as Machine))
      throw new Error("the machine differs from its model without any change");
    const chosen = mutantsOf(original).filter((_, n) => n % every === 0);
    for (const [n, mutant] of chosen.entries())
      told.push({ mutant, fate: await fateOf(mutant, join(dir, `${n}.ts`)) });
    return told;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
