/** Where the configuration file is. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readConfig } from "#src/config.ts";

const dir = mkdtempSync(join(tmpdir(), "aethrolink-config-file-"));
afterAll(() => rmSync(dir, { recursive: true }));
const path = join(dir, "a.yaml");
writeFileSync(path, "port: 6\n");
const below = `~/${relative(homedir(), path)}`;

it.each([
  ["flag", [`--config=${below}`], {}],
  ["variable", [], { AETHROLINK_CONFIG: below }],
])("may be said by its path below ~, as a %s", (_how, flags, env) => {
  expect(readConfig(["--data-dir", dir, ...flags], env).port).toBe(6);
});

it("is not said by a variable that is empty", () => {
  expect(readConfig(["--data-dir", dir], { AETHROLINK_CONFIG: "", AETHROLINK_PORT: "" }).port).toBe(7777);
});
