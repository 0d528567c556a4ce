/**
 * docs/connect-your-agent.md: each entry of a registry on it is put into the registry of a node, and its
 * commands are run at a terminal, in order. Programs of the real ones' names stand in for them, that take
 * no other arguments than those of the page.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readRegistry } from "#src/registry.ts";
import { startCommAgent } from "../comm-agent.ts";
import { freePort } from "../free-port.ts";
import { fakeCommand, fixtureCommand } from "../programs.ts";
import { createHome, startNode } from "../support.ts";
import { type Block, blocksOf, runSteps } from "./page.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/connect-your-agent.md"), "utf8");

/** The port of OpenClaw's gateway on the page; here another may be using it. */
const usualPort = /18789/g;

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");

/** A program that obeys these arguments and no others. */
const programOf = (cases: { readonly [args: string]: string }) =>
  [
    "#!/bin/sh",
    'case "$*" in',
    ...Object.entries(cases).map(([args, command]) => `'${args}') exec ${command} ;;`),
    'esac\necho "not called so on the page: $0 $*" >&2\nexit 64\n',
  ].join("\n");

/** The directory of the programs that stand in. */
async function makePrograms(path: string, port: string): Promise<string> {
  const bin = join(path, "bin");
  mkdirSync(bin);
  const fake = async (...flags: string[]) => quoted(await fakeCommand(...flags));
  const kept = (name: string) => ["--sessions-dir", join(path, name)];
  const bridge = `acp --url ws://127.0.0.1:${port} --token-file /srv/openclaw/gateway.token`;
  const programs = {
    "hermes-acp": programOf({ "": await fake("--can", "load,resume,list", ...kept("hermes")) }),
    hermes: programOf({ "-p reviewer acp": await fake() }),
    openclaw: programOf({
      [bridge]: await fake("--can", "load,resume,list", ...kept("openclaw")),
      [`gateway --port ${port}`]: quoted(fixtureCommand("gateway", "--port", port)),
    }),
    gemini: programOf({ "--acp": await fake("--login", "gemini-api-key", ...kept("gemini")) }),
  };
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(bin, name), text, { mode: 0o755 });
  return bin;
}

interface Registry {
  readonly runtimes: { readonly [name: string]: unknown };
}

/** Puts each entry of the page into the registry at its place, over what is there. */
function stepsOf(blocks: readonly Block[], directory: string, registry: string) {
  let runtimes: Registry["runtimes"] = {};
  return blocks.map(({ language, text, printed }, n) => {
    if (language === "sh") return { commands: text, printed };
    const file = join(directory, `registry-${n}.yaml`);
    runtimes = { ...runtimes, ...(parse(text) as Registry).runtimes };
    writeFileSync(file, JSON.stringify({ runtimes }));
    return { commands: `cp ${file} ${registry}`, printed: undefined };
  });
}

test("each entry on the page is a registry that a node takes", () => {
  using home = createHome();
  const entries = blocksOf(page).filter(({ language }) => language === "yaml");
  const names = entries.map(({ text }) => {
    writeFileSync(home.registry, text);
    return [...readRegistry(home.registry).targets.values()].map(
      ({ target_id, dialect }) => `${target_id} ${dialect}`,
    );
  });
  expect(names.flat()).toEqual([
    "research hermes",
    "research hermes",
    "desk openclaw",
    "gemini generic",
    "helper generic",
    "remote acp",
    "own acp",
  ]);
});

test.skipIf(process.platform !== "linux")("its commands print what it says", async () => {
  using home = createHome();
  const port = String(await freePort());
  const path = [
    await makePrograms(home.path, port),
    join(root, "node_modules/.bin"),
    process.env["PATH"],
  ].join(delimiter);
  const dataDir = join(home.path, ".aethrolink");
  await using server = await startCommAgent("--secret", "the-secret");
  const env = { PATH: path, HOME: home.path, REMOTE_AUTH: "Bearer the-secret" };
  await using node = await startNode({ dataDir, env });
  const ports = page.replaceAll(usualPort, port).replaceAll("9103", String(await freePort()));
  const blocks = blocksOf(ports.replaceAll("9102", String(server.port)));
  const steps = stepsOf(blocks, home.path, join(dataDir, "registry.yaml"));
  runSteps(steps, { home: home.path, cwd: home.path, path, why: node.stderr });
});
