import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readConfig } from "#src/config.ts";
import { StartError } from "#src/errors.ts";
import { readRegistry } from "#src/registry.ts";

const dir = mkdtempSync(join(tmpdir(), "aethrolink-config-"));
afterAll(() => rmSync(dir, { recursive: true }));

let files = 0;
function file(text: string): string {
  const path = join(dir, `${files++}.yaml`);
  writeFileSync(path, text);
  return path;
}

/** What a start that fails says, without the file's path, and its exit code. */
function refusal(act: () => unknown): { exit: number; says: string[] } {
  try {
    act();
  } catch (thrown) {
    if (!(thrown instanceof StartError)) throw thrown;
    return {
      exit: thrown.exitCode,
      says: thrown.message.split("\n").map((line) => line.replaceAll(/\/\S*\/\d+\.yaml/g, "FILE")),
    };
  }
  throw new Error("it was not refused");
}

const empty = ["--data-dir", dir];

describe("the configuration", () => {
  it("has defaults for everything", () => {
    expect(readConfig(empty, {})).toMatchObject({
      host: "127.0.0.1",
      port: 7777,
      dataDir: dir,
      database: join(dir, "aethrolink.db"),
      artifactDir: join(dir, "artifacts"),
      registry: null,
      auth: true,
      durability: "full",
      logLevel: "info",
      timeoutMs: 3_600_000,
    });
  });

  it("takes flags before the environment, the environment before the file, the file before the defaults", () => {
    const config = file("port: 1001\nhost: localhost\nlog_level: warn\ntimeout_ms: null\n");
    const env = { AETHROLINK_PORT: "1002", AETHROLINK_HOST: "127.0.0.2" };
    const read = readConfig([...empty, "--config", config, "--port", "1003"], env);
    expect(read).toMatchObject({
      port: 1003,
      host: "127.0.0.2",
      logLevel: "warn",
      auth: true,
      timeoutMs: null,
    });
  });

  it("understands a database as sqlite:// and a path, or a path", () => {
    const database = (text: string) => readConfig([...empty, "--database", text], {}).database;
    expect(database("sqlite:///srv/a.db")).toBe("/srv/a.db");
    expect(database("/srv/b.db")).toBe("/srv/b.db");
    expect(database("sqlite://c.db")).toBe(join(process.cwd(), "c.db"));
  });

  it.each([
    [["--prt", "1"], {}, ["Unknown option '--prt'; see alink-node --help"]],
    [["--port", "x"], {}, ["the flag --port: Invalid input: expected number, received NaN"]],
    [["--port", "70000"], {}, ["the flag --port: Too big: expected number to be <=65535"]],
    [
      ["--durability", "maybe"],
      {},
      ['the flag --durability: Invalid option: expected one of "full"|"normal"'],
    ],
    [
      [],
      { AETHROLINK_AUTH: "off" },
      ['the environment\'s AETHROLINK_AUTH: Invalid option: expected one of "token"|"none"'],
    ],
    [
      ["--database", "postgres://x"],
      {},
      ["database: postgres://x is not understood; give sqlite:// and a path"],
    ],
    [["--config", file("port: 1\nprt: 2\n")], {}, ["FILE:2:1: prt: is not known here"]],
    [["--config", file("port: [1\n")], {}, [expect.stringMatching(/^FILE:\d:\d+: /)]],
    [["--config", join(dir, "none.yaml")], {}, [expect.stringContaining("can't be read")]],
  ])("refuses %j %j", (flags, env, says) => {
    expect(refusal(() => readConfig([...empty, ...flags], env as Record<string, string>))).toEqual({
      exit: 78,
      says,
    });
  });

  it("refuses to listen where other machines can reach it", () => {
    const { exit, says } = refusal(() => readConfig([...empty, "--host", "0.0.0.0"], {}));
    expect(exit).toBe(78);
    expect(says[0]).toMatch(/^host: 0.0.0.0 can be reached from other machines/);
  });
});

const target = "runtimes:\n  a:\n    adapter: acp\n    launch: { command: [agent] }\n";

describe("the registry", () => {
  it("gives targets and routes, with every default", () => {
    const { targets, routes } = readRegistry(
      file(`${target}    capabilities: [x]\nroutes:\n  y: { runtime: a }\n`),
    );
    expect(targets.get("a")).toMatchObject({
      display_name: "a",
      dialect: "generic",
      launch: { mode: "managed", command: ["agent"], timeout_ms: 60_000 },
      permissions: "ask",
      sticky_mode: "conversation",
      max_concurrency: null,
      capabilities: ["x"],
    });
    expect(routes.get("y")).toEqual({ runtime: "a", runtime_options: {} });
  });

  it("takes goose as a generic agent", () => {
    expect(
      readRegistry(file(target.replace("adapter: acp", "adapter: acp\n    dialect: goose"))).targets.get("a")
        ?.dialect,
    ).toBe("generic");
  });

  it.each([
    ["runtimes:\n  a: {\n", /^FILE:\d:\d+: /],
    ["runtimes:\n  A:\n    adapter: acp\n    launch: { command: [x] }\n", /^FILE:2:3: runtimes.A: /],
    [
      "runtimes:\n  self:\n    adapter: acp\n    launch: { command: [x] }\n",
      /^FILE:2:3: runtimes.self: is reserved/,
    ],
    [`${target}    lunch: 3\n`, /^FILE:5:5: runtimes.a.lunch: is not known here/],
    [`${target}    max_concurrency: 0\n`, /^FILE:5:5: runtimes.a.max_concurrency: Too small/],
    [`${target}routes:\n  x: { runtime: b }\n`, /^FILE:6:8: routes.x.runtime: there is no runtime b/],
    [
      target.replace("acp", "acp_http"),
      /^FILE:3:5: runtimes.a.adapter: must be acp; acp_http, a2a and gateway are not in this version/,
    ],
    [
      target.replace("{ command", "{ mode: external, command"),
      /^FILE:4:15: runtimes.a.launch.mode: must be managed/,
    ],
    [target.replace("command: [agent]", "timeout_ms: 5"), /^FILE:4:5: runtimes.a.launch.command: is missing/],
    [
      target.replace("command: [agent]", "command: agent --acp"),
      /^FILE:4:15: runtimes.a.launch.command: .*expected array/,
    ],
    ["a\n", /^FILE:1:1: .*expected object/],
  ])("refuses %j with line and column", (text, says) => {
    const refused = refusal(() => readRegistry(file(text)));
    expect(refused.exit).toBe(78);
    expect(refused.says).toHaveLength(1);
    expect(refused.says[0]).toMatch(says);
  });

  it("tells all mistakes at once", () => {
    expect(refusal(() => readRegistry(file(`${target}    b: 1\n    c: 2\n`))).says).toHaveLength(2);
  });
});
