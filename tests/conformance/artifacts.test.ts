import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDiskArtifacts } from "#src/store/artifacts/disk.ts";
import { openMemoryArtifacts } from "#src/store/artifacts/memory.ts";
import { artifactConformance, listed } from "./artifacts.ts";

async function openOnDisk() {
  const dir = mkdtempSync(join(tmpdir(), "aethrolink-artifacts-"));
  const store = await openDiskArtifacts(join(dir, "below", "here"));
  return {
    store,
    files: join(dir, "below", "here"),
    async [Symbol.asyncDispose]() {
      rmSync(dir, { recursive: true });
    },
  };
}

artifactConformance({ name: "disk's", open: openOnDisk });
artifactConformance({
  name: "memory's",
  open: async () => ({ store: openMemoryArtifacts(), async [Symbol.asyncDispose]() {} }),
});

it("an artifact on disk is a file of its name that only its owner can read", async () => {
  await using opened = await openOnDisk();
  await opened.store.put("a", Buffer.from("bytes"));
  expect(readdirSync(opened.files)).toEqual(["a"]);
  expect(statSync(join(opened.files, "a")).mode & 0o777).toBe(0o600);
  expect(statSync(opened.files).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(opened.files, "a"), "utf8")).toBe("bytes");
});

it("one that can't be put under its name leaves nothing behind", async () => {
  await using opened = await openOnDisk();
  mkdirSync(join(opened.files, "a"));
  await expect(opened.store.put("a", Buffer.from("bytes"))).rejects.toThrow();
  expect(readdirSync(opened.files)).toEqual(["a"]);
  rmSync(opened.files, { recursive: true });
  await expect(opened.store.put("b", Buffer.from("bytes"))).rejects.toThrow();
});

it("a listing on disk has what was left half written, and no file that isn't the store's", async () => {
  await using opened = await openOnDisk();
  const leftover = `.${randomUUID()}`;
  for (const name of [leftover, "notes.txt", ".hidden", "README"]) {
    writeFileSync(join(opened.files, name), "");
  }
  const { mtimeMs } = statSync(join(opened.files, leftover));
  expect(await listed(opened.store)).toEqual([{ name: leftover, at: mtimeMs }]);
  await opened.store.remove(leftover);
  expect(await listed(opened.store)).toEqual([]);
});
