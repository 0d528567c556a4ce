/**
 * Whose an artifact directory is. A node removes files there that none of its rows names, so that two data
 * directories with the same one would remove each other's.
 *
 * 1. A data directory has an id of its own, and writes it into the artifact directory that it uses. A copy that
 *    `alink-node backup` made has none: it gets another.
 * 2. A directory that bears no id is whoever's comes first; an id is never replaced.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "#src/errors.ts";
import { startErrorOf } from "../open.ts";
import { newId } from "../ulid.ts";

/** The file of a data directory that has its id. */
export const idName = "data.id";
/** The file of an artifact directory that says whose it is. */
export const ownerName = ".owner";

export interface ArtifactPlace {
  readonly dataDir: string;
  readonly artifactDir: string;
}

/**
 * Makes an artifact directory that is there this data directory's, for good.
 * @throws StartError 73 when it is another's
 */
export function claimArtifacts(place: ArtifactPlace): void {
  const { artifactDir, dataDir } = place;
  const id = readId(join(dataDir, idName)) || writeId(join(dataDir, idName), newId(), "w");
  // Only one of two that come at once can make the file.
  if (readId(join(artifactDir, ownerName)) === "") writeId(join(artifactDir, ownerName), id, "wx");
  refuseForeign(place);
}

/**
 * Makes sure that an artifact directory isn't another data directory's, and changes nothing.
 * @throws StartError 73 when it is
 */
export function refuseForeign({ artifactDir, dataDir }: ArtifactPlace): void {
  const marker = join(artifactDir, ownerName);
  const owner = readId(marker);
  if (owner === "" || owner === readId(join(dataDir, idName))) return;
  throw new StartError(
    "cantCreate",
    `the artifact directory ${artifactDir} belongs to another data directory than ${dataDir}, which would lose its artifacts; give --artifact-dir another one, or remove ${marker} if that data directory is gone for good`,
  );
}

/** @returns empty where there is none */
function readId(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw startErrorOf(thrown, path);
  }
}

function writeId(path: string, id: string, flag: "w" | "wx"): string {
  try {
    // On disk before the other is written: a data directory that lost its id would lose its artifacts by it.
    writeFileSync(path, `${id}\n`, { mode: 0o600, flag, flush: true });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EEXIST") return id;
    rmSync(path, { force: true }); // an empty one would never be filled
    throw startErrorOf(thrown, path);
  }
  return id;
}
