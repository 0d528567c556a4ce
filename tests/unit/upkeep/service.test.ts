import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "#src/config.ts";
import { StartError } from "#src/errors.ts";
import { launchdAgent } from "#src/upkeep/launchd.ts";
import { type ServiceOptions, type ServiceSpec, writeService } from "#src/upkeep/service.ts";
import { finalCodes, systemdUnit } from "#src/upkeep/systemd.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "aethrolink-service-"));
});
afterEach(() => rmSync(home, { recursive: true }));

async function service(options: ServiceOptions, argv: readonly string[] = [], platform = "linux") {
  const lines: string[] = [];
  const env = { HOME: home, PATH: "/opt/a b/bin:/usr/bin", AETHROLINK_LOG_LEVEL: "warn" };
  await writeService(options, argv, env, (line) => lines.push(line), platform);
  return lines;
}

const nasty = [
  "/opt/my node",
  "--registry=/srv/100%/$HOME/\"quoted\"/back\\slash/'single'",
  "--allowed-hosts=a,<b>&c",
];
const spec = (changes: Partial<ServiceSpec> = {}): ServiceSpec => ({
  name: "aethrolink",
  command: nasty,
  dataDir: "/srv/100%",
  directory: "/srv/my work",
  environment: { PATH: "/opt/a b/bin:/usr/bin" },
  ...changes,
});

/** The words of an ExecStart, as systemd reads them. */
function wordsOf(unit: string): string[] {
  const line = /^ExecStart=(.*)$/m.exec(unit)?.[1] ?? "";
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, inner = ""], index) => {
    const text = inner.replaceAll(/\\(.)/g, "$1").replaceAll("%%", "%");
    return index === 0 ? text : text.replaceAll("$$", "$");
  });
}

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;

describe("a unit of systemd", () => {
  it("starts exactly the command, whatever its arguments hold", () => {
    expect(wordsOf(systemdUnit(spec()))).toEqual(nasty);
  });

  it("is restarted, but not for a mistake that a restart doesn't mend", () => {
    const unit = systemdUnit(spec());
    expect(unit).toMatch(/^Restart=on-failure$/m);
    expect(unit).toMatch(/^RestartPreventExitStatus=65 73 77 78$/m);
    expect(unit).toMatch(/^UMask=0077$/m);
    expect([...finalCodes]).toEqual(expect.arrayContaining([73, 78]));
  });

  it("is refused for a program that systemd would not run", () => {
    const odd = spec({ command: ['/opt/"node"'] });
    expect(() => systemdUnit(odd)).toThrow(expect.objectContaining({ exitCode: 78 }));
  });

  it.skipIf(!has("systemd-analyze"))("passes systemd's own check, and is read as it is meant", () => {
    const path = join(home, "check.service");
    const program = join(home, "a b % $c node");
    writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
    const work = join(home, "my 100% work");
    mkdirSync(work);
    writeFileSync(path, systemdUnit(spec({ command: [program, ...nasty.slice(1)], directory: work })));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--user", path], {
      encoding: "utf8",
      env: { ...process.env, XDG_RUNTIME_DIR: home },
    });
    expect({ status, about: stderr.split("\n").filter((line) => line.includes("check.service")) }).toEqual({
      status: 0,
      about: [],
    });
  });
});

describe("an agent of launchd", () => {
  it.skipIf(!has("python3"))("is a property list that says exactly the command", () => {
    const read = "import json,plistlib,sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
    const { stdout, stderr } = spawnSync("python3", ["-c", read], {
      input: launchdAgent(spec()),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      Label: "aethrolink",
      ProgramArguments: nasty,
      EnvironmentVariables: { PATH: "/opt/a b/bin:/usr/bin" },
      WorkingDirectory: "/srv/my work",
      StandardErrorPath: "/srv/100%/node.log",
      Umask: 0o077,
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 60,
      ExitTimeOut: 20,
    });
  });
});

