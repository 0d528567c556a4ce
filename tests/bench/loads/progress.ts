/** 32 tasks at once with 1,000 chunks of text each. */
import { post, read } from "../laps.ts";
import { openLine } from "../line.ts";
import { median, rounded, usage } from "../measure.ts";
import type { Options } from "../options.ts";
import { atLeast, atMost, type Figures } from "../report.ts";
import { ceilingName, endingAll, ourName, type Server, startAll } from "../servers.ts";

const tasks = 32;
const chunks = 1000;
const script = JSON.stringify({ chunks });
const wholeText = Array.from({ length: chunks }, (_, number) => `${number};`).join("");

/** One task; resolves with whether its stream was whole, and its result has all of the text. */
async function one(server: Server): Promise<{ readonly events: number; readonly sound: boolean }> {
  const line = openLine(server);
  const task_id = await post(line, server.target, script);
  const { whole, end, events } = await read(line, task_id);
  const { text } = await line.ask("GET", `/v1/tasks/${task_id}`);
  line.close();
  const { result } = JSON.parse(text) as { result: { text?: string } | string | null };
  const given = typeof result === "string" ? (JSON.parse(result) as { text?: string }) : result;
  return { events, sound: whole && end === "task.completed" && given?.text === wholeText };
}

async function round(server: Server) {
  const cpuMs = server.pid === undefined ? 0 : usage(server.pid).cpuMs;
  const begin = performance.now();
  const done = await Promise.all(Array.from({ length: tasks }, () => one(server)));
  const seconds = (performance.now() - begin) / 1000;
  return {
    chunks_per_s: (tasks * chunks) / seconds,
    events: done.reduce((sum, { events }) => sum + events, 0),
    cpu_ms: server.pid === undefined ? 0 : usage(server.pid).cpuMs - cpuMs,
    defects: done.filter(({ sound }) => !sound).length,
  };
}

/** Runs it. */
export async function progress(options: Options): Promise<Figures> {
  const servers = await startAll(options);
  await using _end = endingAll(servers);
  const rounds = servers.map((): Awaited<ReturnType<typeof round>>[] => []);
  for (const server of servers) await round(server);
  for (let number = 0; number < options.rounds; number++) {
    for (const [index, server] of servers.entries()) rounds[index]?.push(await round(server));
  }
  const results = servers.map(({ name }, index) => {
    const own = rounds[index] ?? [];
    return {
      server: name,
      chunks_per_s: median(own.map(({ chunks_per_s }) => chunks_per_s)),
      events_a_task: median(own.map(({ events }) => events)) / tasks,
      cpu_ms_a_task: median(own.map(({ cpu_ms }) => cpu_ms)) / tasks,
      defects: own.reduce((sum, { defects }) => sum + defects, 0),
    };
  });
  const of = (name: string) => results.find(({ server }) => server === name);
  const ratio = (of(ourName)?.chunks_per_s ?? 0) / (of(ceilingName)?.chunks_per_s ?? 0);
  return {
    rows: results.map((result) => ({
      ...result,
      chunks_per_s: rounded(result.chunks_per_s),
      events_a_task: rounded(result.events_a_task),
      cpu_ms_a_task: rounded(result.cpu_ms_a_task),
    })),
    goals: [
      atMost("tasks whose result lacks a byte of text", "defects", of(ourName)?.defects ?? 0, 0, 0),
      atLeast("chunks a second", "×", ratio, 0.6, 0.6),
    ],
  };
}
