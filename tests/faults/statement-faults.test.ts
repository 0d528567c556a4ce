/**
 * Each statement that writes to the database fails once, in a run with a launch, a question and large
 * texts. EVERY: only each so-manieth of them (default 6).
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { TaskRecord } from "#contracts/tasks.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, startNode } from "../support.ts";
import { openLeftBehind } from "./evidence.ts";
import { endOf, endsWell, runScript, target } from "./scripted-run.ts";

const preload = [fileURLToPath(new URL("../fixtures/preloads/fail-nth-sql.mjs", import.meta.url))];
const every = Number(process.env["EVERY"] ?? 6);
/** More statements than one run makes. */
const most = 400;

test("whichever write to the database fails, a call succeeds or says why not, and no task is left without an end", {
  timeout: 300_000,
}, async () => {
  using home = createHome({ agent: target });
  const plan = join(home.path, "plan");
  const told = join(home.path, "told");
  const hits = () => (existsSync(told) ? readFileSync(told, "utf8").trim().split("\n") : []);
  await using node = await startNode({ ...home, env: { FAIL_PLAN: plan, FAIL_TOLD: told }, preload });
  const tasks: TaskRecord[] = [];
  let runs = 0;
  let number = 1;
  do {
    writeFileSync(plan, `run ${number}`);
    runs++;
    const task_id = await runScript(node);
    if (task_id !== undefined) tasks.push(await endsWell(node, task_id));
    await node.call("POST", "/v1/runtimes/agent/stop");
    number += every;
  } while (hits().length === runs && number < most);
  writeFileSync(plan, "");
  const last = await runScript(node);
  expect(endOf(await endsWell(node, last ?? ""))).toBe("completed");
  expect(await node.stop()).toEqual({ code: 0, signal: null });

  using left = openLeftBehind(home.dataDir);
  expect(left.integrity()).toBe("ok");
  expect(left.gaps()).toEqual([]);
  await using next = await startNode(home);
  for (const task of tasks) expect(endOf(await next.task(task.task_id))).toBe(endOf(task));
  const failed = hits().map((line) => line.split(" ").slice(2).join(" "));
  tellFigures("G2", { failedStatements: failed.length });
  console.log(`${failed.length} statements failed in turn: ${[...new Set(failed)].join(", ")}`);
});
