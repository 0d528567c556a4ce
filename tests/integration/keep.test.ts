/** What is forgotten, when, in which steps, and what a crash between them leaves. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { followTask } from "#src/engine/follow.ts";
import { dayMs, forgetOld, type GrowingOld, type Keeping, removeOrphans } from "#src/engine/keep.ts";
import { openArtifactRows } from "#src/store/artifact-rows.ts";
import { openDiskArtifacts } from "#src/store/artifacts/disk.ts";
import { openTaskForgetter } from "#src/store/forget-tasks.ts";
import { openLaunches } from "#src/store/launches.ts";
import { newId } from "#src/store/ulid.ts";
import { createFakeClock } from "../fake-clock.ts";
import { fakeTarget, type OpenEngine, openEngine } from "../open-engine.ts";

/** Ids are made by the real time: the clock that stands still stands behind all of them. */
const soon = () => Date.now() + 60_000;
const open = (dir?: string) =>
  openEngine({ clock: createFakeClock(soon()), ...(dir === undefined ? {} : { dir }) });

async function keepingOf(node: OpenEngine, keepDays: number | null, more: Partial<Keeping> = {}) {
  const { writer, reader } = node.storage;
  const keeping: Keeping = {
    batch: node.engine.log.batch,
    clock: node.clock,
    tasks: openTaskForgetter(writer),
    others: [],
    store: await openDiskArtifacts(join(node.dir, "artifacts")),
    rows: openArtifactRows(writer, reader),
    keepDays,
    rest: () => Promise.resolve(),
    over: () => false,
    ...more,
  };
  return keeping;
}

const large = { payload: { text: "x".repeat(20_000) } };

async function completed(node: OpenEngine, request = {}): Promise<string> {
  const { task_id } = await node.submit(request);
  await node.reaches(task_id, "completed");
  return task_id;
}

