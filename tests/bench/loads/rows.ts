/**
 * Reads with few tasks in the database and with many: nodes answer the same requests in turn, and the
 * middles of their times are compared.
 */
import { join } from "node:path";
import { createHome, type Home, startNode, type TestNode } from "../../support.ts";
import { fill, idOf } from "../fill.ts";
import { type Line, openLine } from "../line.ts";
import { percentile, rounded } from "../measure.ts";
import type { Options } from "../options.ts";
import { atMost, type Figures, type Row } from "../report.ts";
import { shippedNode } from "../servers.ts";

const requests = 400;
const warmUp = 50;

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
  { what: "a page in the middle", path: (count) => `/v1/tasks?limit=50&cursor=${cursorOf(count / 2)}` },
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

/** A node with so many tasks. */
interface Filled {
  readonly count: number;
  readonly line: Line;
}

async function filled(count: number, home: Home): Promise<TestNode> {
  await (await startNode({ ...home, program: shippedNode })).stop();
  fill(join(home.dataDir, "aethrolink.db"), count);
  return await startNode({ ...home, program: shippedNode, args: ["--log-level", "warn"] });
}

/** The times of one read at each node, in turns. */
async function compare({ path, json }: Read, nodes: readonly Filled[]): Promise<number[]> {
  const times = nodes.map((): number[] => []);
  for (let number = 0; number < warmUp + requests; number++) {
    for (const [index, { count, line }] of nodes.entries()) {
      const asked = path(count, Math.floor(Math.random() * count));
      const begin = performance.now();
      const { status, text } = await line.ask(
        "GET",
        asked,
        undefined,
        json ? "Accept: application/json\r\n" : "",
      );
      if (number >= warmUp) times[index]?.push(performance.now() - begin);
      if (status !== 200 || text.includes('"tasks":[]')) throw new Error(`${asked}: ${status} ${text}`);
    }
  }
  return times.map((own) => percentile(own, 0.5));
}

/** Runs it. */
export async function rows({ rows: most }: Options): Promise<Figures> {
  const counts = [1000, 10_000, 100_000, 1_000_000].filter((count) => count < most);
  await using stack = new AsyncDisposableStack();
  const nodes: Filled[] = [];
  for (const count of [...counts, most]) {
    const node = stack.use(await filled(count, stack.use(createHome())));
    nodes.push({ count, line: stack.adopt(openLine(node), (line) => line.close()) });
  }
  const found: Row[] = [];
  const ratios = new Map<string, number>();
  for (const read of reads) {
    const middles = await compare(read, nodes);
    const ratio = (middles.at(-1) ?? 0) / (middles[0] ?? 0);
    ratios.set(read.what, ratio);
    const times = nodes.map(({ count }, index) => [`ms_at_${count}`, rounded(middles[index] ?? 0)]);
    found.push({ what: read.what, ...Object.fromEntries(times), ratio: rounded(ratio) });
  }
  const counted = ["a task", "its events", "first page", "a page in the middle"];
  return {
    rows: found,
    goals: counted.map((what) => atMost(`p50 of ${what}`, "×", ratios.get(what) ?? 0, 1.3, 1.1)),
  };
}
