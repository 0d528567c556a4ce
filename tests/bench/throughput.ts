/**
 * Tasks through their whole life: each lane posts a task, follows its stream to the terminal event, and posts the
 * next one. The servers take turns, so that what else the machine does weighs on all of them alike.
 */
import { type Figure, type Found, figure, type Series } from "./figures.ts";
import { laps, percentile, usage } from "./measure.ts";
import type { Options } from "./options.ts";
import { type Server, startServers } from "./servers.ts";

/** By how many there are at once. */
const goals: { readonly [atOnce: number]: { readonly rate: number; readonly p50: number } } = {
  1: { rate: 0.7, p50: 1.5 },
  8: { rate: 0.58, p50: 1.8 },
  32: { rate: 0.5, p50: 2 },
  128: { rate: 0.42, p50: 2.1 },
};
const mostTail = 4;
const mostCpu = 2.6;

interface Lap {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly defects: number;
}

async function measure(server: Server, atOnce: number, count: number): Promise<Lap> {
  const cpuBefore = server.pid === undefined ? 0 : usage(server.pid).cpuMs;
  const begin = performance.now();
  const done = await laps(server, atOnce, count);
  const seconds = (performance.now() - begin) / 1000;
  const cpuAfter = server.pid === undefined ? 0 : usage(server.pid).cpuMs;
  const times = done.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    rate: count / seconds,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    cpu: (cpuAfter - cpuBefore) / count,
    defects: done.filter(({ sound }) => !sound).length,
  };
}

/** Measures it. */
export async function run({ quick, rounds, other }: Options): Promise<Found> {
  await using servers = await startServers(other);
  const lanes = quick ? [1, 32] : [1, 8, 32, 128];
  const perLane = quick ? 5 : 60;
  for (const server of servers.all) await laps(server, 32, quick ? 32 : 1500);
  const found = new Map<string, Lap[]>();
  const lapsOf = (server: Server, atOnce: number) => {
    const key = `${server.name} ${atOnce}`;
    const list = found.get(key) ?? [];
    found.set(key, list);
    return list;
  };
  for (let round = 0; round < (quick ? 1 : rounds); round++)
    for (const atOnce of lanes)
      for (const server of servers.all)
        lapsOf(server, atOnce).push(await measure(server, atOnce, perLane * (atOnce + 1)));
  const [ours, ...others] = servers.all;
  const figures = lanes.flatMap((atOnce) =>
    others.flatMap((other) =>
      compare(atOnce, lapsOf(ours, atOnce), { name: other.name, laps: lapsOf(other, atOnce) }),
    ),
  );
  const line = (server: Server, of: (lap: Lap) => number): Series[string] =>
    lanes.map(
      (atOnce) => [atOnce, figure(about(atOnce, "", ""), lapsOf(server, atOnce).map(of)).ours] as const,
    );
  const lines = (of: (lap: Lap) => number): Series =>
    Object.fromEntries(servers.all.map((server) => [server.name, line(server, of)]));
  return { figures, series: { throughput: lines(({ rate }) => rate), latency: lines(({ p50 }) => p50) } };
}

const about = (atOnce: number, what: string, unit: string) => ({
  load: `tasks, ${atOnce} at once`,
  what,
  unit,
});

function compare(
  atOnce: number,
  ours: readonly Lap[],
  other: { name: string; laps: readonly Lap[] },
): Figure[] {
  const goal = goals[atOnce];
  const isCeiling = other.name === "the ceiling";
  const beside = (of: (lap: Lap) => number) => ({ name: other.name, values: other.laps.map(of) });
  const goalOf = (value: object) => (isCeiling ? { goal: value } : {});
  const rate = ({ rate }: Lap) => rate;
  const p50 = ({ p50 }: Lap) => p50;
  const figures = [
    figure(about(atOnce, "tasks a second", "1/s"), ours.map(rate), {
      beside: beside(rate),
      ...goalOf({ atLeast: goal?.rate }),
    }),
    figure(about(atOnce, "p50, POST to the last event", "ms"), ours.map(p50), {
      beside: beside(p50),
      ...goalOf({ atMost: goal?.p50 }),
    }),
  ];
  if (!isCeiling) return figures;
  const defects = [ours, other.laps].flat().reduce((sum, lap) => sum + lap.defects, 0);
  figures.push(
    figure(about(atOnce, "defects in streams, tasks without end", ""), [defects], { goal: { atMost: 0 } }),
  );
  if (atOnce !== 32) return figures;
  const cpu = ({ cpu }: Lap) => cpu;
  return [
    ...figures,
    figure(
      about(atOnce, "p99 by p50", ""),
      ours.map((lap) => lap.p99 / lap.p50),
      { goal: { atMost: mostTail } },
    ),
    figure(about(atOnce, "processor time of the node a task", "ms"), ours.map(cpu), {
      beside: beside(cpu),
      goal: { atMost: mostCpu },
    }),
  ];
}
