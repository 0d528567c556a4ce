/** A node whose standard output or log nobody takes. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { nodeProgram } from "../programs.ts";
import { createHome, type NodeProcess, spawnNode, startNode } from "../support.ts";

const redirected = (where: string) => ({ wrap: ["sh", "-c", `exec "$@" ${where}`, "sh"] });
const patience = { timeout: 20_000 };

it.each<[string, object, (node: NodeProcess) => void]>([
  ["its standard output is full", redirected(">/dev/full"), () => {}],
  ["its standard output is closed", {}, ({ process }) => process.stdout?.destroy()],
  ["its log is full", redirected("2>/dev/full"), () => {}],
  ["its log is closed", {}, ({ process }) => process.stderr?.destroy()],
])("it works on, and stops gracefully, where %s", patience, async (_what, options, spoil) => {
  using home = createHome();
  const node = await spawnNode({ ...home, ...options });
  spoil(node);
  const about = join(home.dataDir, "node.json");
  await expect.poll(() => existsSync(about), patience).toBe(true);
  await expect.poll(() => readFileSync(about, "utf8"), patience).toMatch(/\n$/);
  const { url, pid } = JSON.parse(readFileSync(about, "utf8")) as { url: string; pid: number };
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  process.kill(pid, "SIGTERM");
  expect(await node.exited).toEqual({ code: 0, signal: null });
  expect(existsSync(about)).toBe(false);
});

it("a command that can't print what it did says so, in one line", async () => {
  using home = createHome();
  await (await startNode(home)).stop();
  const shell = ["-c", 'exec "$@" >/dev/full', "sh", process.execPath, await nodeProgram()];
  const ran = await execa("sh", [...shell, "gc", "--data-dir", home.dataDir], { reject: false });
  expect([ran.exitCode, ran.stderr]).toEqual([
    73,
    "alink-node: standard output can't be written: ENOSPC: no space left on device, write",
  ]);
});
