/**
 * `alink-node backup`: a copy of a node's data directory that a node can be started on, made while the
 * node works or not.
 *
 * 1. The directory bears its name only when everything in it is whole and on the disk.
 * 2. The database is copied as it is at one moment, whatever is written meanwhile.
 * 3. Artifacts are never changed, so that they may be copied behind it. What the node forgets meanwhile is
 *    forgotten in the copy too.
 */
import { existsSync, readdirSync } from "node:fs";
import { chmod, copyFile, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import Database from "better-sqlite3";
import type { Config } from "../config.ts";
import { makeDirectory } from "../directories.ts";
import { messageOf, StartError } from "../errors.ts";
import { type ArtifactRow, openArtifactRows } from "../store/artifact-rows.ts";
import { idName, refuseForeign } from "../store/artifacts/owner.ts";
import { openTaskForgetter } from "../store/forget-tasks.ts";
import { openToRead, startErrorOf } from "../store/open.ts";
import type { Sqlite } from "../store/sql.ts";
import { many } from "./words.ts";

const databaseName = "aethrolink.db";
/** So many files are copied at once. */
const lanes = 8;

/**
 * Makes the copy.
 * @param say takes a line for people
 * @throws StartError 73 when the directory is there already or can't be made, or the artifacts are another's;
 *   65 when it was made and lacks artifacts, whose files weren't there
 */
export async function backUp(config: Config, to: string, say: (line: string) => void): Promise<void> {
  const directory = resolve(to);
  if (existsSync(directory) && readdirSync(directory).length > 0)
    throw new StartError("cantCreate", `${directory} is there already, and isn't empty`);
  refuseForeign(config);
  const partial = `${directory}.partial-${process.pid}`;
  const live = openToRead(config.database);
  let lost: number;
  try {
    makeDirectory(join(partial, "artifacts"));
    const filled = await fill(config, live, partial);
    lost = filled.lost;
    await syncPath(partial);
    await rename(partial, directory);
    await syncPath(dirname(directory));
    say(`copied to ${directory}: ${filled.told.join(", ")}`);
    say(`to start a node on it: alink-node ${startFlags(config, directory).join(" ")}`);
  } catch (thrown) {
    throw faultOf(thrown, partial);
  } finally {
    live.close();
    await rm(partial, { recursive: true, force: true });
  }
  if (lost > 0)
    throw new StartError(
      "data",
      `${many(lost, "artifact")} had no file to copy, and ${lost === 1 ? "is" : "are"} missing from the copy too; see alink-node gc`,
    );
}

function faultOf(thrown: unknown, partial: string): unknown {
  const known = startErrorOf(thrown, partial);
  if (known !== thrown || !(thrown instanceof Error && "code" in thrown)) return known;
  return new StartError("cantCreate", `the copy could not be made: ${messageOf(thrown)}`, { cause: thrown });
}

/** @returns what is in it, in words, and how many artifacts aren't, since they had no file */
async function fill(
  config: Config,
  live: Sqlite,
  partial: string,
): Promise<{ readonly told: readonly string[]; readonly lost: number }> {
  const file = join(partial, databaseName);
  await copyDatabase(live, file);
  const copy = new Database(file);
  try {
    copy.pragma("journal_mode = DELETE"); // one file, that says all
    const missing = await copyArtifacts(openArtifactRows(copy, copy).all(), config.artifactDir, partial);
    const forgotten = forgetWith(copy, live, missing);
    for (const id of forgotten.artifact_ids) await rm(join(partial, "artifacts", id), { force: true });
    const lost = missing.length - forgotten.artifacts;
    const others = await copyOthers(config, partial);
    const count = (table: string) => Number(copy.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    const told = [
      many(count("tasks"), "task"),
      many(count("artifacts") - lost, "artifact"),
      ...others,
      ...(forgotten.tasks > 0 ? [`without ${many(forgotten.tasks, "task")} forgotten meanwhile`] : []),
    ];
    return { told, lost };
  } finally {
    copy.close();
  }
}

async function copyDatabase(live: Sqlite, file: string): Promise<void> {
  const made = await open(file, "wx", 0o600); // SQLite would make it readable by others
  await made.close();
  // What is read in one transaction is of one moment: without it, each write begins the copying anew.
  live.exec("BEGIN");
  live.prepare("SELECT count(*) FROM sqlite_schema").get();
  await live.backup(file);
  live.exec("COMMIT");
}

/** @returns those that have no file */
async function copyArtifacts(
  rows: Iterator<ArtifactRow>,
  from: string,
  partial: string,
): Promise<ArtifactRow[]> {
  const missing: ArtifactRow[] = [];
  const to = join(partial, "artifacts");
  const lane = async () => {
    for (let next = rows.next(); next.done !== true; next = rows.next()) {
      const { artifact_id } = next.value;
      if (!(await copyWhole(join(from, artifact_id), join(to, artifact_id)))) missing.push(next.value);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await syncPath(to);
  return missing;
}

/** Copies a file onto the disk, for its owner alone. @returns false where there is none */
async function copyWhole(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT" && !existsSync(from)) return false;
    throw thrown;
  }
  await chmod(to, 0o600);
  await syncPath(to);
  return true;
}

/** Of what had no file: what the node has forgotten by now goes from the copy too. */
function forgetWith(copy: Sqlite, live: Sqlite, missing: readonly ArtifactRow[]) {
  const known = live.prepare("SELECT 1 FROM artifacts WHERE artifact_id = ?");
  const gone = missing.filter(({ artifact_id }) => known.get(artifact_id) === undefined);
  const tasks = new Set(gone.map(({ task_id }) => task_id));
  const forgetter = openTaskForgetter(copy);
  const { artifact_ids } = copy.transaction(() => {
    for (const task_id of tasks) forgetter.forgetOne(task_id);
    return forgetter.removeRemains(Number.MAX_SAFE_INTEGER);
  })();
  return { tasks: tasks.size, artifacts: gone.length, artifact_ids };
}

/** The node's other files: tokens, configuration, keys. @returns their names */
async function copyOthers({ dataDir, database }: Config, partial: string): Promise<string[]> {
  const isOfDatabase = (name: string) => dirname(database) === dataDir && name.startsWith(basename(database));
  const names = (await readdir(dataDir, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && !isOfDatabase(entry.name))
    .map(({ name }) => name)
    .filter((name) => name !== "node.json" && name !== idName && !name.startsWith("lock.sqlite"))
    .filter((name) => !name.startsWith(databaseName)) // of another database than is used
    .sort();
  const copied: string[] = [];
  for (const name of names) {
    if (await copyWhole(join(dataDir, name), join(partial, name))) copied.push(name);
  }
  return copied;
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A configuration that names places elsewhere would send a node on the copy there. */
function startFlags({ dataDir, database, artifactDir }: Config, directory: string): string[] {
  const flags = ["--data-dir", directory];
  if (database !== join(dataDir, databaseName)) flags.push("--database", join(directory, databaseName));
  if (artifactDir !== join(dataDir, "artifacts")) flags.push("--artifact-dir", join(directory, "artifacts"));
  return flags;
}
