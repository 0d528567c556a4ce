/** What a relay costs: the same task at a node's own target and at that of a peer on this machine, one after the other. */
import { createHome, startNode } from "../support.ts";
import { type Found, figure } from "./figures.ts";
import { laps, percentile, quickAgent } from "./measure.ts";
import type { Options } from "./options.ts";

/** What a relay may take longer, at its median. */
const mostMs = 15;

/** Measures it. */
export async function run({ quick, rounds }: Options): Promise<Found> {
  const count = quick ? 5 : 200;
  using here = createHome(quickAgent());
  using there = createHome(quickAgent());
  const args = ["--log-level", "warn", "--peer-sync-interval", "0"];
  const start = ({ dataDir, registry }: typeof here) => startNode({ dataDir, registry, args });
  await using desk = await start(here);
  await using build = await start(there);
  const { code } = (await build.call<{ code: string }>("POST", "/v1/peers/invite", {})).body;
  await desk.call("POST", "/v1/peers/join", { code, peer_id: "build", as: "desk" });
  await desk.call("POST", "/v1/peers/build/sync", {});
  const targets = ["bench", "build/bench"] as const;
  for (const target of targets) await laps(desk, 1, quick ? 1 : 50, target);
  const [local, relayed]: [number[], number[]] = [[], []];
  let defects = 0;
  for (let round = 0; round < (quick ? 1 : rounds); round++)
    for (const [target, times] of [
      [targets[0], local],
      [targets[1], relayed],
    ] as const) {
      const done = await laps(desk, 1, count, target);
      defects += done.filter(({ sound }) => !sound).length;
      times.push(
        percentile(
          done.map(({ ms }) => ms).sort((a, b) => a - b),
          0.5,
        ),
      );
    }
  const of = (what: string, unit: string) => ({ load: "relay", what, unit });
  return {
    figures: [
      figure(of("p50 of a task at the node's own target", "ms"), local),
      figure(of("p50 of the same at a peer's", "ms"), relayed),
      figure(
        of("what a relay takes longer", "ms"),
        relayed.map((ms, at) => ms - (local[at] ?? 0)),
        {
          goal: { atMost: mostMs },
        },
      ),
      figure(of("defects", ""), [defects], { goal: { atMost: 0 } }),
    ],
  };
}
