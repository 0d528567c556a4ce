/** `alink-cli init`: from what is installed to a registry that a node takes. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { readRegistry } from "#src/registry.ts";
import { startNode } from "../../support.ts";
import { commandFor, hasTerminal } from "./command.ts";

const made: string[] = [];
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

let dir: string;
let path: string;
let cli: ReturnType<typeof commandFor>;
let env: { PATH: string };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "aethrolink-init-"));
  made.push(dir);
  path = join(dir, "data", "registry.yaml");
  cli = commandFor(join(dir, "data"));
  env = { PATH: join(dir, "bin") };
  mkdirSync(env.PATH);
  writeFileSync(join(env.PATH, "gemini"), "#!/bin/sh\n", { mode: 0o755 });
});

it("shows the registry, writes it and says what comes next", async () => {
  const { code, out } = await cli.run(["init", "--yes"], env);
  expect(code).toBe(0);
  expect(out).toContain(readFileSync(path, "utf8"));
  expect(out).toContain(`Wrote ${path}. Next, start the node: npx alink-node; then look`);
  expect(readRegistry(path).targets.get("gemini")?.launch.command).toEqual(["gemini", "--acp"]);
});

it("replaces no file unless it is forced to", async () => {
  await cli.run(["init", "--yes"], env);
  writeFileSync(path, "mine");
  const refused = await cli.run(["init", "--yes"], env);
  expect(refused).toMatchObject({ code: 5, out: "" });
  expect(refused.err).toMatch(/registry.yaml is there already; replace it with --force/);
  expect(readFileSync(path, "utf8")).toBe("mine");
  expect((await cli.run(["init", "--yes", "--force"], env)).code).toBe(0);
  expect(readFileSync(path, "utf8")).not.toBe("mine");
});

it("writes nothing where nobody is there to ask", async () => {
  const { code, err } = await cli.run(["init"], env);
  expect(code).toBe(2);
  expect(err).toMatch(/give --yes/);
  expect(existsSync(path)).toBe(false);
});

it("without an agent says how to write one by hand, and how to try things out", async () => {
  const { code, err } = await cli.run(["init", "--yes"], { PATH: dir });
  expect(code).toBe(4);
  expect(err).toMatch(/no agent was found in PATH/);
  expect(err).toMatch(/Looked for: hermes-acp, openclaw, gemini, /);
  expect(err).toMatch(/To try things out without one: alink-cli init --fake/);
  const shown = err.slice(err.indexOf("# The targets"), err.indexOf("\nTo try things out"));
  writeFileSync(join(dir, "by-hand.yaml"), shown);
  expect([...readRegistry(join(dir, "by-hand.yaml")).targets.keys()]).toEqual(["my-agent"]);
  expect(existsSync(path)).toBe(false);
});

it("with the fake, and a node that has no registry yet, goes from nothing to an answer", async () => {
  await using node = await startNode({ dataDir: join(dir, "data") });
  expect((await cli.run(["registry-reload"])).err).toMatch(/there is no registry: write .*registry.yaml/);
  const written = await cli.run(["init", "--yes", "--fake", "--json"], { PATH: dir });
  expect(JSON.parse(written.out)).toMatchObject({
    registry: path,
    written: true,
    agents: [{ name: "echo" }],
  });
  expect(JSON.parse((await cli.run(["registry-reload"])).out)).toMatchObject({ added: ["echo"] });
  const { out } = await cli.run(["call", "--intent", "ask", "--text", "hello", "--wait"]);
  expect(JSON.parse(out)).toMatchObject({ status: "completed", result: { text: "echo: hello" } });
  expect(node.stderr()).toContain("the registry was taken over");
});

it("says to reload where a node is up", async () => {
  await using _node = await startNode({ dataDir: join(dir, "data") });
  const usual = await cli.run(["init", "--yes"], env);
  expect(usual.out).toMatch(/Next, have the node read it: alink-cli registry-reload/);
  const other = await cli.run(["init", "--yes", "--registry", join(dir, "other.yaml")], env);
  expect(other.out).toMatch(/if it was started with --registry .*other.yaml: alink-cli registry-reload/);
});

describe.runIf(hasTerminal)("at a terminal it asks", () => {
  it.each([
    ["y", true, /Wrote .*registry.yaml\. Next/],
    ["n", false, /Nothing was written\./],
    ["", false, /Nothing was written\./],
  ])("and takes %j for an answer", async (answer, written, says) => {
    const terminal = cli.terminalWith({ PATH: `${env.PATH}:${process.env["PATH"]}` }, "init");
    await terminal.shows(/Write this to .*registry.yaml\? \[y\/N\]/);
    terminal.press(`${answer}\r`);
    const { code, shown } = await terminal.end();
    expect(code).toBe(0);
    expect(shown).toMatch(says);
    expect(existsSync(path)).toBe(written);
  });
});
