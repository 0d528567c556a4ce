/** A node that is killed around the cancel of a task that has delegated. */

import { join } from "node:path";
import { setTimeout as elapsed } from "node:timers/promises";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { fakeCommand } from "../programs.ts";
import { createHome, eventOf, type Home, startNode, type TestNode } from "../support.ts";
import { openLeftBehind } from "./evidence.ts";

const silent = { payload: { mode: "silent" } };

async function openHome(): Promise<Home> {
  const command = await fakeCommand();
  return createHome({ agent: { command }, narrow: { command, more: { max_concurrency: 1 } } });
}

async function begin(node: TestNode, target_runtime: string, parent_task_id?: string): Promise<string> {
  const trace = parent_task_id === undefined ? {} : { trace: { parent_task_id } };
  const { task_id } = await node.submit({ ...silent, target_runtime, ...trace });
  return task_id;
}

/** A root, a child and a grandchild that run, and another grandchild that waits for a place. */
async function beginFamily(node: TestNode) {
  const stranger = await begin(node, "narrow");
  const root = await begin(node, "agent");
  const child = await begin(node, "agent", root);
  const deep = await begin(node, "agent", child);
  for (const task_id of [stranger, root, child, deep]) await eventOf(node, task_id, "task.running");
  const waiting = await begin(node, "narrow", child);
  return { root, beneath: [child, deep, waiting] };
}

/** How each task ended, and by whom it was cancelled. */
async function endsOf(node: TestNode, ids: readonly string[]) {
  const ends = [];
  for (const task_id of ids) {
    const { status } = await node.task(task_id, 20);
    const asked = (await node.history(task_id)).find(({ kind }) => kind === "task.cancel_requested");
    ends.push([status, (asked?.data as { by?: string } | undefined)?.by]);
  }
  return ends;
}

/** Writes a cancel into the log of a node that has gone; its children haven't heard of it. */
function plantCancel({ dataDir }: Home, task_id: string): void {
  const database = new Database(join(dataDir, "aethrolink.db"));
  database
    .prepare(
      `INSERT INTO task_events (event_id, task_id, sender, target, seq, kind, state, source, data, created_at)
       SELECT '01KAT3Q4V5W6X7Y8Z9A0B1C2D3', task_id, sender, resolved_runtime, last_seq + 1, 'task.cancel_requested', status, 'api',
         '{"actor":"somebody","by":"caller"}', updated_at FROM tasks WHERE task_id = ?`,
    )
    .run(task_id);
  database
    .prepare("UPDATE tasks SET cancel = 'caller', last_seq = last_seq + 1 WHERE task_id = ?")
    .run(task_id);
  database.close();
}

test("children whose parent's cancel was on disk when the node was killed, and their own was not, are cancelled at the next start", async () => {
  using home = await openHome();
  await using first = await startNode(home);
  const { root, beneath } = await beginFamily(first);
  await first.kill();
  plantCancel(home, root);
  await using second = await startNode(home);
  expect(await endsOf(second, [root])).toEqual([["cancelled", "caller"]]);
  expect(await endsOf(second, beneath)).toEqual(beneath.map(() => ["cancelled", "parent"]));
});

test("a kill at any moment around a cancel leaves no child without it: all of the family hears of it, or none", async () => {
  const seen = { cancelled: 0, left: 0 };
  for (const afterMs of [0, 1, 2, 3, 5, 8, 20]) {
    using home = await openHome();
    await using first = await startNode(home);
    const { root, beneath } = await beginFamily(first);
    const asked = first.call("POST", `/v1/tasks/${root}/cancel`).catch(() => undefined);
    await elapsed(afterMs);
    await first.kill();
    await asked;
    using left = openLeftBehind(home.dataDir);
    expect([left.integrity(), left.gaps()]).toEqual(["ok", []]);
    const on = left.rows<{ cancel: string | null }>("SELECT cancel FROM tasks ORDER BY task_id").slice(1);
    const isCancelled = on[0]?.cancel === "caller";
    expect(on.map(({ cancel }) => cancel)).toEqual(
      isCancelled ? ["caller", "parent", "parent", "parent"] : [null, null, null, null],
    );
    seen[isCancelled ? "cancelled" : "left"]++;
    if (!isCancelled) continue;
    await using second = await startNode(home);
    expect(await endsOf(second, beneath)).toEqual(beneath.map(() => ["cancelled", "parent"]));
  }
  expect(seen.cancelled).toBeGreaterThan(0);
}, 120_000);
