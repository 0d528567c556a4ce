/** The tour of docs/walkthrough.md: its commands are run at a terminal, in order, by one shell. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "vitest";
import { createHome, startNode } from "../support.ts";
import { blocksOf, runSteps } from "./page.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test.skipIf(process.platform !== "linux")("the tour prints what its page says", async () => {
  using home = createHome();
  const dataDir = join(home.path, ".aethrolink");
  await using node = await startNode({ dataDir, registry: join(root, "configs/registry.yaml") });
  const blocks = blocksOf(readFileSync(join(root, "docs/walkthrough.md"), "utf8"));
  const steps = blocks.map(({ text, printed }) => ({ commands: text, printed }));
  runSteps(steps, { home: home.path, why: node.stderr });
});
