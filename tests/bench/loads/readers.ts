/** 1,000 readers of one task that tells something 25 times a second. */
import { post, type Reading, read } from "../laps.ts";
import { openLine } from "../line.ts";
import { median, percentile, rounded, usage } from "../measure.ts";
import type { Options } from "../options.ts";
import { atMost, type Figures } from "../report.ts";
import { ceilingName, endingAll, ourName, type Server, startAll } from "../servers.ts";

const readers = 1000;
const chunks = 125;
const script = JSON.stringify({ chunks, interval_ms: 40, wait_ms: 1500 });

const now = () => performance.timeOrigin + performance.now();

async function round(server: Server) {
  const line = openLine(server);
  const task_id = await post(line, server.target, script);
  const late: number[] = [];
  const joined = now();
  const cpuMs = server.pid === undefined ? 0 : usage(server.pid).cpuMs;
  const hear = ({ created_at }: { readonly created_at: string }) => {
    const at = Date.parse(created_at);
    if (at > joined + 1000) late.push(now() - at);
  };
  const streams = Array.from({ length: readers }, () => openLine(server));
  const readings: Reading[] = await Promise.all(streams.map((stream) => read(stream, task_id, hear)));
  for (const stream of [line, ...streams]) stream.close();
  const most = Math.max(...readings.map(({ events }) => events));
  const complete = readings.filter(
    ({ whole, end, events }) => whole && end === "task.completed" && events === most,
  );
  return {
    p50_ms: percentile(late, 0.5),
    p99_ms: percentile(late, 0.99),
    frames: readings.reduce((sum, { events }) => sum + events, 0),
    cpu_ms: server.pid === undefined ? 0 : usage(server.pid).cpuMs - cpuMs,
    incomplete: readers - complete.length,
  };
}

/** Runs it. */
export async function manyReaders(options: Options): Promise<Figures> {
  const servers = await startAll(options);
  await using _end = endingAll(servers);
  const rounds = servers.map((): Awaited<ReturnType<typeof round>>[] => []);
  for (let number = 0; number < options.rounds; number++) {
    for (const [index, server] of servers.entries()) rounds[index]?.push(await round(server));
  }
  const results = servers.map(({ name }, index) => {
    const own = rounds[index] ?? [];
    const middle = (of: (each: (typeof own)[number]) => number) => median(own.map(of));
    return {
      server: name,
      p50_ms: middle(({ p50_ms }) => p50_ms),
      p99_ms: middle(({ p99_ms }) => p99_ms),
      cpu_us_a_frame: (middle(({ cpu_ms, frames }) => cpu_ms / frames) || 0) * 1000,
      incomplete: own.reduce((sum, { incomplete }) => sum + incomplete, 0),
    };
  });
  const of = (name: string) => results.find(({ server }) => server === name);
  const ratio = (of(ourName)?.p99_ms ?? 0) / (of(ceilingName)?.p99_ms ?? 0);
  return {
    rows: results.map(({ server, p50_ms, p99_ms, cpu_us_a_frame, incomplete }) => ({
      ...{ server, p50_ms: rounded(p50_ms), p99_ms: rounded(p99_ms) },
      ...{ cpu_us_a_frame: rounded(cpu_us_a_frame), incomplete },
    })),
    goals: [
      atMost("readers that lack an event", "defects", of(ourName)?.incomplete ?? 0, 0, 0),
      atMost("p99 from an event to its reader", "×", ratio, 2, 1.2),
    ],
  };
}
