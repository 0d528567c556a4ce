/** Pages of the documents whose commands are run in order, by one shell, at a terminal or as programs run it. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A fenced block: commands and what they print (… stands for anything, alone in a line for any lines), or a file. */
export interface Block {
  readonly language: "sh" | "yaml";
  readonly text: string;
  readonly printed: string | undefined;
}

const fence = /^```(sh|yaml)\n([\s\S]*?)^```\n(?:\n```output\n([\s\S]*?)^```\n)?/gm;

/** The blocks of a page that its test does something with. */
export const blocksOf = (markdown: string): Block[] =>
  [...markdown.matchAll(fence)].map(([, language, text = "", printed]) => ({
    language: language === "yaml" ? "yaml" : "sh",
    text,
    printed,
  }));

const mark = "@@ block ";

/** All commands as one script, which says where each block begins and ends at the first command that fails. */
const scriptOf = (commands: readonly string[]) =>
  ["set -eu", ...commands.map((text, n) => `printf '\\n${mark}${n}\\n'\n${text}`)].join("\n");

const eraseLine = "\u001b[K";

/** What a terminal shows in the end: of a line that was erased, what was written last. */
const shown = (raw: string) =>
  raw
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => line.split(eraseLine).at(-1))
    .join("\n");

/** The lines that a page promises, as a pattern. */
function patternOf(printed: string): RegExp {
  const lines = printed.trimEnd().split("\n");
  const escaped = lines.map((line) =>
    line === "…" ? "[\\s\\S]*" : line.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", ".*"),
  );
  return new RegExp(`^${escaped.join("\n")}\n*$`);
}

/** What a block's commands are, and what they have to print. */
export interface Step {
  readonly commands: string;
  readonly printed: string | undefined;
}

export interface Place {
  /** The home directory of the shell. */
  readonly home: string;
  readonly cwd?: string;
  readonly path?: string;
  /** Whether a terminal shows what is printed; else it is read by a program, as an agent reads it. */
  readonly atTerminal?: boolean;
  /** What is said where it fails. */
  readonly why: () => string;
}

/** Runs the steps by one shell, and compares what they print. */
export function runSteps(
  steps: readonly Step[],
  { home, cwd = root, path, atTerminal = true, why }: Place,
): void {
  const file = join(home, "page.sh");
  writeFileSync(file, scriptOf(steps.map(({ commands }) => commands)));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AETHROLINK_"));
  const [program, ...args] = atTerminal
    ? (["script", "-qec", `bash ${file}`, "/dev/null"] as const)
    : (["bash", "-c", `bash ${file} 2>&1`] as const);
  const { stdout, status } = spawnSync(program, args, {
    cwd,
    env: {
      ...Object.fromEntries(inherited),
      ...(path === undefined ? {} : { PATH: path }),
      HOME: home,
      TERM: "xterm",
    },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const parts = shown(stdout)
    .split(new RegExp(`^${mark}\\d+\n`, "m"))
    .slice(1);
  expect(status, `a command failed, having printed:\n${shown(stdout)}\n${why()}`).toBe(0);
  expect(parts).toHaveLength(steps.length);
  for (const [n, { commands, printed }] of steps.entries()) {
    if (printed !== undefined) expect(parts[n], commands).toMatch(patternOf(printed));
  }
}
