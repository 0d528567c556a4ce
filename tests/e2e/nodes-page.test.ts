/** The tutorial of docs/nodes.md: its commands are run at a terminal, in order, by one shell, with two nodes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createHome, startNode } from "../support.ts";
import { blocksOf, runSteps } from "./page.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test.skipIf(process.platform !== "linux")("two nodes are paired as the page says", async () => {
  using home = createHome();
  const registry = join(root, "configs/registry.yaml");
  const start = (name: string) =>
    startNode({ dataDir: join(home.path, name), registry, args: ["--peer-sync-interval", "0"] });
  await using desk = await start("desk");
  await using build = await start("build");
  const blocks = blocksOf(readFileSync(join(root, "docs/nodes.md"), "utf8"));
  const steps = blocks.filter(({ language }) => language === "sh");
  expect(steps.length).toBeGreaterThan(4);
  runSteps(
    steps.map(({ text, printed }) => ({ commands: text, printed })),
    { home: home.path, why: () => desk.stderr() + build.stderr() },
  );
});
