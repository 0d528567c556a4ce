import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { migrations } from "#generated/migrations/index.ts";
import { StartError } from "#src/errors.ts";
import { openStorage, startErrorOf } from "#src/store/open.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "aethrolink-open-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const open = (database = join(dir, "a.db"), dataDir = dir) =>
  openStorage({ database, dataDir, durability: "full" });

function refusal(act: () => unknown): { exitCode: number; message: string } {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof StartError) return { exitCode: thrown.exitCode, message: thrown.message };
    throw thrown;
  }
  throw new Error("it was not refused");
}

it("makes a database that only its owner can read, written through to the disk", () => {
  const storage = open();
  expect(statSync(join(dir, "a.db")).mode & 0o777).toBe(0o600);
  expect(storage.writer.pragma("journal_mode", { simple: true })).toBe("wal");
  expect(storage.writer.pragma("synchronous", { simple: true })).toBe(2);
  expect(storage.writer.pragma("foreign_keys", { simple: true })).toBe(1);
  expect(() => storage.reader.exec("DELETE FROM tasks")).toThrow(/readonly/);
  storage.close();
});

it("refuses a database that can't be made, for the reason", () => {
  symlinkSync(join(dir, "unmounted"), join(dir, "link"));
  const cases = [
    join(dir, "link", "a.db"),
    dir,
    ...(existsSync("/proc/self") ? ["/proc/aethrolink/a.db"] : []),
  ];
  for (const path of cases) {
    const { exitCode, message } = refusal(() => open(path));
    expect([73, 77]).toContain(exitCode);
    expect(message).toContain(path);
  }
});

it("refuses a second node on the same data directory, and lets one in when the first has closed", () => {
  const first = open();
  expect(refusal(open).exitCode).toBe(73);
  first.close();
  open().close();
});

it("refuses a second node on the same database elsewhere", () => {
  const shared = join(dir, "shared.db");
  const [one, other] = [join(dir, "one"), join(dir, "other")];
  for (const path of [one, other]) rmSync(path, { recursive: true, force: true });
  const mine = mkdtempSync(join(dir, "one-"));
  const theirs = mkdtempSync(join(dir, "other-"));
  const first = open(shared, mine);
  expect(refusal(() => open(shared, theirs)).exitCode).toBe(73);
  first.close();
});

it("refuses a database of a newer program, and one that is none", () => {
  open().close();
  const sqlite = new Database(join(dir, "a.db"));
  sqlite.pragma(`user_version = ${migrations.length + 1}`);
  sqlite.close();
  const newer = refusal(open);
  expect(newer.exitCode).toBe(65);
  expect(newer.message).toMatch(/newer AethroLink/);
  writeFileSync(join(dir, "b.db"), "this is no database, but it is long enough to look at".repeat(40));
  expect(refusal(() => open(join(dir, "b.db"))).exitCode).toBe(65);
});

it("refuses a database that can't be made", () => {
  writeFileSync(join(dir, "file"), "");
  expect(refusal(() => open(join(dir, "file", "a.db"))).exitCode).toBe(73);
});

it("refuses the database of another program, and changes nothing of it", () => {
  const path = join(dir, "notes.db");
  const notes = new Database(path);
  notes.exec("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')");
  notes.close();
  const before = readFileSync(path);
  const refused = refusal(() => open(path));
  expect(refused.exitCode).toBe(65);
  expect(refused.message).toMatch(/notes.db is the database of another program/);
  expect(Buffer.compare(readFileSync(path), before)).toBe(0);
});

it("refuses a newer database before it changes anything of it", () => {
  const path = join(dir, "newer.db");
  const newer = new Database(path);
  newer.exec("CREATE TABLE tasks (all_new TEXT)");
  newer.pragma("user_version = 1000");
  newer.close();
  const before = readFileSync(path);
  expect(refusal(() => open(path)).exitCode).toBe(65);
  expect(Buffer.compare(readFileSync(path), before)).toBe(0);
});

it("takes an empty file as a new database", () => {
  writeFileSync(join(dir, "empty.db"), "");
  open(join(dir, "empty.db")).close();
});

it("writes through to the disk only where it is told to", () => {
  const storage = openStorage({ database: join(dir, "a.db"), dataDir: dir, durability: "normal" });
  expect(storage.writer.pragma("synchronous", { simple: true })).toBe(1);
  storage.close();
});

it("leaves no lock behind where it fails to open", () => {
  writeFileSync(join(dir, "b.db"), "this is no database, but it is long enough to look at".repeat(40));
  expect(refusal(() => open(join(dir, "b.db"))).exitCode).toBe(65);
  open().close();
});

it.each([
  ["SQLITE_READONLY_DBMOVED", 77],
  ["EACCES", 77],
  ["SQLITE_CORRUPT_INDEX", 65],
  ["SQLITE_BUSY_RECOVERY", 73],
  ["ENOSPC", 73],
  ["SQLITE_IOERR_WRITE", 73],
])("says of %s in one line what it means, and exits with %i", (code, exitCode) => {
  const error = startErrorOf(Object.assign(new Error("told"), { code }), "/srv/a.db");
  expect(error).toMatchObject({ exitCode, message: expect.stringMatching(/^\/srv\/a\.db .*: told$/) });
});

it("takes anything else as it is: a fault of ours", () => {
  const fault = new Error("we divided by zero");
  expect(startErrorOf(fault, "/srv/a.db")).toBe(fault);
  expect(startErrorOf("text", "/srv/a.db")).toBe("text");
});

it("refuses a lock that is none, and says that nothing of it can be read", () => {
  writeFileSync(join(dir, "lock.sqlite"), "this is no database, but it is long enough to look at".repeat(40));
  expect(refusal(open).exitCode).toBe(65);
});
