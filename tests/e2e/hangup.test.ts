/** A node at a terminal, when that is closed. */
import { existsSync, mkdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { nodeProgram } from "../programs.ts";
import { createHome } from "../support.ts";
import { hasTerminal } from "./cli/command.ts";

/** Resolves when something holds of a directory. */
async function when(directory: string, holds: () => boolean): Promise<void> {
  const stop = new AbortController();
  await new Promise<void>((resolve) => {
    const look = () => {
      if (holds()) resolve();
    };
    watch(directory, { signal: stop.signal }, look);
    look();
  });
  stop.abort();
}

it.runIf(hasTerminal)("it stops, as at any other end: its runtimes and its files go too", async () => {
  using home = createHome();
  mkdirSync(home.dataDir, { mode: 0o700 });
  const command = `'${process.execPath}' '${await nodeProgram()}' --port 0 --data-dir '${home.dataDir}' --registry '${home.registry}'`;
  const terminal = execa("script", ["-qefc", command, "/dev/null"], { reject: false, stdin: "pipe" });
  const about = join(home.dataDir, "node.json");
  await when(home.dataDir, () => existsSync(about) && readFileSync(about, "utf8").endsWith("\n"));
  const { pid } = JSON.parse(readFileSync(about, "utf8")) as { pid: number };
  terminal.kill("SIGKILL");
  await when(home.dataDir, () => !existsSync(about));
  await expect.poll(() => runs(pid), { timeout: 10_000 }).toBe(false);
});

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
