/** What the benchmarks share: requests, whole tasks, and what a process uses. */
import { readFileSync } from "node:fs";
import http from "node:http";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { TargetEntry } from "../programs.ts";
import type { TestNode } from "../support.ts";

/** An agent that adds no time of its own. */
export const quickAgent = (): { readonly [name: string]: TargetEntry } => ({
  bench: { command: [process.execPath, fileURLToPath(new URL("agent.mjs", import.meta.url))] },
});

export const machine = () => `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`;

export interface Lap {
  readonly ms: number;
  /** Whether its events were whole and it completed. */
  readonly sound: boolean;
}

/** One request; resolves with its whole text. */
export function ask(
  node: TestNode,
  agent: http.Agent,
  method: string,
  path: string,
  body?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const headers = {
    authorization: `Bearer ${node.token}`,
    ...more,
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

async function lap(node: TestNode, agent: http.Agent, target_runtime: string): Promise<Lap> {
  const request = JSON.stringify({ intent: "bench.run", target_runtime, payload: { text: "go" } });
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

/** So many whole tasks, so many at once. */
export async function laps(node: TestNode, atOnce: number, count: number, target = "bench"): Promise<Lap[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
  const done: Lap[] = [];
  let left = count;
  const lane = async () => {
    while (left-- > 0) done.push(await lap(node, agent, target));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  agent.destroy();
  return done;
}

/** Milliseconds of processor time and megabytes of memory of a process (Linux). */
export function usage(pid: number): { cpuMs: number; rssMb: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { cpuMs: (Number(stat[11]) + Number(stat[12])) * 10, rssMb: Number(rss) / 1024 };
}

export const percentile = (sorted: readonly number[], part: number) =>
  sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? 0;
