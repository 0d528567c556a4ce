/** The memory of a node when it is idle, and after 1,000, 10,000 and 100,000 tasks in one life. */
import { setTimeout as elapsed } from "node:timers/promises";
import { createHome, startNode } from "../support.ts";
import { type Figure, type Found, figure } from "./figures.ts";
import { laps, quickAgent, usage } from "./measure.ts";
import type { Options } from "./options.ts";

const mostIdle = 110;
/** How much more than after the first thousand. */
const more: { readonly [tasks: number]: number } = { 10000: 32, 100000: 64 };
const atOnce = 32;

/** Measures it. */
export async function run({ quick }: Options): Promise<Found> {
  using home = createHome(quickAgent());
  await using node = await startNode({ ...home, args: ["--log-level", "warn"] });
  const rss = () => Math.round(usage(node.pid).rssMb);
  await elapsed(quick ? 0 : 5000);
  const points: [number, number][] = [[0, rss()]];
  const figures: Figure[] = [
    figure({ load: "memory", what: "idle, before the first task", unit: "MB" }, [rss()], {
      goal: { atMost: mostIdle },
    }),
  ];
  let done = 0;
  let base = 0;
  for (const until of quick ? [1000] : [1000, 3000, 10_000, 30_000, 100_000]) {
    const lost = (await laps(node, atOnce, until - done)).filter(({ sound }) => !sound).length;
    if (lost > 0) throw new Error(`${lost} tasks had a defect`);
    done = until;
    points.push([until, rss()]);
    if (until === 1000) base = rss();
    const name = `after ${until.toLocaleString("en-US")} tasks`;
    figures.push(figure({ load: "memory", what: name, unit: "MB" }, [rss()]));
    const most = more[until];
    if (most === undefined) continue;
    const what = `${name}, more than after 1,000`;
    figures.push(figure({ load: "memory", what, unit: "MB" }, [rss() - base], { goal: { atMost: most } }));
  }
  return { figures, series: { memory: { "the node": points } } };
}
