/** What a relay costs: the same task at a node's own target, and at that of a peer on this machine, in turns. */
import { createHome, startNode } from "../../support.ts";
import { laps } from "../laps.ts";
import { percentile, rounded } from "../measure.ts";
import type { Options } from "../options.ts";
import { atMost, type Figures } from "../report.ts";
import { quickAgent, shippedNode } from "../servers.ts";

const tasksInRound = 150;

/** Runs it. */
export async function relay({ rounds }: Options): Promise<Figures> {
  using here = createHome(quickAgent());
  using there = createHome(quickAgent());
  const args = ["--log-level", "warn", "--peer-sync-interval", "0"];
  await using desk = await startNode({ ...here, program: shippedNode, args });
  await using build = await startNode({ ...there, program: shippedNode, args });
  const { code } = (await build.call<{ code: string }>("POST", "/v1/peers/invite", {})).body;
  await desk.call("POST", "/v1/peers/join", { code, peer_id: "build", as: "desk" });
  await desk.call("POST", "/v1/peers/build/sync", {});
  const targets = ["bench", "build/bench"];
  for (const target of targets) await laps(desk, 1, 50, target);
  const done = targets.map((): Awaited<ReturnType<typeof laps>> => []);
  for (let number = 0; number < rounds; number++) {
    for (const [index, target] of targets.entries()) {
      done[index]?.push(...(await laps(desk, 1, tasksInRound, target)));
    }
  }
  const [local, relayed] = done.map((own) => ({
    p50: percentile(
      own.map(({ ms }) => ms),
      0.5,
    ),
    p99: percentile(
      own.map(({ ms }) => ms),
      0.99,
    ),
    defects: own.filter(({ sound }) => !sound).length,
  }));
  if (local === undefined || relayed === undefined) throw new Error("nothing was measured");
  return {
    rows: [local, relayed].map(({ p50, p99, defects }, index) => ({
      target: index === 0 ? "the node's own" : "a peer's",
      ...{ p50_ms: rounded(p50), p99_ms: rounded(p99), defects },
    })),
    goals: [
      atMost("more at its p50 than at a target of its own", "ms", relayed.p50 - local.p50, 15, 8),
      atMost("tasks with a defect", "defects", local.defects + relayed.defects, 0, 0),
    ],
  };
}
