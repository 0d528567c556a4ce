/**
 * The skill as it is shipped, and where it is put for an agent.
 *
 * 1. A file that is there and says something else is replaced only where that was asked for; without it
 *    nothing is written at all.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeDirectory } from "./directories.ts";
import { UsageError } from "./usage-error.ts";

/** The skill's name, and that of its directory. */
export const skillName = "alink-agent";

/** A page of the skill, by its path in the skill's directory. */
interface SkillPage {
  readonly path: string;
  readonly text: string;
}

/**
 * The pages of the skill.
 * @param root the package's directory
 */
export function skillPages(root: string): SkillPage[] {
  const directory = join(root, "dist/skills", skillName);
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(directory, path), "utf8") }));
}

export type Installed =
  | { readonly kind: "written"; readonly path: string }
  | { readonly kind: "there already"; readonly path: string }
  | { readonly kind: "another is there"; readonly path: string };

/**
 * Puts the skill into a directory of skills.
 * @param into such as ~/.claude/skills; it is made where it is missing
 * @throws UsageError where it can't be written
 */
export function installSkill(pages: readonly SkillPage[], into: string, replace: boolean): Installed {
  const path = join(into, skillName);
  const there = pages.map((page) => textIfThere(join(path, page.path)));
  if (pages.every(({ text }, n) => there[n] === text)) return { kind: "there already", path };
  const other = pages.find(({ text }, n) => there[n] !== undefined && there[n] !== text);
  if (other !== undefined && !replace) return { kind: "another is there", path: join(path, other.path) };
  for (const page of pages) {
    const file = join(path, page.path);
    try {
      makeDirectory(dirname(file));
      writeFileSync(file, page.text);
    } catch (thrown) {
      throw new UsageError(`${file} can't be written: ${(thrown as Error).message}`);
    }
  }
  return { kind: "written", path };
}

function textIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    // Where a file is in the way, or a directory, it is the writing that says so.
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes((thrown as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw new UsageError(`${path} can't be read: ${(thrown as Error).message}`);
  }
}
