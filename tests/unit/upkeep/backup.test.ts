/** A copy while the node forgets: what went between the database's moment and the artifacts. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readConfig } from "#src/config.ts";
import { openTaskForgetter } from "#src/store/forget-tasks.ts";
import { openStorage, type Storage } from "#src/store/open.ts";
import { backUp } from "#src/upkeep/backup.ts";
import { until } from "../../open-engine.ts";

let home: string;
let storage: Storage;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "aethrolink-backup-"));
  storage = openStorage({ ...config(), durability: "normal" });
  mkdirSync(join(home, "data/artifacts"));
});
afterEach(() => {
  storage.close();
  rmSync(home, { recursive: true });
});

const config = () => readConfig(["--data-dir", join(home, "data")], {});
const copy = () => join(home, "copy");

function insert(table: string, values: { readonly [column: string]: string | number }): void {
  const given: { [column: string]: string | number } = { ...values };
  const columns = storage.writer.pragma(`table_info(${table})`) as { name: string; notnull: number }[];
  for (const column of columns) if (column.notnull === 1) given[column.name] ??= "{}";
  const names = Object.keys(given);
  storage.writer
    .prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map((name) => `@${name}`).join()})`)
    .run(given);
}

/** A task that has ended, with two artifacts. */
function makeTask(task_id: string): void {
  insert("tasks", { task_id, status: "completed", last_seq: 1, finished_at: "then" });
  insert("task_events", { task_id, position: Number(task_id.slice(1)), seq: 1, kind: "task.completed" });
  for (const artifact_id of [`${task_id}-a`, `${task_id}-b`]) {
    insert("artifacts", { artifact_id, task_id, size_bytes: 1 });
    writeFileSync(join(home, "data/artifacts", artifact_id), artifact_id);
  }
}

/** So large a database that copying it takes some turns. */
function makeLarge(): void {
  insert("runtimes", { runtime_id: "filler", display_name: "x".repeat(5_000_000) });
}

const partial = () => readdirSync(home).find((name) => name.startsWith("copy.partial"));
/** Whether pages are being copied. */
const copying = () => existsSync(join(home, partial() ?? "", "aethrolink.db-journal"));

async function copyWhile(act: () => void): Promise<string> {
  const lines: string[] = [];
  const done = backUp(config(), copy(), (line) => lines.push(line));
  await until(copying, "the copying");
  expect(readdirSync(join(home, partial() ?? "", "artifacts"))).toEqual([]);
  act();
  await done;
  return lines[0] ?? "";
}

const inCopy = (query: string) => {
  const database = new Database(join(copy(), "aethrolink.db"), { readonly: true });
  try {
    return database.prepare(query).pluck().all();
  } finally {
    database.close();
  }
};

it("what is forgotten meanwhile is forgotten in the copy too, what is written meanwhile isn't in it", async () => {
  const artifacts = join(home, "data/artifacts");
  for (const id of ["T1", "T2"]) makeTask(id);
  makeLarge();
  const told = await copyWhile(() => {
    const forgetter = openTaskForgetter(storage.writer);
    forgetter.forgetOne("T1");
    const { artifact_ids } = forgetter.removeRemains(100);
    expect(artifact_ids).toHaveLength(2);
    rmSync(join(artifacts, "T1-a")); // the other one follows
    makeTask("T3");
  });
  expect(told).toMatch(/: 1 task, 2 artifacts, without 1 task forgotten meanwhile$/);
  expect(inCopy("SELECT task_id FROM tasks")).toEqual(["T2"]);
  expect(inCopy("SELECT task_id FROM task_events")).toEqual(["T2"]);
  expect(inCopy("SELECT artifact_id FROM artifacts ORDER BY 1")).toEqual(["T2-a", "T2-b"]);
  expect(readdirSync(join(copy(), "artifacts")).sort()).toEqual(["T2-a", "T2-b"]);
  expect(inCopy("PRAGMA integrity_check")).toEqual(["ok"]);
});

it("where files of artifacts were lost before, the copy is made, and that it lacks them is a failure", async () => {
  makeTask("T1");
  rmSync(join(home, "data/artifacts/T1-a"));
  const lines: string[] = [];
  const incomplete = backUp(config(), copy(), (line) => lines.push(line));
  await expect(incomplete).rejects.toMatchObject({
    exitCode: 65,
    message: "1 artifact had no file to copy, and is missing from the copy too; see alink-node gc",
  });
  expect(lines).toEqual([
    expect.stringMatching(/: 1 task, 1 artifact$/),
    expect.stringMatching(/^to start a node on it: /),
  ]);
  expect(inCopy("SELECT task_id FROM tasks")).toEqual(["T1"]);
});

it("a copy that fails leaves nothing behind", async () => {
  mkdirSync(join(home, "data/artifacts/T1-a"));
  insert("tasks", { task_id: "T1", status: "completed", last_seq: 1, finished_at: "then" });
  insert("artifacts", { artifact_id: "T1-a", task_id: "T1", size_bytes: 1 });
  await expect(backUp(config(), copy(), () => {})).rejects.toMatchObject({ exitCode: 73 });
  expect(readdirSync(home)).toEqual(["data"]);
});

it.runIf(process.platform === "linux")("a place that takes no directories is refused", async () => {
  const refused = backUp(config(), "/proc/none/below", () => {});
  await expect(refused).rejects.toMatchObject({
    exitCode: 73,
    message: expect.stringContaining("/proc/none"),
  });
});

it("a node whose files lie elsewhere is told how to start on the copy", async () => {
  const lines: string[] = [];
  const elsewhere = { ...config(), artifactDir: join(home, "data/artifacts"), dataDir: join(home, "other") };
  mkdirSync(elsewhere.dataDir);
  await backUp(elsewhere, copy(), (line) => lines.push(line));
  expect(lines[1]).toBe(
    `to start a node on it: alink-node --data-dir ${copy()} --database ${copy()}/aethrolink.db --artifact-dir ${copy()}/artifacts`,
  );
});
