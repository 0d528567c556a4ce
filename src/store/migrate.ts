/**
 * Brings the file of a database to this program's version.
 *
 * 1. A file that a newer program wrote, or another one, is refused before anything of it is changed.
 * 2. An older one is copied first; a copy bears its name only when it is whole and on the disk.
 * 3. All migrations that a file lacks are one transaction: when one fails, the file is what it was.
 */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { messageOf, StartError } from "#src/errors.ts";
import { terminalTrigger } from "./schema.ts";
import type { Sqlite } from "./sql.ts";

export type Migrations = readonly { readonly name: string; readonly sql: string }[];

/** How many copies from before migrations are kept beside a database. */
const keptCopies = 3;

/**
 * How many migrations a file has had, which it says itself.
 * @throws StartError 65 when it is newer than this program, or belongs to another one
 */
export function versionOf(sqlite: Sqlite, database: string, known: number): number {
  const version = Number(sqlite.pragma("user_version", { simple: true }));
  if (version > known) {
    throw new StartError(
      "data",
      `${database} was written by a newer AethroLink (version ${version}, this one knows ${known}); update this program`,
    );
  }
  const things = Number(sqlite.prepare("SELECT count(*) FROM sqlite_schema").pluck().get());
  if (version === 0 && things > 0) {
    throw new StartError(
      "data",
      `${database} is the database of another program; give --database another file`,
    );
  }
  return version;
}

/**
 * Does what the file lacks of the migrations. Foreign keys must be off: a migration may make a table
 * anew, and what refers to it shall stay.
 * @throws StartError 65 when a migration fails; nothing is changed then
 */
export function migrate(sqlite: Sqlite, database: string, migrations: Migrations): void {
  const version = versionOf(sqlite, database, migrations.length);
  if (version === migrations.length) return;
  const copy = version === 0 ? undefined : copyBeside(sqlite, database, version);
  try {
    sqlite.transaction(() => apply(sqlite, migrations, version))();
  } catch (thrown) {
    // The file is what it was: a copy of it would only push out those that are worth more.
    if (copy !== undefined) rmSync(copy, { force: true });
    if (isNoFaultOfTheSteps(thrown)) throw thrown;
    throw new StartError(
      "data",
      `${database} could not be brought from version ${version} to ${migrations.length}; nothing of it was changed: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
  if (copy !== undefined) dropOldCopies(database);
}

function apply(sqlite: Sqlite, migrations: Migrations, version: number): void {
  // A migration may write to tasks that have ended; the trigger is made again behind it.
  sqlite.exec("DROP TRIGGER IF EXISTS tasks_have_ended");
  for (const { sql } of migrations.slice(version)) sqlite.exec(sql);
  const [broken] = sqlite.pragma("foreign_key_check") as { table: string; parent: string }[];
  if (broken !== undefined) throw new Error(`rows of ${broken.table} refer to none of ${broken.parent}`);
  sqlite.exec(terminalTrigger);
  sqlite.pragma(`user_version = ${migrations.length}`);
}

/** A full disk and the like are told as what they are. */
const isNoFaultOfTheSteps = (thrown: unknown) =>
  thrown instanceof Error &&
  "code" in thrown &&
  /^SQLITE_(FULL|IOERR|READONLY|CORRUPT|BUSY)/.test(String(thrown.code));

const copyName = (database: string) => {
  const name = basename(database).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${name}\\.v\\d+\\.(\\d{8}T\\d{9}Z)\\.backup$`, "g");
};

/** @returns its path */
function copyBeside(sqlite: Sqlite, database: string, version: number): string {
  const time = new Date().toISOString().replaceAll(/[-:.]/g, "");
  const path = `${database}.v${version}.${time}.backup`;
  const partial = `${path}.partial`;
  try {
    closeSync(openSync(partial, "wx", 0o600)); // SQLite would make it readable by others
    sqlite.prepare("VACUUM INTO ?").run(partial);
    writeThrough(partial);
    renameSync(partial, path);
    writeThrough(dirname(path));
    return path;
  } catch (thrown) {
    rmSync(partial, { force: true });
    throw thrown;
  }
}

/** Has the disk keep a file, or the names in a directory. */
function writeThrough(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function dropOldCopies(database: string): void {
  const pattern = copyName(database);
  const copies = readdirSync(dirname(database))
    .flatMap((name) => [...name.matchAll(pattern)])
    .sort(([, a = ""], [, b = ""]) => (a < b ? 1 : -1));
  for (const [name] of copies.slice(keptCopies)) rmSync(join(dirname(database), name), { force: true });
}
