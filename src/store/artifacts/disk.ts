/**
 * Artifacts as files, named by their ids.
 *
 * 1. A name exists only with all of its bytes on disk: temporary file, fsync, rename, fsync of the
 *    directory.
 */
import { randomUUID } from "node:crypto";
import { open, opendir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactStore } from "#src/core/ports.ts";
import { makeDirectory } from "#src/directories.ts";
import { timeOfId } from "../ulid.ts";

/**
 * Keeps artifacts below a directory, which is made if it is missing.
 * @param directory absolute path
 */
export async function openDiskArtifacts(directory: string): Promise<ArtifactStore> {
  makeDirectory(directory);
  const pathOf = (artifact_id: string) => join(directory, artifact_id);
  return {
    async put(artifact_id, bytes) {
      const temporary = join(directory, `.${randomUUID()}`);
      try {
        await writeThrough(temporary, bytes);
        await rename(temporary, pathOf(artifact_id));
      } catch (thrown) {
        await rm(temporary, { force: true });
        throw thrown;
      }
      await syncDirectory(directory);
    },
    async read(artifact_id, start, end) {
      const file = await open(pathOf(artifact_id), "r");
      try {
        const bytes = new Uint8Array(end - start);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    remove: (artifact_id) => rm(pathOf(artifact_id), { force: true }),
    async *list() {
      for await (const { name } of await opendir(directory)) {
        const at = timeOfId(name) ?? (await timeOfLeftover(directory, name));
        if (at === undefined) continue;
        yield { name, at };
      }
    },
  };
}

const leftover = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** When a temporary file was made; undefined: it is none, or has gone. */
async function timeOfLeftover(directory: string, name: string): Promise<number | undefined> {
  if (!leftover.test(name)) return undefined;
  const found = await stat(join(directory, name)).catch(() => undefined); // it was renamed meanwhile
  return found?.mtimeMs;
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
