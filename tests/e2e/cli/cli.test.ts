import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeCommand } from "../../programs.ts";
import { createHome, type Home, startNode, type TestNode } from "../../support.ts";

const program = fileURLToPath(new URL("../../../cli/bin/alink-cli.mjs", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "aethrolink-cli-"));
let home: Home;
let node: TestNode;

beforeAll(async () => {
  home = createHome({
    agent: { command: await fakeCommand(), more: { capabilities: ["test.run", "test.other"] } },
    missing: { command: ["/nowhere/agent"], more: { capabilities: ["test.missing"] } },
  });
  node = await startNode(home);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  home[Symbol.dispose]();
  rmSync(scratch, { recursive: true });
});

interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("AETHROLINK_")),
);

async function run(args: readonly string[], env: object = {}): Promise<Ran> {
  const options = {
    env: { ...clean, AETHROLINK_DATA_DIR: home.dataDir, ...env },
    extendEnv: false,
    reject: false,
  };
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], options);
  return { code: exitCode, out: stdout, err: stderr };
}

const json = async <T = Record<string, unknown>>(...args: string[]) => JSON.parse((await run(args)).out) as T;

/** The same as a person at a terminal sees it. */
async function onTerminal(...args: string[]): Promise<string> {
  const quoted = [process.execPath, program, ...args].map((word) => `'${word}'`).join(" ");
  const env = { ...clean, AETHROLINK_DATA_DIR: home.dataDir };
  const { stdout } = await execa("script", ["-qefc", quoted, "/dev/null"], {
    env,
    extendEnv: false,
    reject: false,
  });
  return stdout;
}

const call = (...more: string[]) => run(["call", "--target", "agent", "--intent", "test.run", ...more]);
const payload = (mode: string, more: object = {}) => ["--payload", JSON.stringify({ mode, ...more })];

describe("alink-cli call", () => {
  it("answers with the accepted task and its links", async () => {
    const { code, out } = await call("--text", "hello");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      task: { sender: "local", payload: { text: "hello" } },
      links: {},
    });
  });

  it("waits for the end with --wait, and lets the node wait with --sync", async () => {
    for (const flag of ["--wait", "--sync"]) {
      const { code, out } = await call("--text", "hello", flag);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ status: "completed", result: { text: "echo: hello" } });
    }
  });

  it("prints each event in a line with --follow, up to the last one", async () => {
    const { code, out } = await call("--text", "hello", "--follow");
    const events = out.split("\n").map((line) => JSON.parse(line) as { seq: number; kind: string });
    expect(code).toBe(0);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)?.kind).toBe("task.completed");
  });

  it("sends everything that its flags say", async () => {
    const flags = [
      "--conversation-id",
      "talk",
      "--cwd",
      "/tmp",
      "--timeout",
      "90s",
      "--option",
      "model=small",
    ];
    const { out } = await call("--text", "hello", ...flags, "--agent-id", "me");
    expect(JSON.parse(out).task).toMatchObject({
      conversation_id: "talk",
      sender: "me",
      runtime_options: { cwd: "/tmp", model: "small" },
      delivery: { timeout_ms: 90_000 },
    });
  });

  it("makes the task of an idempotency key once", async () => {
    const ids = [
      await call("--text", "once", "--idempotency-key", "k"),
      await call("--text", "once", "--idempotency-key", "k"),
    ];
    expect(new Set(ids.map(({ out }) => JSON.parse(out).task.task_id)).size).toBe(1);
    const other = await call("--text", "other", "--idempotency-key", "k");
    expect(other).toMatchObject({ code: 3, err: expect.stringContaining("idempotency_key_reused") });
  });

  it.each([
    [
      "a task that failed",
      payload("crash_after_start", { exit_code: 3 }),
      [],
      10,
      /the task failed: remote_failed: .*see launch/,
    ],
    [
      "a task that used up its time",
      payload("silent"),
      ["--timeout", "200ms"],
      12,
      /the task failed: timeout/,
    ],
  ])("has an exit code of its own for %s", async (_what, text, more, code, says) => {
    const ran = await call(...text, ...more, "--wait");
    expect(ran.code).toBe(code);
    expect(ran.err).toMatch(says);
  });
});

