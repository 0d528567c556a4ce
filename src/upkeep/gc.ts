/**
 * `alink-node gc`: forgets what is too old in the data directory of a node that doesn't run, removes what
 * a crash left, and gives the space back to the disk.
 */
import { existsSync, statSync } from "node:fs";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { ArtifactStore } from "../core/ports.ts";
import { dayMs, forgetOld, type Keeping, orphans, removeOrphans } from "../engine/keep.ts";
import { StartError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { openArtifactRows } from "../store/artifact-rows.ts";
import { openDiskArtifacts } from "../store/artifacts/disk.ts";
import { refuseForeign } from "../store/artifacts/owner.ts";
import { openBatch } from "../store/batch.ts";
import { openTaskForgetter } from "../store/forget-tasks.ts";
import { openIdempotencyKeys } from "../store/idempotency.ts";
import { openLaunches } from "../store/launches.ts";
import { openStorage, openToRead, type Storage } from "../store/open.ts";
import { openSessionBindings } from "../store/sessions.ts";
import type { Sqlite } from "../store/sql.ts";
import { lostRows } from "./lost-rows.ts";
import { many, megabytes } from "./words.ts";

/** Below so much, and below a fifth of the file, shrinking isn't worth the writing. */
const worthBytes = 1024 * 1024;
const worthPart = 0.2;
/** Beside a node that runs, younger bytes may be about to get their row. */
const youngMs = 60 * 60 * 1000;

const advice =
  "it forgets by itself, every hour, what is older than its keep_days; to have its files made smaller, stop it first";

/**
 * Does it.
 * @param say takes a line for people
 * @throws StartError 73 when a node uses the directory, or its artifacts are another's
 */
export async function collectGarbage(
  config: Config,
  logger: Logger,
  say: (line: string) => void,
): Promise<void> {
  openToRead(config.database).close(); // one that isn't there is not to be made
  const storage = openStorage({ ...config, advice });
  try {
    const keeping = await keepingOf(config, storage, logger);
    say(limitOf(config));
    const forgotten = await forgetOld(keeping);
    say(
      `forgot ${many(forgotten.tasks, "task")} with ${many(forgotten.events, "event")} and ${many(forgotten.artifacts, "artifact")}, and ${many(forgotten.others, "other row")}`,
    );
    say(`removed ${many(await removeOrphans(keeping, 0), "file")} of artifacts that nothing names`);
    say(await removeLost(storage.writer, keeping));
    say(shrink(storage.writer, config.database));
  } finally {
    storage.close();
  }
}

async function keepingOf(config: Config, { writer, reader }: Storage, logger: Logger): Promise<Keeping> {
  const clock = systemClock;
  const batch = openBatch(writer);
  return {
    batch,
    clock,
    tasks: openTaskForgetter(writer),
    others: [
      openIdempotencyKeys(writer, clock),
      openSessionBindings(writer, batch, clock, logger),
      openLaunches(writer, batch, clock),
    ],
    store: await findArtifacts(config),
    rows: openArtifactRows(writer, reader),
    keepDays: config.keepDays,
    rest: () => Promise.resolve(),
    over: () => false,
  };
}

/** Those that there are: a directory that was mistyped is not to be made. */
function findArtifacts(config: Config): Promise<ArtifactStore> {
  if (!existsSync(config.artifactDir))
    throw new StartError("data", `there is no artifact directory ${config.artifactDir}`);
  refuseForeign(config);
  return openDiskArtifacts(config.artifactDir);
}

/** Says what `collectGarbage` would do, and changes nothing; also beside a node that runs. */
export async function tellGarbage(config: Config, say: (line: string) => void): Promise<void> {
  const reader = openToRead(config.database);
  try {
    const rows = openArtifactRows(reader, reader);
    const store = await findArtifacts(config);
    const clock = systemClock;
    const before = config.keepDays === null ? 0 : clock.now() - config.keepDays * dayMs;
    let left = 0;
    for await (const _ of orphans({ store, rows, clock }, youngMs)) left++;
    const { lost, found } = await lostRows(rows, store);
    say(limitOf(config));
    say(`would forget ${many(openTaskForgetter(reader).count(before), "task")}`);
    say(`would remove ${many(left, "file")} of artifacts that nothing names`);
    say(
      lost.length > 0 && found === 0
        ? noneFound(lost.length)
        : `found ${many(lost.length, "artifact")} whose file is missing`,
    );
    say(`${megabytes(freeBytes(reader))} of the database are free`);
  } finally {
    reader.close();
  }
}

const limitOf = ({ keepDays }: Config) =>
  keepDays === null
    ? "tasks are kept for ever, since keep_days says nothing else"
    : `tasks are kept ${many(keepDays, "day")} behind their end: since ${new Date(systemClock.now() - keepDays * dayMs).toISOString()}`;

const noneFound = (lost: number) =>
  `none of ${many(lost, "artifact")} has its file: is that the right artifact_dir?`;

/** Rows without bytes, where it is plain that the bytes aren't just somewhere else. */
async function removeLost(writer: Sqlite, { rows, store }: Keeping): Promise<string> {
  const { lost, found } = await lostRows(rows, store);
  if (lost.length > 0 && found === 0) return `${noneFound(lost.length)} Nothing was removed for that`;
  // A task that goes on shall say itself what it lacks.
  const remove = writer.prepare(
    "DELETE FROM artifacts WHERE artifact_id = ? AND task_id NOT IN (SELECT task_id FROM tasks WHERE finished_at IS NULL AND task_id = artifacts.task_id)",
  );
  const count = writer.transaction(() => lost.reduce((sum, id) => sum + remove.run(id).changes, 0))();
  return `removed ${many(count, "artifact")} whose file is missing`;
}

function freeBytes(sqlite: Sqlite): number {
  const number = (name: string) => Number(sqlite.pragma(name, { simple: true }));
  return number("freelist_count") * number("page_size");
}

function shrink(writer: Sqlite, database: string): string {
  const sizeOf = () => statSync(database).size;
  writer.pragma("wal_checkpoint(TRUNCATE)");
  const before = sizeOf();
  const free = freeBytes(writer);
  if (free < worthBytes || free < before * worthPart)
    return `left the database as large as it is: ${megabytes(before)}, ${megabytes(free)} of it free`;
  writer.pragma("temp_store = FILE"); // a whole copy is made, which need not fit into memory
  writer.exec("VACUUM");
  writer.pragma("wal_checkpoint(TRUNCATE)");
  return `made the database smaller: from ${megabytes(before)} to ${megabytes(sizeOf())}`;
}
