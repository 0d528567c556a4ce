/** Whose an artifact directory is. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { claimArtifacts, idName, ownerName } from "#src/store/artifacts/owner.ts";

/** A directory with an artifact directory and two data directories. */
function openPlace() {
  const root = mkdtempSync(join(tmpdir(), "alink-owner-"));
  const [artifactDir, dataDir, otherDir] = ["artifacts", "data", "other"].map((name) => join(root, name));
  if (artifactDir === undefined || dataDir === undefined || otherDir === undefined) expect.unreachable();
  for (const path of [artifactDir, dataDir, otherDir]) mkdirSync(path);
  return {
    ...{ artifactDir, dataDir, otherDir },
    read: (...path: string[]) => readFileSync(join(root, ...path), "utf8"),
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}

it("is the first one's that comes, also when that comes again, and nobody else's", () => {
  using place = openPlace();
  claimArtifacts(place);
  claimArtifacts(place);
  expect(place.read("artifacts", ownerName)).toBe(place.read("data", idName));
  const other = { ...place, dataDir: place.otherDir };
  expect(() => claimArtifacts(other)).toThrow("belongs to another data directory");
  expect(place.read("artifacts", ownerName)).toBe(place.read("data", idName));
});

it("is nobody's yet where a mark is being written, or was never filled", () => {
  using place = openPlace();
  writeFileSync(join(place.artifactDir, ownerName), "");
  claimArtifacts(place);
  claimArtifacts({ ...place, dataDir: place.otherDir });
  expect(place.read("artifacts", ownerName)).toBe("");
});

it("is told of as a fault of the file that can't be read or written", () => {
  using place = openPlace();
  const nowhere = { ...place, dataDir: join(place.dataDir, "nowhere") };
  expect(() => claimArtifacts(nowhere)).toThrow(join("nowhere", idName));
  mkdirSync(join(place.dataDir, idName));
  expect(() => claimArtifacts(place)).toThrow(join("data", idName));
});
