/** A hundred tasks at once for a runtime that is down. COLD_STARTS: how many runtimes, one after another. */
import { expect, test } from "vitest";
import { fakeCommand } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, startNode, type TestNode } from "../support.ts";
import { openLeftBehind } from "./evidence.ts";

const rounds = Number(process.env["COLD_STARTS"] ?? 2);
const atOnce = 100;

/** Gives a runtime its tasks all at once; gives what they answered, in the order of the tasks. */
async function submitCold(node: TestNode, target: string): Promise<(string | undefined)[]> {
  const one = async (n: number) => {
    const { task_id } = await node.submit({ target_runtime: target, payload: { text: `number ${n}` } });
    return (await node.task(task_id, 60)).result?.text;
  };
  return Promise.all(Array.from({ length: atOnce }, (_, n) => one(n)));
}

test(`${atOnce} tasks at once for a runtime that is down start one process with one lease, and have ${atOnce} results`, {
  timeout: 60_000 + rounds * 10_000,
}, async () => {
  const command = await fakeCommand();
  const targets = Array.from({ length: rounds }, (_, n) => `cold-${n}`);
  using home = createHome(Object.fromEntries(targets.map((name) => [name, { command }])));
  await using node = await startNode({ ...home, args: ["--log-level", "warn"] });
  const expected = Array.from({ length: atOnce }, (_, n) => `echo: number ${n}`);
  for (const target of targets) {
    expect(await submitCold(node, target)).toEqual(expected);
    await node.call("POST", `/v1/runtimes/${target}/stop`);
  }
  await node.stop();
  using left = openLeftBehind(home.dataDir);
  const counted = (table: string) =>
    left.rows<{ runtime_id: string; n: number }>(
      `SELECT runtime_id, count(*) AS n FROM ${table} GROUP BY runtime_id ORDER BY runtime_id`,
    );
  const each = [...targets].sort().map((runtime_id) => ({ runtime_id, n: 1 }));
  expect(counted("launch_history")).toEqual(each);
  expect(counted("runtime_leases")).toEqual(each);
  tellFigures("G9", { rounds, atOnce, processes: 1, leases: 1, results: atOnce });
});
