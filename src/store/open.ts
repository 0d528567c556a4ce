/**
 * Opens the database of a node: one writer and one reader on the same file.
 *
 * 1. One node per data directory, and one per database, wherever it lies: an exclusive transaction is
 *    held on a lock file of each for as long as the process lives, so that its end frees it, however it
 *    comes.
 * 2. A file that a newer program wrote, or another one, is refused before anything of it is changed.
 */
import { closeSync, existsSync, openSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import type { Durability } from "#contracts/enums.ts";
import { migrations as allMigrations } from "#generated/migrations/index.ts";
import { makeDirectory } from "#src/directories.ts";
import { messageOf, StartError } from "#src/errors.ts";
import { type Migrations, migrate, versionOf } from "./migrate.ts";
import { terminalTrigger } from "./schema.ts";
import type { Sqlite } from "./sql.ts";

/** An open database; closing it frees its lock. */
export interface Storage {
  readonly writer: Sqlite;
  readonly reader: Sqlite;
  close(): void;
}

export interface StorageOptions {
  /** Absolute path of the database file. */
  readonly database: string;
  readonly dataDir: string;
  readonly durability: Durability;
  /** What to do when a node holds it; default: how to start another node. */
  readonly advice?: string;
  /** What the file must have had; default: all of this program's. */
  readonly migrations?: Migrations;
}

/**
 * Opens, locks and migrates the database.
 * @throws StartError 73 when another node holds it, 77 when it can't be written, 65 when it is newer
 *   than this program, no database, or can't be migrated
 */
export function openStorage(options: StorageOptions): Storage {
  const held: Sqlite[] = [];
  const release = () => {
    for (const lock of held) lock.close();
  };
  try {
    makeDirectory(dirname(options.database));
    held.push(
      holdLock(
        join(options.dataDir, "lock.sqlite"),
        `${options.dataDir}; ${options.advice ?? "stop it, or give --data-dir another directory"}`,
      ),
    );
    held.push(
      holdLock(
        `${options.database}.lock`,
        `${options.database}; ${options.advice ?? "stop it, or give --database another file"}`,
      ),
    );
    const writer = openWriter(options);
    const reader = new Database(options.database, { readonly: true });
    return {
      writer,
      reader,
      close() {
        reader.close();
        writer.close();
        release();
      },
    };
  } catch (thrown) {
    release();
    throw startErrorOf(thrown, options.database);
  }
}

/**
 * Opens a database that there is, only to read it, also beside a node that uses it.
 * @throws StartError 65 when there is none, or it isn't of this program's version; 77 when it can't be read
 */
export function openToRead(database: string): Sqlite {
  let sqlite: Sqlite | undefined;
  try {
    // Asked in this way since "may not look" is not "isn't there".
    if (statSync(database, { throwIfNoEntry: false }) === undefined)
      throw new StartError("data", `there is no database ${database}`);
    sqlite = new Database(database, { readonly: true });
    const version = versionOf(sqlite, database, allMigrations.length);
    if (version === allMigrations.length) return sqlite;
    throw new StartError(
      "data",
      `${database} is of an older version; start the node once, which brings it to this one`,
    );
  } catch (thrown) {
    sqlite?.close();
    throw startErrorOf(thrown, database);
  }
}

/** @param whose what another node uses that holds it, and what to do */
function holdLock(path: string, whose: string): Sqlite {
  // Closing a file frees its locks, also those of another of its handles: it is touched only to be made.
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  const lock = new Database(path, { timeout: 0 });
  try {
    lock.pragma("journal_mode = DELETE");
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (thrown) {
    lock.close();
    if (sqliteCode(thrown).startsWith("SQLITE_BUSY")) {
      throw new StartError("cantCreate", `another node uses ${whose}`);
    }
    throw thrown;
  }
}

function openWriter({ database, durability, migrations = allMigrations }: StorageOptions): Sqlite {
  // SQLite gives the files beside it the same mode.
  closeSync(openSync(database, "a", 0o600));
  const writer = new Database(database);
  try {
    versionOf(writer, database, migrations.length); // before anything of it is changed
    writer.pragma("journal_mode = WAL");
    writer.pragma(`synchronous = ${durability === "full" ? "FULL" : "NORMAL"}`);
    writer.pragma("temp_store = MEMORY");
    writer.pragma("foreign_keys = OFF");
    migrate(writer, database, migrations);
    writer.pragma("foreign_keys = ON");
    writer.exec(terminalTrigger);
    return writer;
  } catch (thrown) {
    writer.close();
    throw thrown;
  }
}

const sqliteCode = (thrown: unknown) =>
  thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";

const openFaults = [
  {
    code: /^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EACCES|EPERM|EROFS)/,
    exit: "noPermission",
    why: "can't be written",
  },
  { code: /^(SQLITE_NOTADB|SQLITE_CORRUPT)/, exit: "data", why: "is no SQLite database, or is damaged" },
  { code: /^(SQLITE_BUSY)/, exit: "cantCreate", why: "is used by another process" },
  {
    code: /^(SQLITE_FULL|SQLITE_IOERR|ENOSPC|EDQUOT|EIO|ENOTDIR|EEXIST|ENOENT|EISDIR)/,
    exit: "cantCreate",
    why: "can't be written or created",
  },
] as const;

/** What a fault of the storage is for whoever started the node; anything else as it is. */
export function startErrorOf(thrown: unknown, database: string): unknown {
  if (thrown instanceof StartError) return thrown;
  const known = openFaults.find((fault) => fault.code.test(sqliteCode(thrown)));
  if (known === undefined) return thrown;
  return new StartError(known.exit, `${database} ${known.why}: ${messageOf(thrown)}`, { cause: thrown });
}
