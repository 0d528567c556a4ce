/** Reports of what was measured, as docs/measurements has them. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Empty where there is no git. */
function git(...args: string[]): string {
  const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28 });
  return status === 0 ? stdout.trim() : "";
}

/**
 * A name for what is tested, committed or not: it is the same for as long as nothing changes but the docs.
 * By it a long run that was cut goes on, also behind a commit that only keeps a report. Empty where there
 * is no git.
 */
export function codeHere(): string {
  const listed = git(
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "--",
    ".",
    ":!docs",
    ":!*.md",
  );
  const files = listed.split("\0").filter((file) => existsSync(join(root, file)) && file !== "");
  const hash = createHash("sha256");
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return files.length === 0 ? "" : hash.digest("hex").slice(0, 12);
}

/** The commit that is measured; with `+` where there is more than it, other than reports of what was measured. */
export function commitHere(): string {
  const changed =
    git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/measurements") === "" ? "" : "+";
  return `${git("rev-parse", "--short", "HEAD")}${changed}`;
}

/** Writes a report, with the date and the commit. */
export function keepReport(name: string, figures: object): void {
  const file = join(root, "docs/measurements", name);
  mkdirSync(dirname(file), { recursive: true });
  const report = { date: new Date().toISOString(), commit: commitHere(), ...figures };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}
