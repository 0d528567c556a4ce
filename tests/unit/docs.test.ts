/** What the documents point at is there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

const pages = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
    .map((file) => join("docs", file)),
  "cli/README.md",
  "skills/alink-agent/SKILL.md",
  "skills/alink-agent/references/commands.md",
];

const textOf = (file: string) => readFileSync(join(root, file), "utf8");

/** What is not an example. */
const prose = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, "");

/** The anchor that a heading gets. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsOf = (text: string) =>
  [...prose(text).matchAll(/^#+ +(.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));

/** Links that lead nowhere. */
function deadLinks(file: string): string[] {
  const links = [...prose(textOf(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? file : join(dirname(file), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor);
  });
}

/** Paths of ours that are named as code. */
const pathsIn = (text: string) =>
  [
    ...prose(text).matchAll(
      /`((?:src|tests|contracts|configs|cli|generated)\/[\w./-]+?\.(?:ts|mjs|md|json|yaml))`/g,
    ),
  ].map(([, path = ""]) => path);

describe("the documents", () => {
  it.each(pages)("%s links to what is there", (file) => {
    expect(deadLinks(file)).toEqual([]);
  });

  it.each(pages)("%s names files that are there", (file) => {
    expect(pathsIn(textOf(file)).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
