/** The report of a soak, and the state by which one that was cut goes on. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Figures } from "./figures.ts";

export interface Result {
  readonly id: string;
  readonly promise: string;
  /** The counts that were asked for. */
  readonly counts: { readonly [variable: string]: number };
  /** What was counted. */
  readonly figures: Figures;
  /** The figures in a sentence. */
  readonly says: string;
  /** How many tests passed. */
  readonly tests: number;
  readonly seconds: number;
  readonly passed: boolean;
  /** Why it didn't pass. */
  readonly faults: readonly string[];
  readonly date: string;
  readonly commit: string;
}

export interface Report {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  /** 1: the full counts. */
  readonly part: number;
  readonly results: readonly Result[];
}

const root = fileURLToPath(new URL("../..", import.meta.url));

function git(...args: string[]): string {
  const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28 });
  return status === 0 ? stdout : "";
}

/** All but what is measured: a report that is kept there changes nothing that is tested. */
const tested = ["--", ".", ":!docs/measurements"];

/** Names the tree that is tested: its commit, and what has been changed since. Empty where there is no git. */
export function commitOfTree(): string {
  const commit = git("rev-parse", "--short=12", "HEAD").trim();
  const added = git("ls-files", "--others", "--exclude-standard", "-z", ...tested)
    .split("\0")
    .filter(Boolean);
  const changes = git("diff", "HEAD", ...tested);
  if (commit === "" || (changes === "" && added.length === 0)) return commit;
  const hash = createHash("sha256").update(changes);
  for (const file of added) hash.update(file).update(readFileSync(join(root, file)));
  return `${commit}+${hash.digest("hex").slice(0, 8)}`;
}

export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}, Node ${process.version}`;

/** What passed on this tree before. */
export function passedBefore(file: string): Result[] {
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, "utf8")) as Report).results.filter(({ passed }) => passed);
}

/** Writes a report whole or not at all. */
export function writeReport(file: string, report: Report): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(report, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