describe("the other commands", () => {
  it("show, list, wait for, and print the result of a task", async () => {
    const { task } = JSON.parse((await call("--text", "to be shown")).out) as { task: { task_id: string } };
    const id = task.task_id;
    expect(await json("task-wait", id)).toMatchObject({ task_id: id, status: "completed" });
    expect(await json("task-get", "--task-id", id)).toMatchObject({ task_id: id });
    expect((await run(["task-result", id])).out).toBe("echo: to be shown");
    const { tasks } = await json<{ tasks: { task_id: string }[] }>("task-list", "--limit", "1");
    expect(tasks.map(({ task_id }) => task_id)).toEqual([id]);
    const events = (await run(["task-events", id, "--after", "2"])).out.split("\n");
    expect(JSON.parse(events[0] ?? "")).toMatchObject({ seq: 3 });
    expect((await run(["task-events", id, "--history"])).out.split("\n").length).toBe(events.length + 2);
  });

  it("cancel a task: the exit code of its waiter is 11", async () => {
    const { task } = JSON.parse((await call(...payload("cancelled"))).out) as { task: { task_id: string } };
    const waiting = run(["task-wait", task.task_id]);
    for await (const event of node.events(task.task_id)) if (event.kind === "task.progress") break;
    expect(await json("task-cancel", task.task_id, "--reason", "enough")).toMatchObject({
      status: "running",
    });
    expect((await waiting).code).toBe(11);
    expect((await run(["task-cancel", task.task_id])).code).toBe(0);
  });

  it("say that a task goes on when the wait is over", async () => {
    const { task } = JSON.parse((await call(...payload("cancelled"))).out) as { task: { task_id: string } };
    const waited = await run(["task-wait", task.task_id, "--timeout", "100ms"]);
    expect(waited).toMatchObject({ code: 14, err: expect.stringContaining("goes on") });
    await run(["task-cancel", task.task_id]);
  });

  it("fetch the whole of a large result", async () => {
    const { out } = await call(...payload("flood", { chunks: 3000, size: 16 }), "--wait");
    const task = JSON.parse(out) as {
      task_id: string;
      result_artifact_id: string;
      result: { truncated: boolean };
    };
    expect(task.result.truncated).toBe(true);
    const whole = (await run(["task-result", task.task_id])).out;
    expect(whole.length).toBeGreaterThan(40_000);
    const path = join(scratch, "result.md");
    expect(await json("artifact-get", task.result_artifact_id, "--output", path)).toMatchObject({
      size_bytes: whole.length,
    });
    expect(readFileSync(path, "utf8")).toBe(whole);
    expect((await run(["artifact-get", "--artifact-id", task.result_artifact_id])).out).toBe(whole);
  });

  it("start and stop a runtime, and show its health", async () => {
    await run(["runtime-stop", "agent", "--force"]);
    expect(await json("runtime-health", "agent")).toMatchObject({
      healthy: false,
      details: { state: "down" },
    });
    expect(await json("runtime-start", "agent")).toMatchObject({
      started: true,
      process_id: expect.any(Number),
    });
    expect(await json("runtime-health", "--runtime-id", "agent")).toMatchObject({ healthy: true });
    expect(await json("runtime-stop", "agent")).toMatchObject({ stopped: true });
    const failed = await run(["runtime-start", "missing"]);
    expect(failed).toMatchObject({ code: 8, err: expect.stringContaining("/nowhere/agent") });
  });

  it("list targets, with their commands for the operator", async () => {
    const { targets } = await json<{ targets: { target_id: string }[] }>("targets");
    expect(targets.map(({ target_id }) => target_id)).toEqual(["agent", "missing"]);
    const { runtimes } = await json<{ runtimes: object[] }>("runtimes", "--detail");
    expect(runtimes[1]).toMatchObject({ command: ["/nowhere/agent"] });
  });

  it("make, list, use and revoke tokens", async () => {
    const made = await json<{ token: string; record: { token_id: string } }>(
      "token-create",
      "--role",
      "reader",
      "--name",
      "board",
    );
    const env = { AETHROLINK_TOKEN: made.token };
    expect((await run(["task-list"], env)).code).toBe(0);
    expect(await run(["token-list"], env)).toMatchObject({
      code: 6,
      err: expect.stringContaining("forbidden"),
    });
    const { tokens } = await json<{ tokens: { name: string }[] }>("token-list");
    expect(tokens.map(({ name }) => name)).toContain("board");
    expect((await run(["token-revoke", made.record.token_id])).code).toBe(0);
    expect(await run(["task-list"], env)).toMatchObject({
      code: 6,
      err: expect.stringContaining("unauthorized"),
    });
  });

  it("print the events of all tasks as they happen", async () => {
    const env = { ...clean, AETHROLINK_DATA_DIR: home.dataDir };
    const child = spawn(process.execPath, [program, "events", "--after", "0"], { env });
    const gone = once(child, "exit");
    const [first] = (await once(createInterface(child.stdout), "line")) as [string];
    expect(JSON.parse(first)).toMatchObject({ kind: "task.created", seq: 1 });
    child.kill("SIGKILL");
    await gone;
  });
});

