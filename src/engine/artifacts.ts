/** What is too large for a record or an event is kept as an artifact. */
import { createHash } from "node:crypto";
import type { ArtifactStore, Clock } from "#src/core/ports.ts";
import { fail } from "#src/errors.ts";
import { type ArtifactRow, type ArtifactRows, referenceOf } from "#src/store/artifact-rows.ts";
import type { TaskLog } from "#src/store/task-log.ts";
import type { OpenTask, TaskChanges } from "#src/store/task-rows.ts";
import { newId } from "#src/store/ulid.ts";

/** The largest value that a record or an event holds itself, as JSON in bytes. */
export const largestInline = 16_384;
/** How much of a long text stays in its record. */
export const excerptLength = 2048;

/** Bytes that are kept, and that no task has yet. */
export type StoredBytes = Omit<ArtifactRow, "task_id">;

export interface ArtifactKeeper {
  /**
   * Stores bytes for a task that may not exist yet.
   * @returns what is to be attached to the task
   */
  store(media_type: string, bytes: Uint8Array): Promise<StoredBytes>;
  /** Takes back what was stored for a task that didn't come to be. */
  discard(stored: StoredBytes): Promise<void>;
  /**
   * Writes an artifact's row and its event in the task's commit of this turn.
   * @param more its name at the runtime, and what else the task's record gains
   */
  attach(task: OpenTask, stored: StoredBytes, more?: { name: string; changes: TaskChanges }): void;
  /** Writes the row of an artifact whose bytes aren't here, in the task's commit of this turn. */
  adopt(task: OpenTask, row: ArtifactRow): void;
  /** Stores the bytes of one that was adopted. */
  put(artifact_id: string, bytes: Uint8Array): Promise<void>;
  /** What is known of an artifact. */
  find(artifact_id: string): ArtifactRow | undefined;
  /**
   * Reads all bytes of an artifact.
   * @throws RequestError artifact_corrupt when they aren't those that were stored
   */
  read(row: ArtifactRow): Promise<Uint8Array>;
}

const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Joins the bytes' store with their rows. */
export function openArtifactKeeper(
  store: ArtifactStore,
  rows: ArtifactRows,
  log: TaskLog,
  clock: Clock,
): ArtifactKeeper {
  return {
    async store(media_type, bytes) {
      const stored: StoredBytes = {
        artifact_id: newId(),
        media_type,
        size_bytes: bytes.length,
        sha256: sha256Of(bytes),
        created_at: new Date(clock.now()).toISOString(),
      };
      await store.put(stored.artifact_id, bytes);
      return stored;
    },
    discard: (stored) => store.remove(stored.artifact_id),
    attach(task, stored, more) {
      const row = { ...stored, task_id: task.fixed.task_id };
      const { artifact_id, media_type } = row;
      const message = `kept ${more === undefined ? media_type : `${more.name} (${media_type})`}`;
      const event = { kind: "artifact.created", source: "storage", message } as const;
      const changes = more?.changes === undefined ? {} : { changes: more.changes };
      const data = { ...referenceOf(row), ...(more === undefined ? {} : { name: more.name }) };
      if (log.append(task, { ...event, data, ...changes }) === undefined) {
        throw new Error(`the task of artifact ${artifact_id} has ended`);
      }
      log.with(task, () => rows.insert(row));
    },
    adopt: (task, row) => log.with(task, () => rows.insert(row)),
    put: (artifact_id, bytes) => store.put(artifact_id, bytes),
    find: (artifact_id) => rows.get(artifact_id),
    async read(row) {
      const bytes = await store
        .read(row.artifact_id, 0, row.size_bytes)
        .catch((cause: unknown) =>
          fail("artifact_corrupt", `The bytes of artifact ${row.artifact_id} can't be read.`, { cause }),
        );
      if (sha256Of(bytes) !== row.sha256) {
        fail("artifact_corrupt", `The bytes of artifact ${row.artifact_id} are not those that were stored.`);
      }
      return bytes;
    },
  };
}
