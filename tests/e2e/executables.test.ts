/** How the executables and the scripts of package.json start, pass signals on, and end. */
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { createHome } from "../support.ts";
import { findOlderNode } from "./older-node.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const launcher = join(root, "cli/bin/alink-node.mjs");
const bootstrap = join(root, "configs/bootstrap.mjs");
const options = { reject: false, stdin: "ignore" } as const;

const olderNode = findOlderNode();

async function says({ stdout }: { readonly stdout: Readable }, pattern: RegExp): Promise<void> {
  let text = "";
  await new Promise<void>((resolve, reject) => {
    stdout.on("data", (chunk) => {
      text += String(chunk);
      if (pattern.test(text)) resolve();
    });
    stdout.once("end", () => reject(new Error(`it ended, and said ${JSON.stringify(text)}`)));
  });
}

const startDemo = (scratch: string) =>
  execa(process.execPath, [join(root, "configs/demo.ts")], { ...options, env: { TMPDIR: scratch } });

const pidIn = (dataDir: string): number => JSON.parse(readFileSync(join(dataDir, "node.json"), "utf8")).pid;

describe.skipIf(olderNode === undefined)("alink-node under an older Node", () => {
  const start = (...flags: string[]) => execa(olderNode ?? "", [launcher, "--port", "0", ...flags], options);

  it("goes on under the Node that comes with it, and stops with it at a signal", async () => {
    using home = createHome();
    const program = start("--data-dir", home.dataDir);
    await says(program, / answers at /);
    expect(pidIn(home.dataDir)).not.toBe(program.pid);
    program.kill("SIGTERM");
    const { exitCode, stderr } = await program;
    expect({ exitCode, stopped: stderr.includes('"stopped"') }).toEqual({ exitCode: 0, stopped: true });
  });

  it("ends by the signal that ended it", async () => {
    using home = createHome();
    const program = start("--data-dir", home.dataDir);
    await says(program, / answers at /);
    process.kill(pidIn(home.dataDir), "SIGKILL");
    expect(await program).toMatchObject({ signal: "SIGKILL" });
  });

  it("keeps its exit code", async () => {
    expect(await start("--nonsense")).toMatchObject({ exitCode: 78 });
  });
});

describe("an executable that isn't built", () => {
  it.each(["alink-cli", "alink-node", "fake-acp-client-agent", "fake-acp-comm-agent"])(
    "%s says so in one line",
    async (name) => {
      using home = createHome();
      cpSync(join(root, "cli/bin"), join(home.path, "bin"), { recursive: true });
      const { exitCode, stderr } = await execa(
        process.execPath,
        [join(home.path, "bin", `${name}.mjs`)],
        options,
      );
      expect({ exitCode, stderr }).toEqual({
        exitCode: 69,
        stderr: `${name}: it is not built yet; run npm run build in the clone`,
      });
    },
  );
});

describe("the scripts of package.json", () => {
  it("say which there are", async () => {
    const { exitCode, stderr } = await execa(process.execPath, [bootstrap, "strat"], options);
    expect(exitCode).toBe(69);
    expect(stderr).toMatch(/^\[aethrolink\] there is nothing named "strat"; there are: build, demo, start, /);
  });

  it("work from any directory, pass flags on, and keep the exit code", async () => {
    using home = createHome();
    const args = [bootstrap, "start", "--nonsense"];
    const { exitCode, stderr } = await execa(process.execPath, args, { ...options, cwd: home.path });
    expect(exitCode).toBe(78);
    expect(stderr).toContain("alink-node: Unknown option '--nonsense'");
  });

  it.skipIf(!existsSync("/usr/bin/script"))("stop a node gracefully at Ctrl-C in a terminal", async () => {
    using home = createHome();
    // By exec: a shell that stays in between would end by the Ctrl-C itself, and its code would be told.
    const line = `exec '${process.execPath}' '${bootstrap}' start --port 0 --data-dir '${home.dataDir}'`;
    const options = { reject: false, env: { SHELL: "/bin/sh" } };
    const terminal = execa("script", ["-qefc", line, "/dev/null"], options);
    await says(terminal, / answers at /);
    terminal.stdin.write("\x03");
    const { exitCode, stdout } = await terminal;
    expect(stdout).toContain("stopped");
    expect(exitCode).toBe(0);
  });

  it.each([
    ["starting", /A node starts/],
    ["showing", /The answer/],
  ])("leave nothing of a demo that is ended while %s", async (_, pattern) => {
    using home = createHome();
    const demo = startDemo(home.path);
    await says(demo, pattern);
    demo.kill("SIGTERM");
    expect(await demo).toMatchObject({ exitCode: 1, stderr: "the demo was interrupted" });
    expect(readdirSync(home.path)).toEqual(["registry.yaml"]);
  });

  it("leave nothing of a demo whose reader goes away", async () => {
    using home = createHome();
    const demo = startDemo(home.path);
    await says(demo, /The answer/);
    demo.stdout.destroy();
    expect((await demo).exitCode).toBe(1);
    expect(readdirSync(home.path)).toEqual(["registry.yaml"]);
  });
});
