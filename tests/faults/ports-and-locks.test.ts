/** Why a node doesn't start: one clear line for each mistake, an exit code, and nothing left running. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { fixtureCommand } from "../programs.ts";
import { createHome, type StartOptions, spawnNode, startNode } from "../support.ts";

const name = "alink-node: ";

/** Starts a node that can't; gives its exit code and what it said, a line each. */
async function refused(options: StartOptions): Promise<{ code: number | null; lines: string[] }> {
  const node = await spawnNode(options);
  const { code } = await node.exited;
  expect(node.stdout()).toBe("");
  const said = node.stderr();
  expect(said.startsWith(name)).toBe(true);
  expect(existsSync(join(options.dataDir, "node.json"))).toBe(false);
  return { code, lines: said.slice(name.length).trimEnd().split("\n") };
}

/** A user that may not write what root owns. */
const nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];

describe("a node that can't listen", () => {
  test("exits with 69 when its port is taken, and its data directory is free again", async () => {
    using home = createHome();
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const { code, lines } = await refused({ ...home, args: ["--port", port] });
    other.close();
    expect({ code, lines }).toEqual({
      code: 69,
      lines: [expect.stringContaining(`127.0.0.1:${port} is taken`)],
    });
    await using node = await startNode(home);
    expect((await node.call("GET", "/healthz")).status).toBe(200);
  });

  test("exits with 69 at an address that isn't one of this machine", async () => {
    using home = createHome();
    const { code, lines } = await refused({ ...home, args: ["--host", "127.0.0.1.nowhere.localhost"] });
    expect(lines).toHaveLength(1);
    expect([69, 78]).toContain(code);
  });

  test.skipIf(process.platform !== "linux")(
    "exits with 69 also where it asked for one port of it",
    async () => {
      using home = createHome();
      // An address that no machine has (RFC 5737), so that others could reach it.
      const args = ["--host", "192.0.2.1", "--port", "18778", "--peer-allow-plain-http", "true"];
      const { code, lines } = await refused({ ...home, args });
      expect({ code, lines }).toEqual({
        code: 69,
        lines: [expect.stringContaining("no address of this machine")],
      });
    },
  );

  test("exits with 78 at an address that others can reach", async () => {
    using home = createHome();
    const { code, lines } = await refused({ ...home, args: ["--host", "0.0.0.0"] });
    expect({ code, lines }).toEqual({ code: 78, lines: [expect.stringContaining("0.0.0.0")] });
  });
});

