/** Which branches of each file were taken, by all that executed it. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { CoverageMapData, FileCoverageData } from "@vitest/istanbul-lib-coverage";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** One way that a file can go. */
export interface Branch {
  /** E.g. `if 12`: what it is, and its line. */
  readonly name: string;
  readonly taken: boolean;
}

/** By the path of the file in the repository. */
export type Branches = ReadonlyMap<string, readonly Branch[]>;

function branchesOf({ branchMap, b }: FileCoverageData): Branch[] {
  return Object.entries(branchMap).flatMap(([id, { type, loc, locations }]) =>
    locations.map((place, n) => ({
      name: `${type} ${place.start.line ?? loc.start.line}`,
      taken: (b[id]?.[n] ?? 0) > 0,
    })),
  );
}

/** What one run of a tool says. */
export function readBranches(map: CoverageMapData): Branches {
  return new Map(
    Object.entries(map).map(([file, covered]) => [
      relative(root, file),
      branchesOf(covered as FileCoverageData),
    ]),
  );
}

const takenOf = (branches: readonly Branch[]) => branches.filter(({ taken }) => taken).length;

/** Both were read from the same text, so that they have the same branches in the same order. */
function isSameFile(a: readonly Branch[], b: readonly Branch[]): boolean {
  return a.length === b.length && a.every(({ name }, n) => name === b[n]?.name);
}

/** Where a program's map of a file is another than the tests', the better of the two counts, not their sum. */
function bothOf(a: readonly Branch[], b: readonly Branch[]): readonly Branch[] {
  if (!isSameFile(a, b)) return takenOf(b) > takenOf(a) ? b : a;
  return a.map(({ name, taken }, n) => ({ name, taken: taken || b[n]?.taken === true }));
}

/**
 * @param known of all files that are demanded
 * @param more of some of them, and of others, which are left out
 */
export function addBranches(known: Branches, more: Branches): Branches {
  return new Map([...known].map(([file, branches]) => [file, bothOf(branches, more.get(file) ?? [])]));
}
