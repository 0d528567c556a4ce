/** 10,000 readers of tasks at which nothing happens: what they take, and whether others feel them. */
import { setTimeout as elapsed } from "node:timers/promises";
import { post } from "../laps.ts";
import { type Line, openLine } from "../line.ts";
import { median, percentile, rounded, usage } from "../measure.ts";
import type { Options } from "../options.ts";
import { atMost, type Figures } from "../report.ts";
import { ourName, type Server, startCeiling, startOurs } from "../servers.ts";

const readers = 10_000;
const tasks = 100;
/** So many are opened at once. */
const lanes = 64;
const requests = 1000;

/** Opens a stream; resolves when it brought something. */
function listen(server: Server, task_id: string): Promise<Line> {
  const line = openLine(server);
  return new Promise((resolve, reject) => {
    line.follow(`/v1/tasks/${task_id}/events`, () => resolve(line)).catch(reject);
  });
}

async function listenAll(server: Server, ids: readonly string[]): Promise<Line[]> {
  const lines: Line[] = [];
  let next = 0;
  const lane = async () => {
    while (next < readers) lines.push(await listen(server, ids[next++ % ids.length] ?? ""));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return lines;
}

async function timeOfRead(line: Line, task_id: string): Promise<number> {
  const times: number[] = [];
  for (let number = 0; number < requests; number++) {
    const begin = performance.now();
    await line.ask("GET", `/v1/tasks/${task_id}`);
    times.push(performance.now() - begin);
  }
  return percentile(times, 0.5);
}

async function round(server: Server) {
  const line = openLine(server);
  const ids: string[] = [];
  for (let number = 0; number < tasks; number++) {
    ids.push(await post(line, server.target, JSON.stringify({ hang: true })));
  }
  const [known = ""] = ids;
  await timeOfRead(line, known);
  const alone_ms = await timeOfRead(line, known);
  const rss = () => (server.pid === undefined ? 0 : usage(server.pid).rssMb);
  const before = rss();
  const lines = await listenAll(server, ids);
  await elapsed(2000);
  const kb = ((rss() - before) * 1024) / lines.length;
  const among_ms = await timeOfRead(line, known);
  for (const each of [line, ...lines]) each.close();
  return { kb, alone_ms, among_ms };
}

/** Runs it, each time with a server that was just started. */
export async function idleReaders({ rounds }: Options): Promise<Figures> {
  const results = new Map<string, Awaited<ReturnType<typeof round>>[]>();
  for (let number = 0; number < rounds; number++) {
    for (const start of [startOurs, startCeiling]) {
      await using server = await start();
      results.set(server.name, [...(results.get(server.name) ?? []), await round(server)]);
    }
  }
  const kb = (name: string) => median((results.get(name) ?? []).map((each) => each.kb));
  const slower = median((results.get(ourName) ?? []).map(({ alone_ms, among_ms }) => among_ms / alone_ms));
  return {
    rows: [...results].map(([server, own]) => ({
      server,
      readers,
      kb_a_reader: rounded(kb(server)),
      get_alone_ms: rounded(median(own.map(({ alone_ms }) => alone_ms))),
      get_among_them_ms: rounded(median(own.map(({ among_ms }) => among_ms))),
    })),
    goals: [
      atMost("memory of an idle reader", "KB", kb(ourName), 20, 20),
      atMost("p50 of a read among them", "×", slower, 1.3, 1.1),
    ],
  };
}
