/** What every store of artifacts does. */
import { describe, expect, it } from "vitest";
import type { ArtifactStore } from "#src/core/ports.ts";
import { newId, timeOfId } from "#src/store/ulid.ts";

export interface ArtifactSetup {
  readonly name: string;
  open(): Promise<AsyncDisposable & { readonly store: ArtifactStore }>;
}

/** All that a store lists. */
export async function listed(store: ArtifactStore) {
  const found: { readonly name: string; readonly at: number }[] = [];
  for await (const one of store.list()) found.push(one);
  return found;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** @param setup opens a store that is empty */
export function artifactConformance({ name, open }: ArtifactSetup): void {
  const read = async (store: ArtifactStore, id: string, start: number, end: number) =>
    Buffer.from(await store.read(id, start, end)).toString();

  describe(`the ${name} artifacts`, () => {
    it("are read as they were stored, whole and in part, the end exclusive", async () => {
      await using opened = await open();
      await opened.store.put("a", bytesOf("0123456789"));
      expect(await read(opened.store, "a", 0, 10)).toBe("0123456789");
      expect(await read(opened.store, "a", 3, 5)).toBe("34");
      expect(await read(opened.store, "a", 9, 10)).toBe("9");
    });

    it("end where their bytes end, whatever is asked", async () => {
      await using opened = await open();
      await opened.store.put("a", bytesOf("0123"));
      expect(await read(opened.store, "a", 2, 100)).toBe("23");
      expect(await read(opened.store, "a", 4, 8)).toBe("");
    });

    it("may be empty, and large", async () => {
      await using opened = await open();
      await opened.store.put("empty", new Uint8Array());
      expect(await read(opened.store, "empty", 0, 0)).toBe("");
      const large = new Uint8Array(3 * 1024 * 1024).map((_, n) => n % 251);
      await opened.store.put("large", large);
      expect(Buffer.compare(await opened.store.read("large", 0, large.length), large)).toBe(0);
    });

    it("don't change with the bytes that they were made of, or that were read of them", async () => {
      await using opened = await open();
      const bytes = bytesOf("aaa");
      await opened.store.put("a", bytes);
      bytes.fill(0);
      (await opened.store.read("a", 0, 3)).fill(0);
      expect(await read(opened.store, "a", 0, 3)).toBe("aaa");
    });

    it("are strangers to one another", async () => {
      await using opened = await open();
      await Promise.all(["a", "b", "c"].map((id) => opened.store.put(id, bytesOf(id))));
      await opened.store.remove("b");
      expect(await read(opened.store, "a", 0, 1)).toBe("a");
      expect(await read(opened.store, "c", 0, 1)).toBe("c");
    });

    it("are listed with the time of their ids, but for those that were removed", async () => {
      await using opened = await open();
      const ids = [newId(), newId(), newId()] as const;
      await Promise.all(ids.map((id) => opened.store.put(id, bytesOf(id))));
      await opened.store.remove(ids[1]);
      const found = await listed(opened.store);
      expect(found.map(({ name }) => name).sort()).toEqual([ids[0], ids[2]]);
      for (const { name, at } of found) expect(at).toBe(timeOfId(name));
    });

    it("that are missing, or were removed, are an error; removing again is none", async () => {
      await using opened = await open();
      await expect(opened.store.read("a", 0, 1)).rejects.toThrow();
      await opened.store.put("a", bytesOf("a"));
      await opened.store.remove("a");
      await opened.store.remove("a");
      await expect(opened.store.read("a", 0, 1)).rejects.toThrow();
    });
  });
}
