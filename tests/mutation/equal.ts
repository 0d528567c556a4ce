/** Changes that make no difference, with the reason. */
import type { Mutant } from "./mutants.ts";

interface Equal {
  readonly from: RegExp;
  readonly to: RegExp;
  readonly why: string;
}

const severalFirst = "where several are open, the step for several comes first and fits";
const equal: readonly Equal[] = [
  { from: /^=== 1$/, to: /^>= 1$/, why: severalFirst },
  { from: /^open: "one"$/, to: /^open: "some"$/, why: severalFirst },
  { from: /^find\(/, to: /^findLast\(/, why: "no two steps of a kind fit the same state" },
  {
    from: /^to: "same"$/,
    to: /^to: "(created|awaiting_input)"$/,
    why: "it is the only status that the step begins in",
  },
  {
    from: /^\["created", "pending_launch", "launching", "ready"\]$/,
    to: /, "(dispatching|running|awaiting_input)"\]$/,
    why: "the list is used in the list of all that are open alone, which has these",
  },
  {
    from: /^\["created"\]$|^\["pending_launch", "launching", "ready"\]$/,
    to: /"created"/,
    why: "the other step of this kind leads from there to the same status",
  },
];

/** Why a change that no comparison sees makes no difference; undefined: it should be seen. */
export function whyEqual(mutant: Pick<Mutant, "from" | "to">): string | undefined {
  return equal.find(({ from, to }) => from.test(mutant.from) && to.test(mutant.to))?.why;
}