describe("a node that can't have its data directory", () => {
  test("exits with 73 when another node has it, which goes on undisturbed", async () => {
    using home = createHome();
    await using node = await startNode(home);
    const second = await spawnNode(home);
    expect((await second.exited).code).toBe(73);
    expect(second.stderr()).toBe(
      `${name}another node uses ${home.dataDir}; stop it, or give --data-dir another directory\n`,
    );
    expect(JSON.parse(readFileSync(join(home.dataDir, "node.json"), "utf8"))).toMatchObject({
      pid: node.pid,
    });
    expect((await node.call("GET", "/v1/tasks")).status).toBe(200);
  });

  test("exits with 73 when another node has its database, from another data directory", async () => {
    using home = createHome();
    using other = createHome();
    await using _node = await startNode(home);
    const database = `sqlite://${join(home.dataDir, "aethrolink.db")}`;
    const { code, lines } = await refused({ ...other, args: ["--database", database] });
    expect({ code, lines }).toEqual({ code: 73, lines: [expect.stringContaining("another node uses")] });
  });

  test.skipIf(process.getuid?.() !== 0)("exits with 77 when it may not write there", async () => {
    using home = createHome();
    chmodSync(home.path, 0o755);
    mkdirSync(home.dataDir, { mode: 0o700 });
    const { code, lines } = await refused({ ...home, wrap: nobody });
    expect({ code, lines }).toEqual({ code: 77, lines: [expect.stringContaining(home.dataDir)] });
  });

  test("exits with 77 or 73 when its path is a file", async () => {
    using home = createHome();
    writeFileSync(home.dataDir, "");
    const { code, lines } = await refused(home);
    expect(lines).toEqual([expect.stringContaining(home.dataDir)]);
    expect([73, 77]).toContain(code);
  });

  test.each([
    ["it is a directory", (path: string) => mkdirSync(path)],
    ["its disk is full", (path: string) => symlinkSync("/dev/full", path)],
  ])(
    "exits with 73 and names the file when it can't tell where it answers: %s; whatever else is still open",
    async (_why, put) => {
      using home = createHome();
      mkdirSync(home.dataDir, { mode: 0o700 });
      const about = join(home.dataDir, "node.json");
      put(about);
      const node = await spawnNode({ ...home, preload: ["data:text/javascript,setInterval(()=>{},1000)"] });
      expect((await node.exited).code).toBe(73);
      expect(node.stderr()).toMatch(/^.*\n$/);
      expect(node.stderr()).toContain(`${name}${about} can't be written`);
      rmSync(about, { recursive: true, force: true });
      await using _after = await startNode(home);
    },
  );

  test("exits with 65 when its database is newer, and leaves it as it was", async () => {
    using home = createHome();
    await (await startNode(home)).stop();
    const path = join(home.dataDir, "aethrolink.db");
    const database = new Database(path);
    database.pragma("user_version = 4000");
    database.close();
    const before = readFileSync(path);
    const { code, lines } = await refused(home);
    expect({ code, lines }).toEqual({ code: 65, lines: [expect.stringContaining("newer AethroLink")] });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("exits with 65 when its database is none", async () => {
    using home = createHome();
    mkdirSync(home.dataDir, { mode: 0o700 });
    writeFileSync(
      join(home.dataDir, "aethrolink.db"),
      "this is no database, but long enough to be one".repeat(50),
    );
    const { code, lines } = await refused(home);
    expect({ code, lines }).toEqual({ code: 65, lines: [expect.stringContaining("is no SQLite database")] });
  });
});

describe("a node whose settings are wrong", () => {
  test("exits with 78 with a line, its place in it, for each mistake in the registry, and starts nothing", async () => {
    using home = createHome();
    writeFileSync(
      home.registry,
      "runtimes:\n  one:\n    adapter: nonsense\n    launch: { command: [x] }\n  two:\n    adapter: acp\n    luanch: {}\n    launch: { command: [] }\n",
    );
    const { code, lines } = await refused(home);
    expect(code).toBe(78);
    expect(lines).toEqual([
      expect.stringContaining(`${home.registry}:3:`),
      expect.stringContaining(`${home.registry}:8:`),
      expect.stringContaining(`${home.registry}:7:`),
    ]);
    expect(existsSync(home.dataDir)).toBe(false);
  });

  test.each([
    ["broken YAML", "runtimes:\n  one: [", ":2:"],
    ["a route to nowhere", "routes:\n  a.b:\n    runtime: gone\n", ":3:5"],
    ["a name that can't be one", "runtimes:\n  'Not A Name':\n    adapter: acp\n", ":2:3"],
    ["a list where a map belongs", "- one\n", ":1:1"],
  ])("exits with 78 and the place of %s in the registry", async (_what, text, place) => {
    using home = createHome();
    writeFileSync(home.registry, text);
    const { code, lines } = await refused(home);
    expect(code).toBe(78);
    expect(lines[0]).toContain(home.registry + place);
  });

  test("exits with 78 when its registry isn't there", async () => {
    using home = createHome();
    const { code, lines } = await refused({ ...home, registry: join(home.path, "absent.yaml") });
    expect({ code, lines }).toEqual({ code: 78, lines: [expect.stringContaining("absent.yaml")] });
  });

  test("exits with 78 and the place of a mistake in its configuration file", async () => {
    using home = createHome();
    const config = join(home.path, "config.yaml");
    writeFileSync(config, "log_level: info\nprot: 7777\n");
    const { code, lines } = await refused({ ...home, args: ["--config", config] });
    expect({ code, lines }).toEqual({ code: 78, lines: [expect.stringContaining(`${config}:2:1: prot`)] });
  });

  test.each([
    [["--prot", "1"], "--prot"],
    [["--port"], "--port"],
    [["--port", "many"], "--port"],
    [["--port", "70000"], "--port"],
    [["--auth", "maybe"], "--auth"],
    [["stray"], "stray"],
    [["--database", "postgres://x"], "postgres://x"],
    [["--database", "sqlite://:memory:"], ":memory:"],
  ])("exits with 78 and one line for the flags %j", async (args, named) => {
    using home = createHome();
    const { code, lines } = await refused({ ...home, args });
    expect({ code, lines }).toEqual({ code: 78, lines: [expect.stringContaining(named)] });
  });

  test("exits with 78 and the variable's name for a mistake in the environment", async () => {
    using home = createHome({ agent: { command: fixtureCommand("deaf") } });
    const { code, lines } = await refused({ ...home, env: { AETHROLINK_DURABILITY: "some" } });
    expect({ code, lines }).toEqual({
      code: 78,
      lines: [expect.stringContaining("AETHROLINK_DURABILITY")],
    });
  });
});

test("a node whose certificate is none exits with 78", async () => {
  using home = createHome();
  const junk = join(home.path, "junk.pem");
  writeFileSync(junk, "-----BEGIN NONSENSE-----\n");
  const { code, lines } = await refused({ ...home, args: ["--tls-cert", junk, "--tls-key", junk] });
  expect({ code, lines }).toEqual({ code: 78, lines: [expect.stringContaining(`tls: ${junk}`)] });
});
