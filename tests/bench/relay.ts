/**
 * What a relay costs: the same task at a node's own target, and at that of a peer on this machine, one after
 * the other. `npm run bench -- --relay`; `--json` prints the figures; `--smoke` only looks whether it works.
 */
import { createHome, startNode } from "../support.ts";
import { laps, machine, percentile, quickAgent } from "./measure.ts";

const smoke = process.argv.includes("--smoke");
const count = smoke ? 5 : 300;
/** What a relay may take longer, at its median. */
const mostMs = 15;

using here = createHome(quickAgent());
using there = createHome(quickAgent());
const start = (home: { readonly dataDir: string; readonly registry: string }) =>
  startNode({
    dataDir: home.dataDir,
    registry: home.registry,
    args: ["--log-level", "warn", "--peer-sync-interval", "0"],
  });
await using desk = await start(here);
await using build = await start(there);
const { code } = (await build.call<{ code: string }>("POST", "/v1/peers/invite", {})).body;
await desk.call("POST", "/v1/peers/join", { code, peer_id: "build", as: "desk" });
await desk.call("POST", "/v1/peers/build/sync", {});

async function median(target: string): Promise<{ p50: number; p99: number; defects: number }> {
  await laps(desk, 1, smoke ? 1 : 50, target);
  const done = await laps(desk, 1, count, target);
  const times = done.map(({ ms }) => ms).sort((a, b) => a - b);
  const round = (value: number) => Number(value.toFixed(2));
  return {
    p50: round(percentile(times, 0.5)),
    p99: round(percentile(times, 0.99)),
    defects: done.filter(({ sound }) => !sound).length,
  };
}

const local = await median("bench");
const relayed = await median("build/bench");
const more_ms = Number((relayed.p50 - local.p50).toFixed(2));
if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify({ local, relayed, more_ms })}\n`);
else {
  process.stdout.write(`${machine()}\n`);
  console.table({ local, relayed });
  process.stdout.write(`a relay takes ${more_ms} ms more at its median; ${mostMs} ms are the most\n`);
}
process.exitCode = local.defects + relayed.defects > 0 || (!smoke && more_ms > mostMs) ? 1 : 0;
