/** Whole tasks, 1, 8, 32 and 128 at once, at each server in turns. */
import { laps } from "../laps.ts";
import { median, percentile, rounded, usage } from "../measure.ts";
import type { Options } from "../options.ts";
import { atLeast, atMost, type Figures, type Goal, type Row } from "../report.ts";
import { ceilingName, endingAll, ourName, type Server, startAll } from "../servers.ts";

interface Round {
  readonly tasks_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly cpu_ms: number | undefined;
  readonly defects: number;
}

async function round(server: Server, atOnce: number, count: number): Promise<Round> {
  const cpuMs = () => (server.pid === undefined ? undefined : usage(server.pid).cpuMs);
  const before = cpuMs();
  const begin = performance.now();
  const done = await laps(server, atOnce, count, server.target);
  const seconds = (performance.now() - begin) / 1000;
  const after = cpuMs();
  const times = done.filter(({ sound }) => sound).map(({ ms }) => ms);
  return {
    tasks_per_s: count / seconds,
    p50_ms: percentile(times, 0.5),
    p99_ms: percentile(times, 0.99),
    cpu_ms: before === undefined || after === undefined ? undefined : (after - before) / count,
    defects: done.length - times.length,
  };
}

/** What a server did at one load, in the middle of all rounds. */
interface Result {
  readonly name: string;
  readonly at_once: number;
  readonly rounds: readonly Round[];
  middle(of: (round: Round) => number): number;
}

const resultOf = (name: string, at_once: number, rounds: readonly Round[]): Result => ({
  ...{ name, at_once, rounds },
  middle: (of) => median(rounds.map(of)),
});

function rowOf({ name, at_once, rounds, middle }: Result): Row {
  const speeds = rounds.map(({ tasks_per_s }) => tasks_per_s);
  const cpu = rounds.flatMap(({ cpu_ms }) => cpu_ms ?? []);
  return {
    at_once,
    server: name,
    tasks_per_s: rounded(middle(({ tasks_per_s }) => tasks_per_s)),
    slowest: rounded(Math.min(...speeds)),
    fastest: rounded(Math.max(...speeds)),
    p50_ms: rounded(middle(({ p50_ms }) => p50_ms)),
    p99_ms: rounded(middle(({ p99_ms }) => p99_ms)),
    cpu_ms: cpu.length === 0 ? "" : rounded(median(cpu)),
    defects: defectsOf(rounds),
  };
}

const defectsOf = (rounds: readonly Round[]) => rounds.reduce((sum, { defects }) => sum + defects, 0);

/** At how many tasks at once which part of the ceiling's throughput, and which multiple of its time, is a goal. */
const goalsByLoad: readonly {
  readonly at_once: number;
  readonly speed: readonly [must: number, aim: number];
  readonly p50: readonly [must: number, aim: number];
}[] = [
  { at_once: 1, speed: [0.7, 0.9], p50: [1.5, 1.2] },
  { at_once: 8, speed: [0.58, 0.8], p50: [1.8, 1.4] },
  { at_once: 32, speed: [0.5, 0.65], p50: [2, 1.6] },
  { at_once: 128, speed: [0.42, 0.55], p50: [2.1, 1.7] },
];

function goalsOf(results: readonly Result[]): Goal[] {
  const at = (name: string, at_once: number) =>
    results.find((result) => result.name === name && result.at_once === at_once);
  const ratio = (at_once: number, of: (round: Round) => number) =>
    (at(ourName, at_once)?.middle(of) ?? 0) / (at(ceilingName, at_once)?.middle(of) ?? 0);
  const ours = results.filter(({ name }) => name === ourName);
  const tails = (at(ourName, 32)?.rounds ?? []).map(({ p50_ms, p99_ms }) => p99_ms / p50_ms);
  return [
    ...goalsByLoad.map(({ at_once, speed }) =>
      atLeast(
        `tasks a second, ${at_once} at once`,
        "×",
        ratio(at_once, (each) => each.tasks_per_s),
        ...speed,
      ),
    ),
    ...goalsByLoad.map(({ at_once, p50 }) =>
      atMost(
        `p50 of a task, ${at_once} at once`,
        "×",
        ratio(at_once, (each) => each.p50_ms),
        ...p50,
      ),
    ),
    atMost("p99 / p50, 32 at once", "×", median(tails), 4, 3),
    atMost(
      "CPU a task, 32 at once",
      "×",
      ratio(32, ({ cpu_ms = 0 }) => cpu_ms),
      2.6,
      1.8,
    ),
    atMost(
      "tasks that don't end, or whose streams have a gap",
      "defects",
      defectsOf(ours.flatMap(({ rounds }) => rounds)),
      0,
      0,
    ),
  ];
}

/** Runs it. */
export async function throughput(options: Options): Promise<Figures> {
  const servers = await startAll(options);
  await using _end = endingAll(servers);
  const lanes = options.quick ? [1, 32] : goalsByLoad.map(({ at_once }) => at_once);
  if (!options.quick) for (const server of servers) await laps(server, 32, 1000, server.target);
  const results: Result[] = [];
  for (const at_once of lanes) {
    const count = options.quick ? 5 * at_once : 60 * at_once + 240;
    const rounds = servers.map((): Round[] => []);
    for (let number = 0; number < options.rounds; number++) {
      for (const [index, server] of servers.entries()) {
        rounds[index]?.push(await round(server, at_once, count));
      }
    }
    results.push(...servers.map(({ name }, index) => resultOf(name, at_once, rounds[index] ?? [])));
  }
  const goals = goalsOf(results);
  return { rows: results.map(rowOf), goals: options.quick ? goals.slice(-1) : goals };
}
