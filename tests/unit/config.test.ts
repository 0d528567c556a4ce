import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
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
      keepDays: null,
    });
  });

  it("takes flags before the environment, the environment before the file, the file before the defaults", () => {
    const config = file("port: 1001\nhost: localhost\nlog_level: warn\ntimeout_ms: null\nkeep_days: 7\n");
    const env = { AETHROLINK_PORT: "1002", AETHROLINK_HOST: "127.0.0.2", AETHROLINK_KEEP_DAYS: "30" };
    const read = readConfig([...empty, "--config", config, "--port", "1003"], env);
    expect(read).toMatchObject({
      port: 1003,
      host: "127.0.0.2",
      logLevel: "warn",
      auth: true,
      timeoutMs: null,
      keepDays: 30,
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
    [["--port", "x"], {}, ["the flag --port: Invalid input: expected number, received string"]],
    [["--port", ""], {}, ["the flag --port: Invalid input: expected number, received string"]],
    [["--port", "0x10"], {}, ["the flag --port: Invalid input: expected number, received string"]],
    [["--keep-days", "0"], {}, ["the flag --keep-days: Too small: expected number to be >=1"]],
    [
      ["--timeout-ms", "soon"],
      {},
      ["the flag --timeout-ms: Invalid input: expected number, received string"],
    ],
    [
      ["here"],
      {},
      ["Unexpected argument 'here'. This command does not take positional arguments; see alink-node --help"],
    ],
    [["--database", ":memory:"], {}, [expect.stringMatching(/^database: :memory: is no file/)]],
    [
      ["--port", "x", "--auth", "y"],
      {},
      [expect.stringMatching(/^the flag --port/), expect.stringMatching(/^the flag --auth/)],
    ],
    [
      ["--config", file("port: true\n")],
      {},
      ["FILE:1:1: port: Invalid input: expected number, received boolean"],
    ],
    [
      ["--config", file("port: null\n")],
      {},
      ["FILE:1:1: port: Invalid input: expected number, received null"],
    ],
    [["--config", file("port: 1.5\n")], {}, ["FILE:1:1: port: Invalid input: expected int, received number"]],
    [
      ["--config", file("timeout_ms: true\n")],
      {},
      ["FILE:1:1: timeout_ms: Invalid input: expected number, received boolean"],
    ],
    [
      ["--config", file("allowed_hosts: [a, 1]\n")],
      {},
      ["FILE:1:20: allowed_hosts.1: Invalid input: expected string, received number"],
    ],
    [["--config", file("- a\n")], {}, [expect.stringMatching(/^FILE:1:1: .*expected object/)]],
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

  it("takes an empty variable as none, and lists as texts with commas", () => {
    const env = {
      AETHROLINK_PORT: "",
      AETHROLINK_ALLOWED_HOSTS: " a.example , b.example,",
      AETHROLINK_TIMEOUT_MS: "none",
    };
    expect(readConfig(empty, env)).toMatchObject({
      port: 7777,
      allowedHosts: ["a.example", "b.example"],
      timeoutMs: null,
    });
  });

  it("finds config.yaml and registry.yaml in the data directory, and takes an empty file as none", () => {
    const home = mkdtempSync(join(dir, "home-"));
    writeFileSync(join(home, "config.yaml"), "port: 5\n");
    writeFileSync(join(home, "registry.yaml"), "");
    const read = readConfig(["--data-dir", home], {});
    expect(read).toMatchObject({ port: 5, registry: join(home, "registry.yaml") });
    expect(readRegistry(join(home, "registry.yaml"))).toEqual({ targets: new Map(), routes: new Map() });
    expect(readConfig(["--config", file("# nothing\n")], { AETHROLINK_DATA_DIR: home }).port).toBe(7777);
    expect(readConfig(["--data-dir", home], { AETHROLINK_CONFIG: file("port: 6\n") }).port).toBe(6);
  });

  it("takes paths from where it was started, and ~ as the home directory", () => {
    const read = readConfig(["--data-dir", "~/x", "--artifact-dir", "here", "--host", "[::1]"], {});
    expect(read).toMatchObject({
      dataDir: join(homedir(), "x"),
      artifactDir: join(process.cwd(), "here"),
      host: "::1",
    });
  });

  it("can't be changed", () => {
    const read = readConfig(empty, {});
    expect(() => Object.assign(read, { port: 1 })).toThrow(TypeError);
  });

  it.each([
    [["--tls-cert", "c.pem", "--tls-key", "k.pem"], {}],
    [["--tls-proxy", "true"], {}],
    [[], { AETHROLINK_PEERS_ALLOW_PLAIN_HTTP: "true" }],
  ])("lets other machines in with %j %j, and never without tokens", (flags, env) => {
    const all = [...empty, "--host", "0.0.0.0", ...flags];
    expect(readConfig(all, env)).toMatchObject({ host: "0.0.0.0", auth: true });
    expect(refusal(() => readConfig([...all, "--auth", "none"], env)).exit).toBe(78);
  });

  it("takes the settings of a group from file, environment and flags, each by itself", () => {
    const config = file("peers: { allow_unsigned: true, sync_interval: 5m }\ntls: { proxy: true }\n");
    const env = { AETHROLINK_PEERS_ALLOW_PLAIN_HTTP: "true" };
    const read = (...flags: string[]) => readConfig([...empty, "--config", config, ...flags], env).peers;
    expect(read()).toEqual({ allowUnsigned: true, allowPlainHttp: true, syncIntervalMs: 300_000 });
    expect(read("--peer-sync-interval", "0", "--peer-allow-unsigned", "false")).toEqual({
      allowUnsigned: false,
      allowPlainHttp: true,
      syncIntervalMs: 0,
    });
    expect(refusal(() => read("--peer-sync-interval", "soon")).says).toEqual([
      "the flag --peer-sync-interval: must be a time as 30s or 5m, or 0",
    ]);
    expect(refusal(() => readConfig([...empty, "--tls-cert", "c.pem"], {})).says).toEqual([
      expect.stringMatching(/^tls: a certificate and its key belong together/),
    ]);
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
      launch: {
        mode: "managed",
        command: ["agent"],
        timeout_ms: 60_000,
        idle_timeout_ms: 300_000,
        requires: [],
      },
      permissions: "ask",
      sticky_mode: "conversation",
      max_concurrency: null,
      queue: 10_000,
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
    [`${target}    queue: 0\n`, /^FILE:5:5: runtimes.a.queue: Too small/],
    [`${target}routes:\n  x: { runtime: b }\n`, /^FILE:6:8: routes.x.runtime: there is no runtime b/],
    [
      target.replace("acp", "acp_http"),
      /^FILE:2:3: runtimes.a.endpoint: is missing/,
      /^FILE:4:15: runtimes.a.launch.command: is only for a server that the node starts/,
    ],
    [
      target.replace("{ command", "{ mode: external, command"),
      /^FILE:4:15: runtimes.a.launch.mode: must be managed or on_demand; external is for/,
    ],
    [target.replace("command: [agent]", "timeout_ms: 5"), /^FILE:4:5: runtimes.a.launch.command: is missing/],
    [
      target.replace("command: [agent]", "command: agent --acp"),
      /^FILE:4:15: runtimes.a.launch.command: .*expected array/,
    ],
    ["a\n", /^FILE:1:1: .*expected object/],
    ["runtimes: 3\n", /^FILE:1:1: runtimes: .*expected (object|record)/],
    ["runtimes:\n  a: {}\n", /^FILE:2:3: runtimes.a.adapter: /],
    ["runtimes:\n  a: { adapter: acp }\n", /^FILE:2:3: runtimes.a.launch: is missing/],
    ["runtimes:\n  a:\n    adapter: acp\n    adapter: acp\n", /^FILE:4:5: .*unique/],
    [target.replace("adapter: acp", "adapter: a2a"), /^FILE:3:5: runtimes.a.adapter: must be acp/],
    [target.replace("adapter: acp", "adapter: gateway"), /^FILE:3:5: runtimes.a.adapter: must be acp/],
    [
      target.replace("{ command", "{ idle_timeout_ms: 0, command"),
      /^FILE:4:15: runtimes.a.launch.idle_timeout_ms: Too small/,
    ],
    [
      `${target}    requires: [{ name: g, command: [g] }]\n`,
      /^FILE:5:16: runtimes.a.requires.0.healthcheck: must be an http or https URL/,
    ],
    [
      `${target}    requires: [{ name: g, command: [g], healthcheck: "ws://127.0.0.1:1/" }]\n`,
      /^FILE:5:41: runtimes.a.requires.0.healthcheck: must be an http or https URL/,
    ],
    [
      `${target}    requires: [{ name: g, command: [], healthcheck: "http://h/", port: 1 }]\n`,
      /^FILE:5:27: runtimes.a.requires.0.command: must name a program/,
      /^FILE:5:66: runtimes.a.requires.0.port: is not known here/,
    ],
    [
      `${target}    requires:\n      - { name: g, command: [g], healthcheck: "http://h/" }\n      - { name: g, command: [h], healthcheck: "http://h/" }\n`,
      /^FILE:7:11: runtimes.a.requires.1.name: g is named twice/,
    ],
    [target.replace("[agent]", "[]"), /^FILE:4:15: runtimes.a.launch.command: must name a program/],
    [target.replace("[agent]", "[agent], cwd: here"), /^FILE:4:33: runtimes.a.launch.cwd: must be absolute/],
    [
      target.replace("[agent]", "[agent], env: { A: 1 }"),
      /^FILE:4:40: runtimes.a.launch.env.A: .*expected string/,
    ],
    [
      target.replace("command: [agent]", 'commands: { "Two words": [x] }'),
      /^FILE:4:27: runtimes.a.launch.commands.Two words: /,
    ],
    [
      `${target}    endpoint: http://127.0.0.1:1\n`,
      /^FILE:5:5: runtimes.a.endpoint: is only for the adapter acp_http/,
    ],
    [`${target}    dialect: claude\n`, /^FILE:5:5: runtimes.a.dialect: /],
    [`${target}    timeout_ms: 0\n`, /^FILE:5:5: runtimes.a.timeout_ms: Too small/],
    [`${target}    capabilities: [x, ""]\n`, /^FILE:5:23: runtimes.a.capabilities.1: Too small/],
    [
      `${target}    defaults: { executor: "Not a name" }\n`,
      /^FILE:5:17: runtimes.a.defaults.executor: must be/,
    ],
    [`${target}exports: [a]\n`, /^FILE:5:1: exports: is not known here/],
    [`${target}export: [No Name]\n`, /^FILE:5:10: export.0: must match/],
    [`${target}routes:\n  x: a\n`, /^FILE:6:3: routes.x: .*expected object/],
    ["--- 1\n--- 2\n", /^FILE:\d:\d: .*documents/],
  ])("refuses %j with line and column", (text, ...says) => {
    const refused = refusal(() => readRegistry(file(text)));
    expect(refused).toEqual({ exit: 78, says: says.map((said) => expect.stringMatching(said)) });
  });

  it("gives a target all that its entry says", () => {
    const text = `runtimes:
  a:
    adapter: acp
    dialect: hermes
    display_name: Research
    launch: { mode: on_demand, commands: { small: [agent, --small] }, env: { A: b }, cwd: /srv, timeout_ms: 5, idle_timeout_ms: 6 }
    requires:
      - { name: gateway, command: [openclaw, gateway], healthcheck: "http://127.0.0.1:18789/readyz" }
      - { name: other, command: [o], env: { C: d }, healthcheck: "https://o/", timeout_ms: 7, cwd: /srv/o }
    defaults: { executor: small }
    permissions: deny
    sticky_mode: thread
    max_concurrency: 4
    queue: 100
    timeout_ms: null
`;
    expect(readRegistry(file(text)).targets.get("a")).toMatchObject({
      target_id: "a",
      display_name: "Research",
      dialect: "hermes",
      launch: {
        mode: "on_demand",
        command: null,
        commands: { small: ["agent", "--small"] },
        env: { A: "b" },
        cwd: "/srv",
        timeout_ms: 5,
        idle_timeout_ms: 6,
        requires: [
          {
            name: "gateway",
            command: ["openclaw", "gateway"],
            env: {},
            cwd: null,
            healthcheck: "http://127.0.0.1:18789/readyz",
            timeout_ms: 60_000,
          },
          {
            name: "other",
            command: ["o"],
            env: { C: "d" },
            cwd: "/srv/o",
            healthcheck: "https://o/",
            timeout_ms: 7,
          },
        ],
      },
      defaults: { executor: "small" },
      permissions: "deny",
      sticky_mode: "thread",
      max_concurrency: 4,
      queue: 100,
      timeout_ms: null,
      owner: "local",
      source: "registry",
    });
  });

  it("that can't be read is refused", () => {
    const { exit, says } = refusal(() => readRegistry(join(dir, "none.yaml")));
    expect({ exit, says }).toEqual({ exit: 78, says: [expect.stringMatching(/none.yaml can't be read/)] });
  });

  it("tells all mistakes at once", () => {
    expect(refusal(() => readRegistry(file(`${target}    b: 1\n    c: 2\n`))).says).toHaveLength(2);
  });
});
