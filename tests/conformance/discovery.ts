/** What every way to know of targets does. */
import { describe, expect, it } from "vitest";
import type { DiscoveryProvider } from "#src/core/network-ports.ts";

export interface DiscoverySetup {
  readonly name: string;
  /** One that knows nothing; `set` changes the names of the targets that it can tell of. */
  open(): { readonly provider: DiscoveryProvider; set(names: readonly string[]): void };
  /** The name under which a target is routed to. */
  fullName(name: string): string;
  readonly owner: "local" | "remote";
}

/** @param setup opens a provider that is empty */
export function discoveryConformance({ name, open, fullName, owner }: DiscoverySetup): void {
  const namesOf = ({ targets }: DiscoveryProvider) => [...targets().keys()];

  describe(`the discovery of ${name}`, () => {
    it("knows of nothing before there is something", () => {
      expect(namesOf(open().provider)).toEqual([]);
    });

    it("knows of targets as soon as they are there, and no longer than they are", () => {
      const { provider, set } = open();
      set(["a", "b"]);
      expect(namesOf(provider)).toEqual([fullName("a"), fullName("b")]);
      set(["b"]);
      expect(namesOf(provider)).toEqual([fullName("b")]);
    });

    it("names each target by its full name, and says whose it is", () => {
      const { provider, set } = open();
      set(["a"]);
      for (const [key, target] of provider.targets()) expect(target).toMatchObject({ target_id: key, owner });
      expect(provider.targets().size).toBe(1);
    });

    it("gives the same map as long as nothing changes, and leaves one that it gave as it was", () => {
      const { provider, set } = open();
      set(["a"]);
      const before = provider.targets();
      expect(provider.targets()).toBe(before);
      set(["b"]);
      expect(provider.targets()).not.toBe(before);
      expect([...before.keys()]).toEqual([fullName("a")]);
    });
  });
}
