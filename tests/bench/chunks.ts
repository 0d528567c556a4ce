/** Answers that come in many parts: 32 tasks at once with 1,000 parts each. */
import http from "node:http";
import { type Found, figure } from "./figures.ts";
import { ask, give } from "./measure.ts";
import type { Options } from "./options.ts";
import { type Server, startServers } from "./servers.ts";

const atOnce = 32;

const textOf = (chunks: number) => Array.from({ length: chunks }, (_, at) => `word ${at + 1} `).join("");

/** @returns parts a second, and how many answers were not whole */
async function measure(server: Server, chunks: number): Promise<{ rate: number; defects: number }> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce * 2 });
  const wanted = textOf(chunks);
  const begin = performance.now();
  const streams = await Promise.all(
    Array.from({ length: atOnce }, async () => {
      const task_id = await give(server, agent, JSON.stringify({ chunks }));
      return ask(server, agent, "GET", `/v1/tasks/${task_id}/events`);
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  agent.destroy();
  const defects = streams.filter((stream) => !stream.includes(JSON.stringify(wanted).slice(1, 2000))).length;
  return { rate: (atOnce * chunks) / seconds, defects };
}

/** Measures it. */
export async function run({ quick, rounds, other }: Options): Promise<Found> {
  await using servers = await startServers(other);
  const chunks = quick ? 50 : 1000;
  const rates = new Map<string, number[]>(servers.all.map(({ name }) => [name, []]));
  let defects = 0;
  for (let round = 0; round <= (quick ? 1 : rounds); round++)
    for (const server of servers.all) {
      const measured = await measure(server, chunks);
      defects += measured.defects;
      // The first round warms up.
      if (round > 0) rates.get(server.name)?.push(measured.rate);
    }
  const load = `${atOnce} tasks with ${chunks} parts each`;
  const [ours, ...others] = servers.all;
  const about = { load, what: "parts a second", unit: "1/s" };
  return {
    figures: [
      ...others.map(({ name }) =>
        figure(about, rates.get(ours.name) ?? [], { beside: { name, values: rates.get(name) ?? [] } }),
      ),
      figure({ load, what: "defects: answers that are not whole", unit: "" }, [defects], {
        goal: { atMost: 0 },
      }),
    ],
  };
}
