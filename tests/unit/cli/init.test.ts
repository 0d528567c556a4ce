import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readRegistry } from "#src/registry.ts";
import { fakeAgent, knownAgents } from "../../../cli/init/agents.ts";
import { findProgram } from "../../../cli/init/find-program.ts";
import { findAgents, registryText } from "../../../cli/init/registry-text.ts";
import { writeRegistry } from "../../../cli/init/write-registry.ts";

const dir = mkdtempSync(join(tmpdir(), "aethrolink-init-"));
afterAll(() => rmSync(dir, { recursive: true }));

function install(folder: string, ...names: string[]): string {
  const path = join(dir, folder);
  mkdirSync(path, { recursive: true });
  for (const name of names) writeFileSync(join(path, name), "#!/bin/sh\n", { mode: 0o755 });
  return path;
}

describe("a registry that is made of agents", () => {
  it("passes the node's own check, and names each with its command and dialect", () => {
    const all = [
      ...knownAgents.map((agent) => ({ ...agent, command: agent.commands[0] ?? [] })),
      { ...fakeAgent([]), command: ["/opt/with space/node", "fake: agent", '"', "-x"] },
    ];
    const path = join(dir, "all.yaml");
    writeFileSync(path, registryText(all));
    const { targets, routes } = readRegistry(path);
    expect(
      [...targets.values()].map(({ target_id, dialect, launch, capabilities }) => ({
        name: target_id,
        dialect,
        command: launch.command,
        env: launch.env,
        requires: launch.requires.map((each) => ({
          name: each.name,
          command: each.command,
          healthcheck: each.healthcheck,
        })),
        capabilities,
      })),
    ).toEqual(
      all.map(({ name, dialect, command, env = {}, requires = [] }) => ({
        name,
        dialect,
        command,
        env,
        requires,
        capabilities: [],
      })),
    );
    expect([...routes]).toEqual([["ask", { runtime: "hermes", runtime_options: {} }]]);
  });

  it("of none is still one that a node takes", () => {
    const path = join(dir, "none.yaml");
    writeFileSync(path, registryText([]));
    expect(readRegistry(path).targets.size).toBe(0);
  });
});

describe("looking for agents", () => {
  it("takes the first command of each whose program is there, in the order of PATH", () => {
    const both = install("both", "hermes", "hermes-acp", "goose");
    const one = install("one", "hermes");
    const commands = (path: string) => findAgents(knownAgents, path).map(({ command }) => command);
    expect(commands(`${one}:${both}`)).toEqual([["hermes-acp"], ["goose", "acp"]]);
    expect(commands(one)).toEqual([["hermes", "acp"]]);
    expect(findProgram("hermes", `${one}:${both}`)).toBe(join(one, "hermes"));
    expect(commands("")).toEqual([]);
  });

  it("takes no folder and no file that can't be run for a program", () => {
    const path = install("odd", "gemini");
    chmodSync(join(path, "gemini"), 0o644);
    mkdirSync(join(path, "goose"));
    expect(findAgents(knownAgents, path)).toEqual([]);
    expect(findProgram(join(path, "gemini"), undefined)).toBeUndefined();
  });
});

describe("writing the registry", () => {
  it("makes a data directory that a node takes, and closes one that was empty", () => {
    const path = join(dir, "new", "data", "registry.yaml");
    writeRegistry(path, "a", false);
    const empty = install("empty");
    chmodSync(empty, 0o755);
    writeRegistry(join(empty, "registry.yaml"), "a", false);
    const modes = [join(dir, "new", "data"), path, empty].map((each) => statSync(each).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600, 0o700]);
  });

  it("leaves a directory with other things in it as it is, and a file that came meanwhile", () => {
    const folder = install("shared", "other");
    chmodSync(folder, 0o755);
    const path = join(folder, "registry.yaml");
    writeRegistry(path, "a", false);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
    expect(() => writeRegistry(path, "b", false)).toThrow(/EEXIST/);
    writeRegistry(path, "b", true);
  });
});
