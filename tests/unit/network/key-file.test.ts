import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keyFile, openIdentity } from "#src/network/identity/key-file.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "aethrolink-key-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const exitOf = (act: () => unknown) => {
  try {
    act();
  } catch (thrown) {
    return (thrown as { exitCode?: number }).exitCode;
  }
  return undefined;
};

it("a key is made once, and is its owner's alone", () => {
  const path = keyFile(dir);
  const first = openIdentity(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir)).toEqual(["node.key"]);
  const text = readFileSync(path, "utf8");
  expect(openIdentity(path).nodeId).toBe(first.nodeId);
  expect(readFileSync(path, "utf8")).toBe(text);
});

it.each([0o640, 0o604, 0o660, 0o644, 0o666, 0o601])(
  "a key file of the mode %o is refused, and left as it is",
  (mode) => {
    const path = keyFile(dir);
    openIdentity(path);
    chmodSync(path, mode);
    expect(exitOf(() => openIdentity(path))).toBe(77);
    expect(statSync(path).mode & 0o777).toBe(mode);
  },
);

it("a file that holds no key is refused, and no new one made", () => {
  const path = keyFile(dir);
  writeFileSync(path, "no key", { mode: 0o600 });
  expect(exitOf(() => openIdentity(path))).toBe(65);
  expect(readFileSync(path, "utf8")).toBe("no key");
});
