/**
 * The memory of a node when it is idle, and after 1,000, 10,000 and 100,000 tasks in one life; what of it
 * is the heap, and what it gives back when it has nothing to do. `--tasks N` is another end than 100,000.
 */
import { setTimeout as elapsed } from "node:timers/promises";
import { createHome, startNode } from "../support.ts";
import { laps, machine, quickAgent, usage } from "./measure.ts";

const restMs = 20_000;
const given = process.argv.indexOf("--tasks");
const most = given < 0 ? 100_000 : Number(process.argv[given + 1]);
const atOnce = 32;

using home = createHome(quickAgent());
await using node = await startNode({ ...home, args: ["--log-level", "warn"] });
const rows: { readonly when: string; readonly rss_mb: number; readonly tasks_per_s?: number }[] = [];
const rss = () => Math.round(usage(node.pid).rssMb);
await elapsed(5000);
rows.push({ when: "idle, before the first task", rss_mb: rss() });
let done = 0;
for (const until of [1000, 10_000, 30_000, 100_000].filter((count) => count <= most)) {
  const begin = performance.now();
  const count = until - done;
  const lost = (await laps(node, atOnce, count)).filter(({ sound }) => !sound).length;
  done = until;
  const tasks_per_s = Math.round(count / ((performance.now() - begin) / 1000));
  rows.push({ when: `after ${until.toLocaleString("en-US")} tasks`, rss_mb: rss(), tasks_per_s });
  if (lost > 0) process.exitCode = 1;
}
await elapsed(restMs);
rows.push({ when: `idle for ${restMs / 1000} s`, rss_mb: rss() });
process.stdout.write(`${machine()}\n`);
console.table(rows);