describe("what goes wrong is said in a line or two, with what to do", () => {
  it.each([
    ["a wrong flag", ["call", "--intnt", "x"], 2, /Nonexistent flag: --intnt\nSee --help/],
    ["no payload", ["call", "--intent", "x"], 2, /--text, --text-file and --payload/],
    ["a bad payload", ["call", "--intent", "x", "--payload", "{"], 2, /must be JSON/],
    ["a bad duration", ["call", "--intent", "x", "--text", "y", "--timeout", "soon"], 2, /is no duration/],
    ["a bad file", ["call", "--intent", "x", "--text-file", "/nowhere"], 2, /nowhere can't be read/],
    ["no id", ["task-get"], 2, /--task-id/],
    ["an id that is none", ["task-get", "x"], 3, /task_id: must be a ULID/],
    ["an unknown task", ["task-get", "01KAT3Q4V5W6X7Y8Z9A0B1C2D3"], 4, /task_not_found\)\nSee what there is/],
    [
      "an unknown target",
      ["call", "--target", "nobody", "--intent", "x", "--text", "y"],
      4,
      /target_not_found/,
    ],
    ["an unknown intent", ["call", "--intent", "nothing", "--text", "y"], 4, /route_not_found/],
    [
      "an intent that the target doesn't offer",
      ["call", "--target", "agent", "--intent", "x", "--text", "y"],
      3,
      /It offers: test.run, test.other/,
    ],
    ["a dead server", ["targets", "--server", "http://127.0.0.1:9"], 7, /Start a node with `npm start`/],
    ["a server that isn't ours", ["targets", "--server", "nonsense"], 2, /no address of a node/],
    [
      "a token that isn't valid",
      ["targets", "--token-file", "/etc/hostname"],
      6,
      /unauthorized\)\nSet AETHROLINK_TOKEN/,
    ],
    ["an unknown command", ["tasks"], 2, /tasks/],
  ])("%s", async (_what, args, code, says) => {
    const ran = await run(args);
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: "" });
    expect(ran.err).toMatch(says);
    expect(ran.err).not.toMatch(/\n\s+at /);
  });

  it("a node that was never started", async () => {
    const ran = await run(["targets"], {
      AETHROLINK_DATA_DIR: join(scratch, "none"),
      AETHROLINK_SERVER: "http://127.0.0.1:9",
    });
    expect(ran.code).toBe(7);
  });

  it("an output that can't be written", async () => {
    const { out } = await call(...payload("flood", { chunks: 2000, size: 16 }), "--wait");
    const { result_artifact_id } = JSON.parse(out) as { result_artifact_id: string };
    const ran = await run(["artifact-get", result_artifact_id, "--output", "/nowhere/file"]);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("can't be written") });
  });
});

describe("for people", () => {
  it("--version is short, and --help names every command", async () => {
    expect(await run(["--version"])).toMatchObject({ code: 0, out: "0.1.0" });
    const { out } = await run(["--help"]);
    for (const command of ["call", "task-events", "runtime-health", "token-revoke"])
      expect(out).toContain(command);
  });

  it.each(["call", "task-wait", "events", "artifact-get"])("%s has help with examples", async (command) => {
    expect((await run([command, "--help"])).out).toMatch(/EXAMPLES\n +\$ alink-cli/);
  });

  it.runIf(existsSync("/usr/bin/script"))("a terminal shows words in place of JSON", async () => {
    const call = ["call", "--target", "agent", "--intent", "test.run", "--text", "hello"];
    expect(await onTerminal(...call, "--wait")).toMatch(/echo: hello/);
    expect(await onTerminal(...call, "--follow")).toMatch(/task.completed +echo: hello/);
    expect(await onTerminal("task-list", "--limit", "1")).toMatch(/^TASK +STATUS +TARGET/);
    expect(await onTerminal("targets")).toMatch(/agent +acp\/generic/);
  });

  it("the state file names the sender", async () => {
    const path = join(scratch, "agent.json");
    writeFileSync(path, '{"agent_id": "scribe"}');
    const { out } = await call("--text", "hello", "--state-file", path);
    expect(JSON.parse(out).task.sender).toBe("scribe");
  });
});
