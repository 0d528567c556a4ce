import { expect, it } from "vitest";
import { cancelTask } from "#src/engine/steer-task.ts";
import { failCommits } from "../../fail-commits.ts";
import { openEngine, until } from "../../open-engine.ts";

const byHand = () => {};

it("a task whose commit fails is seen by nobody, and the caller is told", async () => {
  await using node = await openEngine({ fake: { launch: byHand } });
  const heal = failCommits(node.storage);
  await expect(node.submit()).rejects.toThrow("disk full");
  heal();
  expect(node.engine.reader.list({}, 10)).toEqual([]);
  expect(node.engine.reader.positions()).toEqual({ gone: 0, newest: 0 });
  expect(node.engine.log.openTasks.size).toBe(0);
  expect(node.fake.turns).toHaveLength(0);
});

it("an event whose commit fails is heard by nobody, and the state is what it was", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id } = await node.submit();
  const turn = await node.fake.turn(0);
  await node.reaches(task_id, "running");
  const tail = node.engine.log.tail(task_id);
  let rings = 0;
  tail?.listen(() => rings++);
  const before = node.kinds(task_id);
  const heal = failCommits(node.storage);
  turn.emit({ kind: "progress", data: { type: "log", text: "lost" } });
  const task = node.engine.log.get(task_id);
  await until(() => task?.seq === before.length, "the state to be what it was");
  expect({ rings, last: tail?.last(), kinds: node.kinds(task_id) }).toEqual({
    rings: 0,
    last: before.length,
    kinds: before,
  });
  heal();
  turn.complete("after all");
  await node.reaches(task_id, "completed");
  expect(node.kinds(task_id).every((kind, index) => kind.startsWith(`${index + 1} `))).toBe(true);
});

it("a commit that fails where nothing can be read either is told to its caller, and to nobody else", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id } = await node.submit();
  await node.reaches(task_id, "running");
  const task = node.engine.log.get(task_id);
  const seq = task?.seq;
  node.storage.writer.exec("ALTER TABLE tasks RENAME TO gone");
  await expect(node.submit()).rejects.toThrow("no such table");
  await expect(cancelTask(node.engine, task_id, "tester", undefined)).rejects.toThrow("no such table");
  node.storage.writer.exec("ALTER TABLE gone RENAME TO tasks");
  expect(task).toMatchObject({ seq, status: "running", cancel: null });
  expect(node.engine.log.openTasks.size).toBe(1);
});

it("the database itself refuses a second end, and any change of a task that has ended", async () => {
  await using node = await openEngine();
  const { task_id } = await node.submit();
  await node.reaches(task_id, "completed");
  const { writer } = node.storage;
  const change = () => writer.prepare("UPDATE tasks SET status = 'running' WHERE task_id = ?").run(task_id);
  expect(change).toThrow("a task that has ended is never changed");
  const second = () =>
    writer
      .prepare(
        "INSERT INTO task_events (event_id, task_id, seq, kind, state, source, data, created_at, target) VALUES ('e', ?, 99, 'task.failed', 'failed', 'core', '{}', '', 'tested')",
      )
      .run(task_id);
  expect(second).toThrow(/UNIQUE/);
});

it("a position is never used again, also when the newest events are deleted", async () => {
  const first = await openEngine();
  const { task_id } = await first.submit();
  await first.reaches(task_id, "completed");
  const { newest } = first.engine.reader.positions();
  for (const table of ["tasks", "task_events"]) first.storage.writer.exec(`DELETE FROM ${table}`);
  first.abandon();
  await using node = await openEngine({ dir: first.dir });
  const { task_id: second } = await node.submit();
  await node.reaches(second, "completed");
  const oldest = node.storage.reader.prepare("SELECT min(position) FROM task_events").pluck().get();
  expect(oldest).toBeGreaterThan(newest);
});
