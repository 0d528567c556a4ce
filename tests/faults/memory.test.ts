/** The memory of a node under load. TASKS: how many go through it, beside the first thousand. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { heapFlags } from "#src/memory.ts";
import { laps } from "../bench/laps.ts";
import { usage } from "../bench/measure.ts";
import { quickAgent } from "../bench/servers.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, startNode } from "../support.ts";

const tasks = Number(process.env["TASKS"] ?? 4000);
const mostMb = 64;

it("this Node's V8 knows the flags that bound the heap", () => {
  const { stdout } = spawnSync(process.execPath, ["--v8-options"], { encoding: "utf8" });
  for (const flag of heapFlags) expect(stdout).toContain(`  ${flag} `);
});

it.skipIf(process.platform !== "linux")(
  `${tasks} tasks leave it within ${mostMb} MB of what it was after the first thousand`,
  async () => {
    using home = createHome(quickAgent());
    await using node = await startNode({ ...home, args: ["--log-level", "warn"] });
    await laps(node, 32, 1000);
    const before = usage(node.pid).rssMb;
    const done = await laps(node, 32, tasks);
    expect(done.filter(({ sound }) => !sound)).toEqual([]);
    const grownMb = usage(node.pid).rssMb - before;
    tellFigures("memory", { tasks, beforeMb: before, grownMb });
    expect(grownMb).toBeLessThan(mostMb);
  },
  60_000 + tasks * 20,
);
