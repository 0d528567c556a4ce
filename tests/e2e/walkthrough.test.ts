/** The tour of docs/walkthrough.md: its commands are run at a terminal, in order, by one shell. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createHome, startNode } from "../support.ts";

const root = new URL("../..", import.meta.url).pathname;

/** Commands, and what they print; … stands for anything, alone in a line for any lines. */
interface Block {
  readonly commands: string;
  readonly printed: string | undefined;
}

const fence = /^```sh\n([\s\S]*?)^```\n(?:\n```output\n([\s\S]*?)^```\n)?/gm;

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(fence)].map(([, commands = "", printed]) => ({ commands, printed }));
}

const mark = "@@ block ";

/** All blocks as one script, which says where each begins and ends at the first command that fails. */
const scriptOf = (blocks: readonly Block[]) =>
  ["set -eu", ...blocks.map(({ commands }, n) => `printf '\\n${mark}${n}\\n'\n${commands}`)].join("\n");

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
    line === "…" ? "[^]*" : line.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", ".*"),
  );
  return new RegExp(`^${escaped.join("\n")}\n*$`);
}

test.skipIf(process.platform !== "linux")("the tour prints what its page says", async () => {
  using home = createHome();
  const dataDir = join(home.path, ".aethrolink");
  await using node = await startNode({ dataDir, registry: join(root, "configs/registry.yaml") });
  const blocks = blocksOf(readFileSync(join(root, "docs/walkthrough.md"), "utf8"));
  const file = join(home.path, "tour.sh");
  writeFileSync(file, scriptOf(blocks));

  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AETHROLINK_"));
  const { stdout, status } = spawnSync("script", ["-qec", `bash ${file}`, "/dev/null"], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), HOME: home.path, TERM: "xterm" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });

  const parts = shown(stdout)
    .split(new RegExp(`^${mark}\\d+\n`, "m"))
    .slice(1);
  expect(status, `the tour failed, having printed:\n${shown(stdout)}\n${node.stderr()}`).toBe(0);
  expect(parts).toHaveLength(blocks.length);
  for (const [n, { commands, printed }] of blocks.entries()) {
    if (printed !== undefined) expect(parts[n], commands).toMatch(patternOf(printed));
  }
});
