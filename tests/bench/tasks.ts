/**
 * How fast a node takes tasks through their whole life: each lane posts a task, follows its stream to
 * the terminal event, and posts the next one. Everything is on disk (durability full), with auth and
 * validation on. `npm run bench` prints a table; `-- --json` prints the figures; `-- --smoke` only
 * looks whether tasks come through, in seconds.
 */
import { readFileSync } from "node:fs";
import http from "node:http";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { createHome, startNode, type TestNode } from "../support.ts";

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

interface Lap {
  readonly ms: number;
  /** Whether its events were whole and it completed. */
  readonly sound: boolean;
}

/** One request; resolves with its whole text. */
function ask(
  node: TestNode,
  agent: http.Agent,
  method: string,
  path: string,
  body?: string,
): Promise<string> {
  const headers = {
    authorization: `Bearer ${node.token}`,
    ...(body === undefined
      ? {}
      : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const req = http.request(node.url + path, { method, agent, headers }, (res) => {
      const parts: Buffer[] = [];
      res.on("data", (part: Buffer) => parts.push(part));
      res.on("end", () => resolve(Buffer.concat(parts).toString()));
      res.on("error", reject);
    });
    req.on("error", reject);
    req.end(body);
  });
}

const request = JSON.stringify({ intent: "bench.run", target_runtime: "bench", payload: { text: "go" } });

async function lap(node: TestNode, agent: http.Agent): Promise<Lap> {
  const begin = performance.now();
  const { task } = JSON.parse(await ask(node, agent, "POST", "/v1/tasks", request)) as {
    task: { task_id: string };
  };
  const stream = await ask(node, agent, "GET", `/v1/tasks/${task.task_id}/events`);
  const ms = performance.now() - begin;
  const seqs = [...stream.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  const whole = seqs.every((seq, index) => seq === index + 1);
  return { ms, sound: whole && stream.includes('"kind":"task.completed"') };
}

async function laps(node: TestNode, atOnce: number, count: number): Promise<Lap[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
  const done: Lap[] = [];
  let left = count;
  const lane = async () => {
    while (left-- > 0) done.push(await lap(node, agent));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  agent.destroy();
  return done;
}

/** Milliseconds of processor time and megabytes of memory of a process (Linux). */
function usage(pid: number): { cpuMs: number; rssMb: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { cpuMs: (Number(stat[11]) + Number(stat[12])) * 10, rssMb: Number(rss) / 1024 };
}

const percentile = (sorted: readonly number[], part: number) =>
  sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? 0;

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

using home = createHome({
  bench: { command: [process.execPath, fileURLToPath(new URL("agent.mjs", import.meta.url))] },
});
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
  process.stdout.write(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}\n`);
  console.table(rows);
}
process.exitCode = rows.some(({ defects }) => defects > 0) ? 1 : 0;
