/** Writes that fail one kind at a time, as no full disk would choose them. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { TaskRecord } from "#contracts/tasks.ts";
import { fixtureCommand } from "../programs.ts";
import { createHome, eventOf, type Home, spawnNode, startNode, type TestNode } from "../support.ts";
import { prompts } from "./evidence.ts";

const failSql = fileURLToPath(new URL("../fixtures/preloads/fail-sql.mjs", import.meta.url));
const patience = { timeout: 20_000 };
const endOf = ({ status, last_error }: TaskRecord) => last_error?.reason ?? status;

interface FaultyHome extends Home {
  readonly countFile: string;
  breakStorage(): void;
  mendStorage(): void;
  /** A node whose statements that match fail while its storage is broken. */
  options(sql: string): Parameters<typeof startNode>[0];
}

function faultyHome(more: object = {}): FaultyHome {
  const home = createHome();
  const countFile = join(home.path, "count");
  const broken = join(home.path, "broken");
  home.setRegistry({
    counting: { command: fixtureCommand("counting"), env: { COUNT_FILE: countFile }, more: { ...more } },
  });
  return Object.assign(home, {
    countFile,
    breakStorage: () => writeFileSync(broken, ""),
    mendStorage: () => rmSync(broken),
    options: (sql: string) => ({
      ...home,
      env: { FAIL_SQL: sql, FAIL_WHILE: broken },
      preload: [failSql],
    }),
  });
}

const quick = { target_runtime: "counting", intent: "test.run", payload: { chunks: 2 } };
const slow = { target_runtime: "counting", payload: { chunks: 400, every_ms: 60 } };

async function isUsable(node: TestNode): Promise<void> {
  const { task_id } = await node.submit(quick);
  expect(endOf(await node.task(task_id, 10))).toBe("completed");
}

describe("a write that fails", () => {
  test("of a task: it is refused, and no agent ever hears of it", patience, async () => {
    using home = faultyHome();
    await using node = await startNode(home.options('insert into "tasks"'));
    home.breakStorage();
    for (let round = 0; round < 3; round++) {
      const { status, body } = await node.call("POST", "/v1/tasks", quick);
      expect({ status, body }).toMatchObject({ status: 503, body: { code: "unavailable" } });
      // Up or not, the runtime must not get what was refused.
      await node.call("POST", "/v1/runtimes/counting/start");
    }
    expect((await node.call("GET", "/v1/tasks")).body).toMatchObject({ tasks: [] });
    home.mendStorage();
    await isUsable(node);
    expect(prompts(home.countFile).size).toBe(1);
  });

  test("of a launch: the task fails as launch_failed as soon as that can be written", patience, async () => {
    using home = faultyHome();
    await using node = await startNode(home.options('insert into "launch_history"'));
    home.breakStorage();
    const { task_id } = await node.submit(quick);
    expect(endOf(await node.task(task_id, 10))).toBe("launch_failed");
    home.mendStorage();
    await isUsable(node);
  });

  test("of everything while a task waits: it doesn't wait for ever", patience, async () => {
    using home = faultyHome({ max_concurrency: 1 });
    await using node = await startNode(home.options('insert into "task_events"'));
    const busy = await node.submit(slow);
    await eventOf(node, busy.task_id, "task.progress");
    const limited = { ...quick, delivery: { queue_timeout_ms: 300 } };
    const waiting = await node.submit(limited);
    home.breakStorage();
    await expect.poll(node.stderr, { timeout: 10_000 }).toContain(`"task_id":"${waiting.task_id}"`);
    home.mendStorage();
    expect(["timeout", "internal_error"]).toContain(endOf(await node.task(waiting.task_id, 10)));
    await isUsable(node);
  });

  test(
    "of what a runtime told: the run is stopped, the task fails as internal_error, and its log has no hole",
    patience,
    async () => {
      using home = faultyHome({ max_concurrency: 1 });
      await using node = await startNode(home.options('insert into "task_events"'));
      const { task_id } = await node.submit(slow);
      await eventOf(node, task_id, "task.progress");
      home.breakStorage();
      await expect.poll(node.stderr, { timeout: 10_000 }).toContain("a task ended by a fault of the node");
      home.mendStorage();
      expect(endOf(await node.task(task_id, 10))).toBe("internal_error");
      const history = await node.history(task_id);
      expect(history.map((event) => event.seq)).toEqual(history.map((_event, at) => at + 1));
      const said = history.flatMap(({ kind, data }) =>
        kind === "task.progress" && data.type === "message" ? [data.text] : [],
      );
      const words = said.join("").trim().split(" ");
      expect(words).toEqual(words.map((_word, at) => String(at)));
      // Its place is free at once: the agent was told to stop.
      await isUsable(node);
    },
  );

  test("of a cancel: it is answered 503, and asking again works", patience, async () => {
    using home = faultyHome();
    await using node = await startNode(home.options('insert into "task_events"'));
    const { task_id } = await node.submit({ ...slow, payload: { chunks: 1, every_ms: 60_000 } });
    await eventOf(node, task_id, "task.progress");
    home.breakStorage();
    expect((await node.call("POST", `/v1/tasks/${task_id}/cancel`)).status).toBe(503);
    home.mendStorage();
    expect((await node.call("POST", `/v1/tasks/${task_id}/cancel`)).status).toBe(202);
    expect(endOf(await node.task(task_id, 10))).toBe("cancelled");
  });

  test(
    "when the node starts: it says so in one line, leaves nothing running, and starts when it is mended",
    patience,
    async () => {
      using home = faultyHome();
      home.breakStorage();
      const refused = await spawnNode(home.options('insert into "runtimes"'));
      expect((await refused.exited).code).toBe(73);
      expect(refused.stderr()).toMatch(/^alink-node: .* disk is full\n$/);
      home.mendStorage();
      await using node = await startNode(home);
      await isUsable(node);
    },
  );

  test(
    "when the node decides what becomes of its tasks: it doesn't start, and decides at the next start",
    patience,
    async () => {
      using home = faultyHome();
      const first = await startNode(home);
      const { task_id } = await first.submit(slow);
      await eventOf(first, task_id, "task.progress");
      await first.kill();
      home.breakStorage();
      const refused = await spawnNode(home.options('insert into "task_events"'));
      expect((await refused.exited).code).toBe(73);
      home.mendStorage();
      await using node = await startNode(home);
      expect(endOf(await node.task(task_id))).toBe("interrupted");
    },
  );
});