const rowsIn = (node: OpenEngine) => {
  const count = (table: string) =>
    Number(node.storage.reader.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  return {
    tasks: count("tasks"),
    events: count("task_events"),
    artifacts: count("artifacts"),
    notes: count("forgotten_tasks"),
  };
};
const filesOf = (node: OpenEngine) => readdirSync(join(node.dir, "artifacts"));
const nothing = { tasks: 0, events: 0, artifacts: 0, notes: 0 };

describe("what has ended", () => {
  it("is forgotten so many days after its end, with its events, its artifacts and their files", async () => {
    await using node = await open();
    const task_id = await completed(node, large);
    const before = rowsIn(node);
    expect([before.tasks, before.artifacts, filesOf(node).length]).toEqual([1, 2, 2]);
    const keeping = await keepingOf(node, 7);
    node.clock.advance(7 * dayMs);
    expect(await forgetOld(keeping)).toEqual({ tasks: 0, events: 0, artifacts: 0, others: 0 });
    node.clock.advance(1);
    expect(await forgetOld(keeping)).toEqual({
      tasks: 1,
      events: before.events,
      artifacts: 2,
      others: 0,
    });
    expect([rowsIn(node), filesOf(node)]).toEqual([nothing, []]);
    expect(node.engine.reader.get(task_id)).toBeUndefined();
    expect(() => followTask(node.engine, task_id, 0)).toThrow(/There is no task/);
  });

  it("is kept for ever where nothing else is said", async () => {
    await using node = await open();
    await completed(node);
    node.clock.advance(36_500 * dayMs);
    expect(await forgetOld(await keepingOf(node, null))).toMatchObject({ tasks: 0 });
    expect(rowsIn(node).tasks).toBe(1);
  });

  it("counts from its end; what waits or runs stays however old it is", async () => {
    await using node = await openEngine({
      clock: createFakeClock(soon()),
      targets: [fakeTarget({ timeout_ms: null })],
      fake: { script: () => {} },
    });
    const { task_id: runs } = await node.submit();
    await node.reaches(runs, "running");
    const { task_id: ends } = await node.submit();
    await node.reaches(ends, "running");
    node.clock.advance(40 * dayMs);
    node.fake.turns[1]?.emit({ kind: "completed", result: { text: "at last" } });
    await node.reaches(ends, "completed");
    const keeping = await keepingOf(node, 30);
    expect((await forgetOld(keeping)).tasks).toBe(0);
    node.clock.advance(31 * dayMs);
    expect((await forgetOld(keeping)).tasks).toBe(1);
    expect(node.record(runs).status).toBe("running");
    expect(node.engine.reader.get(ends)).toBeUndefined();
  });

  it("goes in small steps, the oldest first, with a rest after each", async () => {
    await using node = await open();
    const ids: string[] = [];
    for (let n = 0; n < 130; n++) ids.push(await completed(node));
    const seen = [rowsIn(node)];
    const keeping = await keepingOf(node, 1, { rest: async () => void seen.push(rowsIn(node)) });
    node.clock.advance(2 * dayMs);
    const oldest = () =>
      node.storage.reader.prepare("SELECT min(task_id) FROM tasks").pluck().get() as string | null;
    const firstLeft: (string | null)[] = [];
    await forgetOld({
      ...keeping,
      rest: async () => {
        await keeping.rest();
        firstLeft.push(oldest());
      },
    });
    expect(rowsIn(node)).toEqual(nothing);
    expect(seen.length).toBeGreaterThan(3);
    for (const [n, { tasks, events }] of seen.entries()) {
      expect((seen[n - 1]?.tasks ?? tasks) - tasks).toBeLessThanOrEqual(50);
      expect((seen[n - 1]?.events ?? events) - events).toBeLessThanOrEqual(500);
    }
    expect(firstLeft.slice(0, 1)).toEqual([ids[50]]);
  });

  it("is looked for by an index, and not at all where nothing is old enough", async () => {
    await using node = await open();
    await completed(node);
    const { writer } = node.storage;
    const plan = writer
      .prepare<[], { detail: string }>(
        "EXPLAIN QUERY PLAN SELECT task_id, finished_at FROM tasks WHERE task_id > '' AND task_id < 'z' ORDER BY task_id LIMIT 50",
      )
      .all();
    expect(plan.map(({ detail }) => detail)).toEqual([
      "SEARCH tasks USING INDEX sqlite_autoindex_tasks_1 (task_id>? AND task_id<?)",
    ]);
    expect(openTaskForgetter(writer).forget(Date.now() - dayMs, "", 50)).toEqual({
      count: 0,
      last: undefined,
    });
  });

  it("stays, with its files, where the disk doesn't take it; and goes the next time", async () => {
    await using node = await open();
    const task_id = await completed(node, large);
    const keeping = await keepingOf(node, 1);
    node.clock.advance(2 * dayMs);
    node.storage.writer.exec(
      "CREATE TEMP TRIGGER stuck BEFORE DELETE ON artifacts BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    );
    await expect(forgetOld(keeping)).rejects.toThrow("disk full");
    expect(node.engine.reader.get(task_id)).toBeUndefined();
    expect([rowsIn(node).artifacts, filesOf(node).length]).toEqual([2, 2]);
    node.storage.writer.exec("DROP TRIGGER stuck");
    await forgetOld(keeping);
    expect([rowsIn(node), filesOf(node)]).toEqual([nothing, []]);
  });
});

describe("what a crash leaves of a forgotten task", () => {
  it("goes in the next life, also where tasks are kept for ever there", async () => {
    const first = await open();
    await completed(first, large);
    openTaskForgetter(first.storage.writer).forget(Date.now() + dayMs, "", 10);
    first.abandon();
    await using node = await open(first.dir);
    expect(rowsIn(node)).toMatchObject({ tasks: 0, artifacts: 2, notes: 1 });
    expect(await forgetOld(await keepingOf(node, null))).toMatchObject({ tasks: 0, artifacts: 2 });
    expect([rowsIn(node), filesOf(node)]).toEqual([nothing, []]);
  });

  it("is found by its missing row, if it is bytes; young bytes and those with a row stay", async () => {
    await using node = await open();
    await completed(node, large);
    const known = filesOf(node);
    const orphan = newId();
    for (const name of [orphan, "not-ours.txt"]) writeFileSync(join(node.dir, "artifacts", name), "left");
    const keeping = await keepingOf(node, null);
    expect(await removeOrphans(keeping, 600_000)).toBe(0);
    node.clock.advance(600_000);
    expect(await removeOrphans(keeping, 600_000)).toBe(1);
    expect(filesOf(node).sort()).toEqual([...known, "not-ours.txt"].sort());
  });
});

it("a reader of a history that is forgotten meanwhile gets no hole, and an end", async () => {
  await using node = await openEngine({
    clock: createFakeClock(soon()),
    fake: {
      script(turn) {
        for (let n = 0; n < 600; n++) turn.emit({ kind: "progress", data: { type: "log", text: `${n}` } });
        turn.emit({ kind: "completed", result: { text: "done" } });
      },
    },
  });
  const task_id = await completed(node);
  const ids: number[] = [];
  let ended = 0;
  const follower = followTask(
    node.engine,
    task_id,
    0,
  )?.({
    write(bytes) {
      for (const [, id] of Buffer.from(bytes)
        .toString()
        .matchAll(/^id: (\d+)$/gm))
        ids.push(Number(id));
      return false; // reads on when it is asked to
    },
    end: () => void ended++,
  });
  follower?.pull();
  const forgetter = openTaskForgetter(node.storage.writer);
  forgetter.forgetOne(task_id);
  forgetter.removeRemains(300);
  follower?.pull();
  forgetter.removeRemains(10_000);
  follower?.pull();
  expect(ended).toBe(1);
  expect(ids).toEqual(ids.map((_, n) => n + 1));
});

it("the newest thousand launches of each runtime are kept, and those that haven't ended", async () => {
  await using node = await open();
  const launches = openLaunches(node.storage.writer, node.engine.log.batch, node.clock);
  await launches.know([fakeTarget({ target_id: "other" })]);
  const insert = node.storage.writer.prepare(
    `INSERT INTO launch_history (launch_id, runtime_id, subcontext_key, command, status, started_at, ended_at)
     VALUES (?, ?, 'default', '[]', 'exited', '', ?)`,
  );
  const runtime_id = fakeTarget().target_id;
  const ids = Array.from({ length: 1010 }, newId);
  for (const [n, id] of ids.entries()) insert.run(id, runtime_id, n === 3 ? null : "then");
  insert.run(newId(), "other", "then");
  expect(launches.forgetOld(6)).toBe(6);
  expect(launches.forgetOld(6)).toBe(3);
  expect(launches.forgetOld(6)).toBe(0);
  const left = node.storage.reader.prepare("SELECT launch_id FROM launch_history WHERE runtime_id = ?");
  expect(left.pluck().all(runtime_id).sort()).toEqual([ids[3], ...ids.slice(10)]);
});

it("leases are forgotten thirty days after their end, held ones never", async () => {
  await using node = await open();
  await completed(node);
  const launches = openLaunches(node.storage.writer, node.engine.log.batch, node.clock);
  const left = () => node.storage.reader.prepare("SELECT count(*) FROM runtime_leases").pluck().get();
  node.storage.writer.exec(`UPDATE runtime_leases SET released_at = NULL, lease_id = '${newId()}'`);
  node.clock.advance(31 * dayMs);
  expect([launches.forgetOld(10), left()]).toEqual([0, 1]);
  node.storage.writer.exec(`UPDATE runtime_leases SET released_at = '${new Date().toISOString()}'`);
  expect([launches.forgetOld(10), left()]).toEqual([1, 0]);
});

it("other rows grow old in steps too, and a node that stops leaves off between two of them", async () => {
  await using node = await open();
  let left = 1300;
  const growing: GrowingOld = {
    forgetOld(limit) {
      const count = Math.min(limit, left);
      left -= count;
      return count;
    },
  };
  let steps = 0;
  const rest = async () => void steps++;
  const keeping = await keepingOf(node, null, { others: [growing], rest, over: () => steps === 1 });
  expect((await forgetOld(keeping)).others).toBe(500);
  expect((await forgetOld({ ...keeping, over: () => false })).others).toBe(800);
  expect(left).toBe(0);
});
