/** Artifacts in memory: for tests and throwaway nodes. */
import type { ArtifactStore } from "#src/core/ports.ts";
import { timeOfId } from "../ulid.ts";

/** Keeps artifacts for as long as the process lives. */
export function openMemoryArtifacts(): ArtifactStore {
  const kept = new Map<string, Uint8Array>();
  return {
    async put(artifact_id, bytes) {
      kept.set(artifact_id, bytes.slice());
    },
    async read(artifact_id, start, end) {
      const bytes = kept.get(artifact_id);
      if (bytes === undefined) throw new Error(`there are no bytes of artifact ${artifact_id}`);
      return bytes.slice(start, end);
    },
    async remove(artifact_id) {
      kept.delete(artifact_id);
    },
    async *list() {
      for (const name of kept.keys()) yield { name, at: timeOfId(name) ?? 0 };
    },
  };
}
