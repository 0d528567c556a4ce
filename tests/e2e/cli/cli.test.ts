import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeCommand } from "../../programs.ts";
import { createHome, type Home, startNode, type TestNode } from "../../support.ts";
import { commandFor, watch } from "./command.ts";

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

const run = (args: readonly string[], env: object = {}) => commandFor(home.dataDir).run(args, env);
const json = async <T = Record<string, unknown>>(...args: string[]) => JSON.parse((await run(args)).out) as T;

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

  it("the state file names the sender", async () => {
    const path = join(scratch, "agent.json");
    writeFileSync(path, '{"agent_id": "scribe"}');
    const { out } = await call("--text", "hello", "--state-file", path);
    expect(JSON.parse(out).task.sender).toBe("scribe");
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
    const child = commandFor(home.dataDir).start(["events", "--after", "0"]);
    const printed = watch(child.stdout);
    await printed.shows(/\n/);
    expect(JSON.parse(printed.text().split("\n")[0] ?? "")).toMatchObject({ kind: "task.created", seq: 1 });
    child.kill("SIGKILL");
    await child;
  });
});
