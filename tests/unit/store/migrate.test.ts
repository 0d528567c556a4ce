import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { migrations as allMigrations } from "#generated/migrations/index.ts";
import { StartError } from "#src/errors.ts";
import { openStorage } from "#src/store/open.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "aethrolink-migrate-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const database = () => join(dir, "a.db");
const at = (migrations: typeof allMigrations) =>
  openStorage({ database: database(), dataDir: dir, durability: "full", migrations });
const copies = () => readdirSync(dir).filter((name) => name.includes("backup"));

/** Makes a database of the version before, with a task that has ended, and a lease of a runtime. */
function makeOlder(): void {
  const { writer, close } = at(allMigrations);
  const table = (name: string, values: { readonly [column: string]: string | number }) => {
    const given: { [column: string]: string | number } = { ...values };
    const columns = writer.pragma(`table_info(${name})`) as { name: string; notnull: number }[];
    for (const column of columns) if (column.notnull === 1) given[column.name] ??= "{}";
    const names = Object.keys(given);
    const places = names.map((column) => `@${column}`);
    writer.prepare(`INSERT INTO ${name} (${names.join()}) VALUES (${places.join()})`).run(given);
  };
  table("tasks", { task_id: "T1", status: "completed", last_seq: 0 });
  table("runtimes", { runtime_id: "R1" });
  table("runtime_leases", { lease_id: "L1", runtime_id: "R1" });
  close();
}

/** All that a file holds: its version, its tables, and some of its rows. */
function contentsOf(path: string) {
  const sqlite = new Database(path, { readonly: true });
  try {
    return {
      version: sqlite.pragma("user_version", { simple: true }),
      integrity: sqlite.pragma("integrity_check", { simple: true }),
      schema: sqlite.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all(),
      tasks: sqlite.prepare("SELECT * FROM tasks").all(),
      leases: sqlite.prepare("SELECT * FROM runtime_leases").all(),
    };
  } finally {
    sqlite.close();
  }
}

const next = { name: "next", sql: "ALTER TABLE tasks ADD COLUMN mood TEXT; UPDATE tasks SET mood = 'good';" };
const again = { name: "again", sql: "CREATE TABLE more (a TEXT);" };

it("makes a new database without a copy, and opens one of its own version without one", () => {
  at(allMigrations).close();
  at(allMigrations).close();
  expect(copies()).toEqual([]);
});

it("copies an older database, named by version and time and for its owner alone, then migrates it", () => {
  makeOlder();
  const before = contentsOf(database());
  const storage = at([...allMigrations, next]);
  expect(storage.writer.prepare("SELECT mood FROM tasks").pluck().all()).toEqual(["good"]);
  expect(() => storage.writer.exec("UPDATE tasks SET mood = 'bad'")).toThrow(/never changed/);
  storage.close();
  const [copy = "", ...others] = copies();
  expect(others).toEqual([]);
  expect(copy).toMatch(new RegExp(`^a\\.db\\.v${allMigrations.length}\\.\\d{8}T\\d{9}Z\\.backup$`));
  expect(statSync(join(dir, copy)).mode & 0o777).toBe(0o600);
  expect(contentsOf(join(dir, copy))).toEqual(before);
});

it("keeps what refers to a table that a migration makes anew", () => {
  makeOlder();
  const rebuilt = {
    name: "rebuilt",
    sql: `CREATE TABLE runtimes_new (runtime_id TEXT PRIMARY KEY);
      INSERT INTO runtimes_new SELECT runtime_id FROM runtimes; DROP TABLE runtimes;
      ALTER TABLE runtimes_new RENAME TO runtimes;`,
  };
  at([...allMigrations, rebuilt]).close();
  expect(contentsOf(database())).toMatchObject({
    tasks: [{ task_id: "T1", status: "completed" }],
    leases: [{ lease_id: "L1", runtime_id: "R1" }],
  });
});

it.each([
  ["whose SQL is wrong", "CREATE TABLE extra (a TEXT); CREATE TABLE tasks (a TEXT);", /tasks already exists/],
  [
    "that leaves rows without what they refer to",
    "DELETE FROM runtimes;",
    /rows of runtime_leases refer to none of runtimes/,
  ],
])("changes nothing and leaves no copy where a migration fails %s", (_, sql, why) => {
  makeOlder();
  const before = contentsOf(database());
  const failed = () => at([...allMigrations, next, { name: "broken", sql }]);
  expect(failed).toThrow(StartError);
  expect(failed).toThrow(expect.objectContaining({ exitCode: 65, message: expect.stringMatching(why) }));
  expect(contentsOf(database())).toEqual(before);
  expect(copies()).toEqual([]);
  at([...allMigrations, next]).close(); // and the lock is free
});

it("keeps the last three copies of a database, and touches no other file", () => {
  makeOlder();
  const older = ["a.db.v1.20200101T000000000Z.backup", "a.db.v9.20210101T000000000Z.backup"];
  const others = ["axdb.v1.20200101T000000000Z.backup", "a.db.v1.mine.backup"];
  for (const name of [...older, ...others]) writeFileSync(join(dir, name), "");
  at([...allMigrations, next]).close();
  expect(copies()).toHaveLength(5);
  at([...allMigrations, next, again]).close();
  const left = copies();
  expect(left).toEqual(expect.arrayContaining([older[1], ...others]));
  expect(left).not.toContain(older[0]);
  expect(left).toHaveLength(5);
});
