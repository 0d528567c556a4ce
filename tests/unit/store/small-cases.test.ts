/** What the stores say of what isn't there, and at their limits. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { migrations } from "#generated/migrations/index.ts";
import { openMemoryArtifacts } from "#src/store/artifacts/memory.ts";
import { openTaskForgetter } from "#src/store/forget-tasks.ts";
import { openStorage, openToRead } from "#src/store/open.ts";
import { openRelays } from "#src/store/relays.ts";
import { openTail } from "#src/store/tail.ts";
import { openTokens } from "#src/store/tokens.ts";
import { openViewerTails } from "#src/store/viewer-tails.ts";
import { openEngine } from "../../open-engine.ts";

it("a tree of a task that isn't there is empty", async () => {
  await using node = await openEngine();
  expect(node.engine.reader.tree("01KAT3Q4V5W6X7Y8Z9A0B1C2D2", 10)).toEqual([]);
});

it("a peer that nothing is known of exports nothing", async () => {
  await using node = await openEngine();
  expect(node.engine.network.peers.targetsOf("nobody")).toEqual([]);
});

it("a token that isn't there can be removed, which changes nothing", async () => {
  await using node = await openEngine();
  const store = openTokens(node.storage.writer, node.engine.log.batch);
  const before = store.list();
  await store.remove("nobody's");
  expect(store.list()).toEqual(before);
});

it("a token of nobody that may ask is revoked without a word to those who hear of callers", async () => {
  await using node = await openEngine();
  const store = openTokens(node.storage.writer, node.engine.log.batch);
  const heard: unknown[] = [];
  store.onRevoked((principal) => heard.push(principal));
  const record = { token_id: "one", role: "runtime:tested", name: "", created_at: "" } as const;
  await store.add(record, "a text");
  expect(store.find("a text")).toEqual(record);
  await store.remove("one");
  expect([store.find("a text"), heard]).toEqual([undefined, []]);
});

it("what is to be written with a task that has ended isn't written", async () => {
  await using node = await openEngine();
  const { task_id } = await node.submit();
  const task = node.engine.log.get(task_id);
  await node.reaches(task_id, "completed");
  let written = 0;
  if (task !== undefined) node.engine.log.with(task, () => written++);
  node.engine.log.batch.flush();
  expect([task?.status, written]).toEqual(["completed", 0]);
});

it("a step of forgetting that spends its limit on events leaves the artifacts to the next", async () => {
  await using node = await openEngine();
  const { writer } = node.storage;
  const { task_id } = await node.submit({ payload: { text: "x".repeat(20_000) } });
  await node.reaches(task_id, "completed");
  const events = node.kinds(task_id).length;
  const rows = writer.prepare("SELECT count(*) FROM artifacts WHERE task_id = ?").pluck();
  expect(rows.get(task_id)).toBeGreaterThan(0);
  const forgetter = openTaskForgetter(writer);
  writer.prepare("INSERT INTO forgotten_tasks VALUES (?)").run(task_id);
  expect(forgetter.removeRemains(events)).toEqual({ events, artifact_ids: [], more: true });
  expect(forgetter.removeRemains(100)).toMatchObject({ events: 0, more: false });
  expect(rows.get(task_id)).toBe(0);
  for (const name of ["A", "B"]) writer.prepare("INSERT INTO forgotten_tasks VALUES (?)").run(name);
  expect(forgetter.removeRemains(1)).toEqual({ events: 0, artifact_ids: [], more: true });
});

it("an artifact of a peer is known as fetched where it was, and where it comes to be", async () => {
  await using node = await openEngine();
  const { task_id } = await node.submit();
  const relays = openRelays(node.storage.writer);
  for (const [artifact_id, fetched] of [
    ["A1", true],
    ["A2", false],
  ] as const)
    relays.insertArtifact({ artifact_id, task_id, remote_artifact_id: "R", fetched });
  const fetched = () => ["A1", "A2"].map((id) => Boolean(relays.artifact(id)?.fetched));
  expect(fetched()).toEqual([true, false]);
  relays.noteFetched("A2");
  expect(fetched()).toEqual([true, true]);
});

it("a tail keeps a frame that is larger than all it may hold", () => {
  const tail = openTail(0, 3);
  tail.push(1, "<a large one>");
  expect(tail.since(0)?.last).toBe(1);
});

it("a participant that nobody follows is as far as all are", () => {
  expect(
    openViewerTails(() => 7)
      .of("nobody")
      .last(),
  ).toBe(7);
});

it("an artifact in memory whose name is no id is listed as of no time", async () => {
  const store = openMemoryArtifacts();
  await store.put("notes", new Uint8Array(1));
  const found: unknown[] = [];
  for await (const each of store.list()) found.push(each);
  expect(found).toEqual([{ name: "notes", at: 0 }]);
});

it("a database that isn't there, or is older, isn't opened to be read, and nothing is made of it", () => {
  const dir = mkdtempSync(join(tmpdir(), "aethrolink-read-"));
  try {
    const database = join(dir, "a.db");
    expect(() => openToRead(database)).toThrow("there is no database");
    openStorage({ database, dataDir: dir, durability: "normal" }).close();
    openToRead(database).close();
    const older = new Database(database);
    older.pragma(`user_version = ${migrations.length - 1}`);
    older.close();
    expect(() => openToRead(database)).toThrow(/older version|another program/);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

it("a first migration that fails, by its steps or by the disk, is told as what it is", () => {
  const dir = mkdtempSync(join(tmpdir(), "aethrolink-first-"));
  const open = (sql: string) => () =>
    openStorage({
      database: join(dir, "a.db"),
      dataDir: dir,
      durability: "normal",
      migrations: [{ name: "first", sql }] as unknown as typeof migrations,
    });
  try {
    expect(open("CREATE nonsense")).toThrow("could not be brought from version 0");
    // As small a database as there can be, and a table that doesn't fit into it.
    const full = "PRAGMA max_page_count = 2; CREATE TABLE a (x); CREATE TABLE b (x); CREATE TABLE c (x)";
    expect(open(full)).toThrow(/can't be written or created.*full/);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
