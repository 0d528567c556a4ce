/**
 * How fast a node takes tasks through their whole life: each lane posts a task, follows its stream to
 * the terminal event, and posts the next one. Everything is on disk (durability full), with auth and
 * validation on. `npm run bench` prints a table; `-- --json` prints the figures; `-- --smoke` only
 * looks whether tasks come through, in seconds.
 */
import { createHome, startNode, type TestNode } from "../support.ts";
import { laps, machine, percentile, quickAgent, usage } from "./measure.ts";

const smoke = process.argv.includes("--smoke");
const lanes = smoke ? [1, 32] : [1, 8, 32, 128];
const tasksPerLane = smoke ? 5 : 60;
const warmUp = smoke ? 0 : 1500;

interface Row {
  readonly at_once: number;
  readonly tasks: number;
  readonly tasks_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly cpu_ms_per_task: number;
  readonly rss_mb: number;
  readonly defects: number;
}

async function measure(node: TestNode, atOnce: number): Promise<Row> {
  const count = tasksPerLane * (atOnce + 4);
  const before = usage(node.pid);
  const begin = performance.now();
  const done = await laps(node, atOnce, count);
  const seconds = (performance.now() - begin) / 1000;
  const after = usage(node.pid);
  const times = done.map(({ ms }) => ms).sort((a, b) => a - b);
  const round = (value: number) => Number(value.toFixed(2));
  return {
    at_once: atOnce,
    tasks: count,
    tasks_per_s: round(count / seconds),
    p50_ms: round(percentile(times, 0.5)),
    p99_ms: round(percentile(times, 0.99)),
    cpu_ms_per_task: round((after.cpuMs - before.cpuMs) / count),
    rss_mb: round(after.rssMb),
    defects: done.filter(({ sound }) => !sound).length,
  };
}

using home = createHome(quickAgent());
await using node = await startNode({
  dataDir: home.dataDir,
  registry: home.registry,
  args: ["--log-level", "warn"],
});
await laps(node, 32, warmUp);
const rows: Row[] = [];
for (const atOnce of lanes) rows.push(await measure(node, atOnce));
if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(rows)}\n`);
else {
  process.stdout.write(`${machine()}\n`);
  console.table(rows);
}
process.exitCode = rows.some(({ defects }) => defects > 0) ? 1 : 0;
