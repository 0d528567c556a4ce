/** One idempotency key, sent a hundred times at once, by callers whose node is killed meanwhile. KEYS: how many keys. */
import { join } from "node:path";
import { setTimeout as elapsed } from "node:timers/promises";
import { expect, test } from "vitest";
import type { TaskRecord } from "#contracts/tasks.ts";
import { fixtureCommand } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, startNode, type TestNode } from "../support.ts";
import { createRandom } from "./crash-load.ts";
import { openLeftBehind, prompts } from "./evidence.ts";

const keys = Number(process.env["KEYS"] ?? 2);
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1_000_000));
const atOnce = 100;
/** A kill comes within so long of the first submit. */
const aliveMs = 120;

/** Sends a key a hundred times at once; gives the tasks of those that were answered. */
async function submitAll(node: TestNode, key: string): Promise<string[]> {
  const request = { target_runtime: "counting", intent: "test.run", payload: { chunks: 1 } };
  const one = () => node.call<{ task: TaskRecord }>("POST", "/v1/tasks", request, { "idempotency-key": key });
  const sent = await Promise.allSettled(Array.from({ length: atOnce }, one));
  return sent.flatMap((each) => {
    if (each.status === "rejected") return [];
    expect(each.value.status).toBe(202);
    return [each.value.body.task.task_id];
  });
}

test(`${keys} keys that are each sent ${atOnce} times at once, before and after a kill, make one task each`, {
  timeout: 60_000 + keys * 3000,
}, async () => {
  using home = createHome();
  const countFile = join(home.path, "count");
  home.setRegistry({ counting: { command: fixtureCommand("counting"), env: { COUNT_FILE: countFile } } });
  const options = { ...home, args: ["--log-level", "warn"] };
  const random = createRandom(seed);
  let node = await startNode(options);
  let cut = 0;
  try {
    for (let n = 0; n < keys; n++) {
      const submitting = submitAll(node, `key-${n}`);
      // The first key's callers are all answered, the others' are cut somewhere.
      await (n === 0 ? submitting : elapsed(random() * aliveMs));
      await node.kill();
      const before = await submitting;
      cut += before.length < atOnce ? 1 : 0;
      node = await startNode(options);
      const after = await submitAll(node, `key-${n}`);
      expect(after).toHaveLength(atOnce);
      expect([...new Set([...before, ...after])]).toHaveLength(1);
    }
  } finally {
    await node[Symbol.asyncDispose]();
  }
  using left = openLeftBehind(home.dataDir);
  expect(left.statuses().size).toBe(keys);
  expect([...prompts(countFile).values()].filter((count) => count > 1)).toEqual([]);
  tellFigures("G6", { keys, atOnce, cut, tasksOfKey: left.statuses().size / keys });
  console.log(`${keys} keys, ${cut} of them cut by the kill, seed ${seed}`);
});
