/**
 * The resident memory of a node: idle, while tasks go through it, and when it is idle again. What is more
 * then is what the tasks left behind; while they go on, garbage comes on top that nobody has collected yet.
 */
import { setTimeout as elapsed } from "node:timers/promises";
import { laps } from "../laps.ts";
import { rounded, usage } from "../measure.ts";
import type { Options } from "../options.ts";
import { atMost, type Figures, type Row } from "../report.ts";
import { startOurs } from "../servers.ts";

const settleMs = 5000;
const restMs = 20_000;
const atOnce = 32;
/** After so many tasks it is left alone for a while. */
const rested = [10_000, 100_000];

/** Runs it. */
export async function memory({ tasks }: Options): Promise<Figures> {
  await using node = await startOurs();
  const rss = () => usage(node.pid).rssMb;
  await elapsed(settleMs);
  const idle = rss();
  const rows: Row[] = [{ when: "idle, before the first task", tasks: 0, mb: rounded(idle), tasks_per_s: "" }];
  const after = new Map<number, number>();
  let done = 0;
  let defects = 0;
  for (const until of [1000, 10_000, 30_000, 100_000].filter((count) => count <= tasks)) {
    const begin = performance.now();
    const own = await laps(node, atOnce, until - done);
    const tasks_per_s = rounded(own.length / ((performance.now() - begin) / 1000));
    defects += own.filter(({ sound }) => !sound).length;
    done = until;
    const many = until.toLocaleString("en-US");
    rows.push({ when: `just after ${many} tasks`, tasks: until, mb: rounded(rss()), tasks_per_s });
    if (!rested.includes(until)) continue;
    await elapsed(restMs);
    after.set(until, rss());
    rows.push({ when: `idle for ${restMs / 1000} s`, tasks: until, mb: rounded(rss()), tasks_per_s: "" });
  }
  const more = (count: number, most: number) => {
    const mb = after.get(count);
    const what = `idle again, more after ${count.toLocaleString("en-US")} tasks than before the first`;
    return mb === undefined ? [] : [atMost(what, "MB", mb - idle, most, most)];
  };
  return {
    rows,
    goals: [
      atMost("idle", "MB", idle, 110, 90),
      ...more(10_000, 32),
      ...more(100_000, 64),
      atMost("tasks with a defect", "defects", defects, 0, 0),
    ],
  };
}
