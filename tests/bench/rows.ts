/**
 * Reads with 1,000 tasks in the database and with 1,000,000, side by side: two nodes answer the same
 * requests in turn, and the middles of their times are compared.
 */
import http from "node:http";
import { createHome, type Home, startNode, type TestNode } from "../support.ts";
import { type Figure, type Found, figure, median, type Series } from "./figures.ts";
import { fill, idOf } from "./fill.ts";
import { ask } from "./measure.ts";
import type { Options } from "./options.ts";

const few = 1000;
const many = 1_000_000;
const asks = 400;
const mostRatio = 1.3;

interface Read {
  readonly what: string;
  /** @param count how many tasks there are @param n a number below it */
  path(count: number, n: number): string;
  readonly json?: true;
}

const cursorOf = (number: number) => encodeURIComponent(Buffer.from(idOf(number)).toString("base64url"));
const reads: readonly Read[] = [
  { what: "a task", path: (_, n) => `/v1/tasks/${idOf(n)}` },
  { what: "its events", path: (_, n) => `/v1/tasks/${idOf(n)}/events`, json: true },
  { what: "first page", path: () => "/v1/tasks?limit=50" },
  { what: "deep page", path: (count) => `/v1/tasks?limit=50&cursor=${cursorOf(count / 2)}` },
  { what: "by status", path: () => "/v1/tasks?limit=10&status=failed" },
  { what: "by sender", path: (_, n) => `/v1/tasks?limit=50&sender=sender-${n % 9}` },
  { what: "by target", path: (_, n) => `/v1/tasks?limit=50&target=target-${n % 5}` },
  {
    what: "by conversation",
    path: (_, n) => `/v1/tasks?limit=50&conversation_id=conversation-${Math.floor(n / 10)}`,
  },
  { what: "by thread", path: (_, n) => `/v1/tasks?limit=50&thread_id=${idOf(n - (n % 10))}` },
  { what: "by parent", path: (_, n) => `/v1/tasks?limit=50&parent_task_id=${idOf(n - (n % 10))}` },
  {
    what: "by status and sender",
    path: (_, n) => `/v1/tasks?limit=10&status=completed&sender=sender-${n % 9}`,
  },
];

async function filled(count: number, home: Home): Promise<TestNode> {
  await (await startNode(home)).stop();
  fill(home, count);
  return await startNode({ ...home, args: ["--log-level", "warn"] });
}

/** The times of one read at each node, one after the other. */
async function compare(read: Read, nodes: readonly (readonly [number, TestNode])[], agent: http.Agent) {
  const times = nodes.map((): number[] => []);
  const headers = read.json ? { accept: "application/json" } : {};
  for (let round = 0; round < asks; round++) {
    for (const [index, [count, node]] of nodes.entries()) {
      const path = read.path(count, Math.floor(Math.random() * count));
      const begin = performance.now();
      const text = await ask(node, agent, "GET", path, undefined, headers);
      times[index]?.push(performance.now() - begin);
      if (/"code":|"tasks":\[\]/.test(text)) throw new Error(`${path}: ${text}`);
    }
  }
  const [small = [], large = []] = times.map((list) => list.slice(50));
  return figure(
    { load: `reads, ${many.toLocaleString("en-US")} tasks`, what: read.what, unit: "ms" },
    [median(large)],
    {
      beside: { name: `${few.toLocaleString("en-US")} tasks`, values: [median(small)] },
      goal: { atMost: mostRatio },
    },
  );
}

/** Measures it. */
export async function run({ quick }: Options): Promise<Found> {
  using fewHome = createHome();
  using manyHome = createHome();
  const count = quick ? few : many;
  await using fewNode = await filled(few, fewHome);
  await using manyNode = await filled(count, manyHome);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
  const figures: Figure[] = [];
  const nodes = [
    [few, fewNode],
    [count, manyNode],
  ] as const;
  for (const read of reads) figures.push(await compare(read, nodes, agent));
  agent.destroy();
  const pages: Series = Object.fromEntries(
    figures
      .filter(({ what }) => /page|a task/.test(what))
      .map(({ what, ours, beside }) => [
        what,
        [
          [few, beside?.value ?? 0],
          [count, ours],
        ] as const,
      ]),
  );
  return { figures, series: { rows: pages } };
}
