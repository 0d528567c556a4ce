/** A node that is killed with many open tasks, half of them running and half waiting. OPEN_TASKS: how many. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openLine } from "../bench/line.ts";
import { fakeCommand } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, startNode, type TestNode } from "../support.ts";

const count = Number(process.env["OPEN_TASKS"] ?? 400);
const mostMs = 5000;
const atOnce = 32;

/** Gives the two targets their tasks, in turn. */
async function submitAll(node: TestNode): Promise<void> {
  let n = 0;
  const lane = async () => {
    const line = openLine(node);
    while (n < count) {
      const target_runtime = n++ % 2 === 0 ? "wide" : "narrow";
      const request = { intent: "test.run", target_runtime, payload: { mode: "silent", n } };
      const { text } = await line.ask("POST", "/v1/tasks", JSON.stringify(request));
      expect(JSON.parse(text)).toMatchObject({ task: { resolved_runtime: target_runtime } });
    }
    line.close();
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** How many tasks of a target stand where, as "target status"; what waits is `waiting`, for a place or for a launch. */
function openStandings(dataDir: string) {
  const database = new Database(join(dataDir, "aethrolink.db"), { readonly: true });
  const counted = database.prepare<[], { standing: string; n: number }>(
    `SELECT resolved_runtime || ' ' || CASE WHEN status IN ('created', 'pending_launch', 'launching') THEN 'waiting'
       ELSE coalesce(json_extract(last_error, '$.reason'), status) END AS standing, count(*) AS n
     FROM tasks GROUP BY 1 ORDER BY 1`,
  );
  return {
    now: () => Object.fromEntries(counted.all().map(({ standing, n }) => [standing, n])),
    [Symbol.dispose]: () => void database.close(),
  };
}

test(`${count} open tasks are each interrupted, or wait again, in ${mostMs / 1000} s`, {
  timeout: 120_000 + count * 20,
}, async () => {
  const agent = { command: await fakeCommand() };
  using home = createHome({
    wide: { ...agent, more: { queue: count } },
    narrow: { ...agent, more: { queue: count, max_concurrency: 1 } },
  });
  const options = { ...home, args: ["--log-level", "error"] };
  await using first = await startNode(options);
  using standings = openStandings(home.dataDir);
  await submitAll(first);
  const half = count / 2;
  await expect
    .poll(standings.now, { timeout: 60_000 + count * 10 })
    .toEqual({ "narrow waiting": half - 1, "narrow running": 1, "wide running": half });
  await first.kill();

  const begin = performance.now();
  await using _next = await startNode(options);
  const readyMs = performance.now() - begin;
  // The one that ran is interrupted, too, and the next one runs.
  const after = { "narrow waiting": half - 2, "narrow interrupted": 1, "narrow running": 1 };
  await expect
    .poll(standings.now, { timeout: 60_000, interval: 10 })
    .toEqual({ ...after, "wide interrupted": half });
  const reconciledMs = performance.now() - begin;
  expect(reconciledMs - readyMs).toBeLessThan(mostMs);
  tellFigures("G4", { tasks: count, readyMs, reconciledMs });
  console.log(
    `${count} open tasks: up after ${Math.round(readyMs)} ms, all decided after ${Math.round(reconciledMs)} ms`,
  );
});
