/** Reports of what was measured, as docs/measurements has them. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The commit that is measured; with `+` where there is more than it. */
export function commitHere(): string {
  const git = (...args: string[]) => spawnSync("git", args, { cwd: root, encoding: "utf8" }).stdout.trim();
  const changed = git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+";
  return `${git("rev-parse", "--short", "HEAD")}${changed}`;
}

/** Writes a report, with the date and the commit. */
export function keepReport(name: string, figures: object): void {
  const file = join(root, "docs/measurements", name);
  mkdirSync(dirname(file), { recursive: true });
  const report = { date: new Date().toISOString(), commit: commitHere(), ...figures };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}
