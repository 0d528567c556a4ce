/** Readers that wait for what doesn't come: what each of them costs in memory, and whether they slow down others. */
import http from "node:http";
import { setTimeout as elapsed } from "node:timers/promises";
import { type Found, figure } from "./figures.ts";
import { laps, percentile, usage } from "./measure.ts";
import type { Options } from "./options.ts";
import { type Server, startServers } from "./servers.ts";

const mostKb = 20;
const mostSlower = 1.3;

async function open(count: number, { url, token }: Server, agent: http.Agent): Promise<() => void> {
  const opened: http.ClientRequest[] = [];
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      // Of what happens to the tasks of nobody.
      const req = http.get(`${url}/v1/events?sender=nobody-at-all`, { agent, headers }, (res) => {
        res.resume();
        res.on("error", () => {});
        resolve();
      });
      req.on("error", reject);
      opened.push(req);
    });
  for (let at = 0; at < count; at += 100)
    await Promise.all(Array.from({ length: Math.min(100, count - at) }, one));
  return () => {
    for (const req of opened) req.destroy();
  };
}

async function p50(server: Server, count: number): Promise<number> {
  const times = (await laps(server, 1, count)).map(({ ms }) => ms).sort((a, b) => a - b);
  return percentile(times, 0.5);
}

/** Measures it. */
export async function run({ quick }: Options): Promise<Found> {
  await using servers = await startServers();
  const [node] = servers.all;
  const readers = quick ? 50 : 10_000;
  const count = quick ? 10 : 300;
  await laps(node, 8, count * 2);
  const alone = await p50(node, count);
  const rss = () => usage(node.pid ?? 0).rssMb;
  const before = rss();
  const agent = new http.Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  const close = await open(readers, node, agent);
  await elapsed(quick ? 0 : 3000);
  const kb = ((rss() - before) * 1024) / readers;
  const among = await p50(node, count);
  close();
  const load = `${readers.toLocaleString("en-US")} idle readers`;
  return {
    figures: [
      figure({ load, what: "memory of the node for each", unit: "KB" }, [kb], { goal: { atMost: mostKb } }),
      figure({ load, what: "p50 of a task beside them", unit: "ms" }, [among], {
        beside: { name: "alone", values: [alone] },
        goal: { atMost: mostSlower },
      }),
    ],
  };
}
