/** A node whose disk is full, and then not any more. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Problem } from "#contracts/errors.ts";
import type { TaskEvent } from "#contracts/events.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import { fixtureCommand } from "../programs.ts";
import { createHome, eventOf, type Home, spawnNode, startNode, type TestNode } from "../support.ts";
import { openLeftBehind, prompts } from "./evidence.ts";
import { canMount, mountSmallDisk } from "./small-disk.ts";

// On a developer's machine it is left out where nothing can be mounted; in CI it must run.
const possible = canMount() || process.env["CI"] === "true";
const megabytes = 8;
const refusals = 20;
const patience = { timeout: 20_000 };
const endings = ["completed", "internal_error"];
const endOf = ({ status, last_error }: TaskRecord) => last_error?.reason ?? status;
const slow = { target_runtime: "counting", payload: { chunks: 30, every_ms: 60 } };

function homeWithAgent(): Home & { readonly countFile: string } {
  const home = createHome();
  const countFile = join(home.path, "count");
  home.setRegistry({ counting: { command: fixtureCommand("counting"), env: { COUNT_FILE: countFile } } });
  return Object.assign(home, { countFile });
}

interface Filled {
  readonly accepted: string[];
  readonly refused: Problem[];
}

/** Submits until enough was refused; what the log has room for may still be accepted. */
async function submitUntilRefused(node: TestNode): Promise<Filled> {
  const filled: Filled = { accepted: [], refused: [] };
  const payload = { chunks: 2, padding: "x".repeat(12_000) };
  const request = { target_runtime: "counting", intent: "test.run", payload };
  while (filled.refused.length < refusals) {
    const { status, headers, body } = await node.call<Problem & { task: TaskRecord }>(
      "POST",
      "/v1/tasks",
      request,
    );
    if (status === 202) filled.accepted.push(body.task.task_id);
    else {
      expect({ status, body }).toMatchObject({ status: 503, body: { code: "unavailable" } });
      expect(headers.get("retry-after")).toMatch(/^\d+$/);
      filled.refused.push(body);
    }
  }
  return filled;
}

/** Follows a task and gives what was seen of it. */
async function watched(node: TestNode, task_id: string): Promise<TaskEvent[]> {
  const events: TaskEvent[] = [];
  for await (const event of node.events(task_id)) events.push(event);
  return events;
}

/** Follows all tasks to the end of one that is named later; gives the ids of their events. */
function watchAll(node: TestNode, last: Promise<string>): Promise<string[]> {
  const seen: TaskEvent[] = [];
  return (async () => {
    for await (const event of node.allEvents()) {
      seen.push(event);
      if (event.kind === "task.completed" && event.task_id === (await last)) break;
    }
    return seen.map((event) => event.event_id);
  })();
}

async function taskIds(node: TestNode): Promise<string[]> {
  const { body } = await node.call<{ tasks: TaskRecord[] }>("GET", "/v1/tasks?limit=200");
  return body.tasks.map((task) => task.task_id).sort();
}

function isSound(home: Home): void {
  using left = openLeftBehind(home.dataDir);
  expect(left.integrity()).toBe("ok");
  expect(left.gaps()).toEqual([]);
}

describe.skipIf(!possible)("a node whose disk is full", () => {
  test(
    "refuses what it can't keep, shows it to nobody and gives it to no agent; with room again it goes on",
    patience,
    async () => {
      using home = homeWithAgent();
      using disk = mountSmallDisk(home.dataDir, megabytes);
      await using node = await startNode(home);
      const last = Promise.withResolvers<string>();
      const watching = watchAll(node, last.promise);
      disk.fill();
      const { accepted, refused } = await submitUntilRefused(node);
      expect(await taskIds(node)).toEqual(accepted);
      disk.free();
      const after = await node.submit({ target_runtime: "counting", payload: "room" });
      last.resolve(after.task_id);
      expect(endOf(await node.task(after.task_id, 10))).toBe("completed");
      for (const id of accepted) expect(endings).toContain(endOf(await node.task(id, 10)));
      const prompted = [...prompts(home.countFile)];
      expect(prompted.filter(([id]) => ![...accepted, after.task_id].includes(id))).toEqual([]);
      expect(prompted.filter(([, count]) => count > 1)).toEqual([]);
      const seen = await watching;
      await node.stop();
      isSound(home);
      using left = openLeftBehind(home.dataDir);
      const kept = left.rows<{ event_id: string }>("SELECT event_id FROM task_events ORDER BY position");
      expect(seen).toEqual(kept.slice(0, seen.length).map((row) => row.event_id));
      console.log(`full disk: ${accepted.length} accepted, ${refused.length} refused`);
    },
  );

  test(
    "ends what was under way with a reason of its own, and no reader sees more than the log has",
    patience,
    async () => {
      using home = homeWithAgent();
      using disk = mountSmallDisk(home.dataDir, megabytes);
      await using node = await startNode(home);
      const tasks = await Promise.all([1, 2, 3].map(() => node.submit(slow)));
      await Promise.all(tasks.map(({ task_id }) => eventOf(node, task_id, "task.progress")));
      const watching = Promise.all(tasks.map(({ task_id }) => watched(node, task_id)));
      disk.fill();
      await expect.poll(node.stderr, { timeout: 10_000 }).toContain("could not be written");
      disk.free();
      const seen = await watching;
      for (const [at, { task_id }] of tasks.entries()) {
        expect(endings).toContain(endOf(await node.task(task_id, 10)));
        expect(seen[at]).toEqual(await node.history(task_id));
      }
      const next = await node.submit({ target_runtime: "counting", payload: "room" });
      expect(endOf(await node.task(next.task_id, 10))).toBe("completed");
      await node.stop();
      isSound(home);
    },
  );

  test("and that is killed then loses nothing that it accepted", patience, async () => {
    using home = homeWithAgent();
    using disk = mountSmallDisk(home.dataDir, megabytes);
    await using node = await startNode(home);
    const { task_id } = await node.submit(slow);
    await eventOf(node, task_id, "task.progress");
    disk.fill();
    const { accepted } = await submitUntilRefused(node);
    await node.kill();
    isSound(home);
    disk.free();
    await using next = await startNode(home);
    expect(await taskIds(next)).toEqual([task_id, ...accepted].sort());
    for (const id of await taskIds(next)) {
      expect([...endings, "interrupted"]).toContain(endOf(await next.task(id, 10)));
    }
    expect([...prompts(home.countFile)].filter(([, count]) => count > 1)).toEqual([]);
  });

  test("doesn't start, says so in one line, and starts when there is room", patience, async () => {
    using home = homeWithAgent();
    using disk = mountSmallDisk(home.dataDir, megabytes);
    const first = await startNode(home);
    const { task_id } = await first.submit(slow);
    await eventOf(first, task_id, "task.progress");
    await first.kill();
    disk.fill();
    const refused = await spawnNode(home);
    expect((await refused.exited).code).toBe(73);
    expect(refused.stderr()).toMatch(/^alink-node: .*full.*\n$/);
    disk.free();
    await using next = await startNode(home);
    expect(endOf(await next.task(task_id, 10))).toBe("interrupted");
  });
});