describe("alink-node service", () => {
  it("prints the file, with absolute paths and with what the environment says; and writes nothing", async () => {
    const argv = ["--port", "8000", "--registry", "registry.yaml", "--data-dir=data"];
    const text = (await service({}, argv)).join("\n");
    const [program, script, ...flags] = wordsOf(text);
    expect([program, script]).toEqual([process.execPath, process.argv[1]]);
    expect(flags.sort()).toEqual([
      `--data-dir=${join(process.cwd(), "data")}`,
      "--log-level=warn",
      "--port=8000",
      `--registry=${join(process.cwd(), "registry.yaml")}`,
    ]);
    expect(text).toContain(`\nWorkingDirectory=${process.cwd()}\n`);
    expect(text).toContain('\nEnvironment="PATH=/opt/a b/bin:/usr/bin"\n');
    expect(existsSync(join(home, ".config"))).toBe(false);
  });

  it("runs where it was written, so that what a configuration file names is found, wherever runtimes work", async () => {
    const config = join(home, "config.yaml");
    writeFileSync(config, "work_dir: tests\nregistry: configs/registry.yaml\n");
    const text = (await service({}, ["--config", config])).join("\n");
    expect(text).toContain(`\nWorkingDirectory=${process.cwd()}\n`);
    expect(readConfig(wordsOf(text).slice(2), {})).toEqual(
      readConfig(["--config", config, "--log-level=warn"], {}),
    );
  });

  it.each([
    [
      "linux",
      ".config/systemd/user/mine.service",
      "systemctl --user daemon-reload",
      "systemctl --user enable --now mine",
    ],
    ["darwin", "Library/LaunchAgents/mine.plist", "launchctl bootstrap gui/", "mine.plist"],
  ])("writes and removes the file on %s, and says what comes next", async (platform, file, ...next) => {
    const path = join(home, file);
    const written = await service({ install: true, name: "mine" }, [], platform);
    expect(written[0]).toBe(`wrote ${path}`);
    for (const command of next) expect(written.join("\n")).toContain(command);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    const printed = await service({ name: "mine" }, [], platform);
    expect(readFileSync(path, "utf8").trimEnd()).toBe(printed.join("\n"));
    await service({ install: true, name: "mine" }, ["--port", "1"], platform); // again: replaced
    expect(readFileSync(path, "utf8")).toContain("--port=1");
    expect((await service({ uninstall: true, name: "mine" }, [], platform))[0]).toBe(`removed ${path}`);
    expect(existsSync(path)).toBe(false);
    expect((await service({ uninstall: true, name: "mine" }, [], platform))[0]).toBe(`there was no ${path}`);
  });

  it("says in one line why the file can't be written", async () => {
    symlinkSync(join(home, "unmounted"), join(home, ".config"));
    const refused = service({ install: true });
    await expect(refused).rejects.toThrow(StartError);
    await expect(refused).rejects.toMatchObject({
      exitCode: 73,
      message: expect.stringContaining("aethrolink.service can't be written"),
    });
  });

  it.each(["install", "uninstall"])("does not %s over a file that somebody else wrote", async (what) => {
    const path = join(home, ".config/systemd/user/aethrolink.service");
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "[Unit]\n");
    await expect(service({ [what]: true })).rejects.toMatchObject({ exitCode: 73 });
    expect(readFileSync(path, "utf8")).toBe("[Unit]\n");
  });

  it.each([
    [{ install: true, uninstall: true }, [], "linux", 78, /not both/],
    [{ name: "../evil" }, [], "linux", 78, /is no name/],
    [{}, ["--port", "x"], "linux", 78, /the flag --port/],
    [{}, ["--data-dir", "a\nb"], "linux", 78, /control characters/],
    [{}, [], "freebsd", 69, /nothing is known of services on freebsd/],
  ] as const)("refuses %j %j on %s", async (options, argv, platform, exitCode, message) => {
    const refused = service(options, argv, platform);
    await expect(refused).rejects.toThrow(StartError);
    await expect(refused).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
  });
});
