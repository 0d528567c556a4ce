/** What is known of each artifact beside its bytes. */
import { eq, sql } from "drizzle-orm";
import type { ArtifactRef } from "#contracts/artifacts.ts";
import { artifacts } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";

export type ArtifactRow = typeof artifacts.$inferSelect;

export interface ArtifactRows {
  /** To be called inside a commit, with the task's own events. */
  insert(row: ArtifactRow): void;
  get(artifact_id: string): ArtifactRow | undefined;
  /** All of them whose bytes are to be here, by their ids. */
  all(): IterableIterator<ArtifactRow>;
}

/** Prepares the statements of artifacts. */
export function openArtifactRows(writer: Sqlite, reader: Sqlite): ArtifactRows {
  const insert = prepare(writer, builder(writer).insert(artifacts).values(columnsOf(artifacts)));
  const get = prepare<ArtifactRow>(
    reader,
    builder(reader)
      .select()
      .from(artifacts)
      .where(eq(artifacts.artifact_id, sql.placeholder("artifact_id"))),
  );
  const all = reader.prepare<[], ArtifactRow>(
    "SELECT * FROM artifacts WHERE artifact_id NOT IN (SELECT artifact_id FROM remote_artifacts WHERE fetched = 0) ORDER BY artifact_id",
  );
  return {
    insert: (row) => void insert.run(row),
    get: (artifact_id) => get.get({ artifact_id }),
    all: () => all.iterate(),
  };
}

/** The reference that goes over the wire. */
export function referenceOf(row: Omit<ArtifactRow, "task_id">): Omit<ArtifactRef, "name"> {
  const { artifact_id, media_type, size_bytes, sha256 } = row;
  return { artifact_id, media_type, url: `/artifacts/${artifact_id}`, size_bytes, sha256 };
}
