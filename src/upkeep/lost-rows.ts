import type { ArtifactStore } from "../core/ports.ts";
import type { ArtifactRows } from "../store/artifact-rows.ts";

/** Artifacts that have a row and no bytes, and how many have both. */
export async function lostRows(
  rows: ArtifactRows,
  store: ArtifactStore,
): Promise<{ readonly lost: readonly string[]; readonly found: number }> {
  const names = new Set<string>();
  for await (const { name } of store.list()) names.add(name);
  const lost: string[] = [];
  let found = 0;
  for (const { artifact_id } of rows.all()) {
    if (names.has(artifact_id)) found++;
    else lost.push(artifact_id);
  }
  return { lost, found };
}
