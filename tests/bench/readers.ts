/** A thousand readers of one task that tells something 25 times a second: how late each event comes to each of them. */
import http from "node:http";
import { createParser } from "eventsource-parser";
import { type Found, figure } from "./figures.ts";
import { give, percentile } from "./measure.ts";
import type { Options } from "./options.ts";
import { type Server, startServers } from "./servers.ts";

const everyMs = 40;
const mostRatio = 2;

interface Heard {
  /** How late each event came, in milliseconds. */
  readonly late: readonly number[];
  readonly complete: boolean;
}

/** Reads a stream to its end. */
function read({ url, token }: Server, agent: http.Agent, path: string, steps: number): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const req = http.get(url + path, { agent, headers: { authorization: `Bearer ${token}` } }, (res) => {
      const heard = { late: [] as number[], last: 0, gaps: 0, ended: false };
      const parser = createParser({ onEvent: ({ data }) => note(heard, data) });
      res.setEncoding("utf8").on("data", (text: string) => parser.feed(text));
      res.on("end", () => {
        const { late, gaps, ended } = heard;
        resolve({ late, complete: ended && gaps === 0 && late.length >= steps });
      });
      res.on("error", reject);
    });
    req.on("error", reject);
  });
}

interface Hearing {
  readonly late: number[];
  last: number;
  gaps: number;
  ended: boolean;
}

function note(hearing: Hearing, data: string): void {
  const { kind, seq, created_at } = JSON.parse(data) as { kind: string; seq: number; created_at: string };
  if (seq !== hearing.last + 1) hearing.gaps++;
  hearing.last = seq;
  if (kind === "task.completed") hearing.ended = true;
  if (kind === "task.progress") hearing.late.push(Date.now() - Date.parse(created_at));
}

async function measure(server: Server, readers: number, steps: number) {
  const agent = new http.Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  const giving = new http.Agent();
  const task_id = await give(server, giving, JSON.stringify({ steps, every_ms: everyMs }));
  const heard = await Promise.all(
    Array.from({ length: readers }, () => read(server, agent, `/v1/tasks/${task_id}/events`, steps)),
  );
  giving.destroy();
  // What had happened before a reader came is late for another reason.
  const late = heard.flatMap((each) => each.late.slice(-Math.floor(steps / 2))).sort((a, b) => a - b);
  return { p99: percentile(late, 0.99), incomplete: heard.filter(({ complete }) => !complete).length };
}

/** Measures it. */
export async function run({ quick, rounds, other }: Options): Promise<Found> {
  await using servers = await startServers(other);
  const readers = quick ? 20 : 1000;
  const steps = quick ? 10 : 150;
  const p99 = new Map<string, number[]>(servers.all.map(({ name }) => [name, []]));
  let defects = 0;
  for (let round = 0; round < (quick ? 1 : rounds); round++)
    for (const server of servers.all) {
      const measured = await measure(server, readers, steps);
      defects += measured.incomplete;
      p99.get(server.name)?.push(measured.p99);
    }
  const load = `${readers.toLocaleString("en-US")} readers of one task, 25 events a second`;
  const [ours, ceiling, ...others] = servers.all;
  const valuesOf = (name: string) => p99.get(name) ?? [];
  const about = { load, what: "p99 from the event to its reader", unit: "ms" };
  return {
    figures: [
      ...[ceiling, ...others].flatMap((each) =>
        each === undefined
          ? []
          : [
              figure(about, valuesOf(ours.name), {
                beside: { name: each.name, values: valuesOf(each.name) },
                ...(each === ceiling ? { goal: { atMost: mostRatio } } : {}),
              }),
            ],
      ),
      figure({ load, what: "defects: readers that missed something", unit: "" }, [defects], {
        goal: { atMost: 0 },
      }),
    ],
  };
}
