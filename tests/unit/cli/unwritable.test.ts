/** Where commands can't write: they say so, as a mistake of whoever named the place. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeRegistry } from "../../../cli/init/write-registry.ts";
import { installSkill } from "../../../cli/skill.ts";
import { checkState } from "../../../cli/state-file.ts";
import { UsageError } from "../../../cli/usage-error.ts";

const dir = mkdtempSync(join(tmpdir(), "aethrolink-unwritable-"));
afterAll(() => rmSync(dir, { recursive: true }));
const file = join(dir, "file");
writeFileSync(file, "");
const directory = join(dir, "directory");
mkdirSync(directory);
const pages = [{ path: "SKILL.md", text: "a skill" }];

/** The call, and the path that it must name. */
const isRefused = (act: () => unknown, path: string) => {
  expect(act).toThrow(UsageError);
  expect(act).toThrow(`${path} can't be written: `);
};

// Node's own recursive mkdir never returns below /proc.
describe.runIf(process.platform === "linux")("below a file system that takes no directories", () => {
  const path = "/proc/none/below.yaml";

  it("the registry", () => isRefused(() => writeRegistry(path, "runtimes: {}\n", false), path));
  it("a state file", () => isRefused(() => checkState(path), path));
  it("the skill", () =>
    isRefused(() => installSkill(pages, "/proc/none", false), "/proc/none/alink-agent/SKILL.md"));
});

describe("in the place of something else", () => {
  it("the registry, where a directory is", () =>
    isRefused(() => writeRegistry(directory, "runtimes: {}\n", true), directory));
  it("the skill, where a file is", () =>
    isRefused(() => installSkill(pages, file, false), join(file, "alink-agent/SKILL.md")));
});

it("what came in the meantime is not replaced", () => {
  isRefused(() => writeRegistry(file, "runtimes: {}\n", false), file);
});
