/**
 * Mistakes that programs of this kind make, each with the test that would show it, and the change that
 * makes it here. `node configs/bootstrap.mjs plants` makes each in a copy and demands that its test fails.
 */
import { acts } from "./mistakes-of-acts.ts";
import { answers } from "./mistakes-of-answers.ts";
import { guaranteed } from "./mistakes-of-guarantees.ts";
import { machine } from "./mistakes-of-machine.ts";

/** A piece of a file, which must be there exactly once, and what takes its place. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Plant {
  /** Short and unique; what it is called on the command line. */
  readonly name: string;
  /** What goes wrong, in words; with the number of the guarantee that breaks by it, as "(G3)". */
  readonly mistake: string;
  /** The test that shows it: its suite, its file, and its name as it stands there. */
  readonly suite: "quick" | "e2e" | "faults";
  readonly test: string;
  readonly shows: string;
  readonly edits: readonly Edit[];
}

/** The guarantees that a mistake breaks. */
export const guaranteesOf = ({ mistake }: Pick<Plant, "mistake">): readonly string[] =>
  [...mistake.matchAll(/\b(G\d+)\b/g)].map(([id]) => id);

export const plants: readonly Plant[] = [...acts, ...answers, ...guaranteed, ...machine];
