import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeCommand } from "../../programs.ts";
import { createHome, eventOf, type Home, startNode, type TestNode } from "../../support.ts";
import { commandFor, hasTerminal, watch } from "./command.ts";

let home: Home;
let node: TestNode;
let cli: ReturnType<typeof commandFor>;

beforeAll(async () => {
  home = createHome({
    agent: { command: await fakeCommand(), more: { capabilities: ["test.run"] } },
    other: { command: await fakeCommand() },
  });
  node = await startNode(home);
  cli = commandFor(home.dataDir);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

const call = ["call", "--intent", "test.run"];
const endless = ["--payload", '{"mode":"cancelled"}'];

/** The newest task, once it runs. */
async function newestRunning(): Promise<string> {
  const { body } = await node.call<{ tasks: { task_id: string }[] }>("GET", "/v1/tasks?limit=1");
  const task_id = body.tasks[0]?.task_id ?? "";
  await eventOf(node, task_id, "task.running");
  return task_id;
}

const submitEndless = async () => {
  const { task_id } = await node.submit({ payload: { mode: "cancelled" } });
  await eventOf(node, task_id, "task.running");
  return task_id;
};

describe.runIf(hasTerminal)("Ctrl-C ends the waiting, and the task goes on", () => {
  const interrupted = async (args: string[]) => {
    const terminal = cli.terminal(...args);
    await terminal.shows(/\d s {2}running/);
    terminal.press("\u0003");
    return await terminal.end();
  };

  it.each(["--wait", "--follow"])("call %s", async (flag) => {
    const { code, shown } = await interrupted([...call, ...endless, flag]);
    const task_id = await newestRunning();
    expect(code).toBe(130);
    expect(shown).toContain(`Follow it with: alink-cli task-events ${task_id}`);
    expect(shown).toContain(`Cancel it with: alink-cli task-cancel ${task_id}`);
    expect((await node.task(task_id)).status).toBe("running");
  });

  it.each([["task-wait"], ["task-events"], ["task-result", "--wait"]])("%s", async (...args) => {
    const task_id = await submitEndless();
    const { code, shown } = await interrupted([...args, "--task-id", task_id]);
    expect(code).toBe(130);
    expect(shown).toContain(`the task goes on. Follow it with: alink-cli task-events ${task_id}`);
    expect((await node.task(task_id)).status).toBe("running");
  });

  it("call --sync, where no id is known yet", async () => {
    const terminal = cli.terminal(...call, ...endless, "--sync");
    await terminal.shows(/1 s {2}waiting/);
    terminal.press("\u0003");
    const { code, shown } = await terminal.end();
    expect(code).toBe(130);
    expect(shown).toContain("Find it with: alink-cli task-list --limit 1");
    expect((await node.task(await newestRunning())).status).toBe("running");
  });
});

describe.runIf(hasTerminal)("a task that waits for others of its conversation", () => {
  it("is shown with its position", async () => {
    const talk = ["--conversation-id", "busy"];
    const first = await node.submit({ payload: { mode: "cancelled" }, conversation_id: "busy" });
    await eventOf(node, first.task_id, "task.running");
    const waiting = cli.terminal(...call, ...talk, "--text", "hello", "--follow");
    await waiting.shows(/runtime.health +next in the queue/);
    await waiting.shows(/\d s {2}created, next in the queue/);
    await node.call("POST", `/v1/tasks/${first.task_id}/cancel`);
    const { code, shown } = await waiting.end();
    expect({ code, shown }).toEqual({ code: 0, shown: expect.stringContaining("echo: hello") });
  });
});

describe("a node that goes away while a task is waited for", () => {
  it.runIf(hasTerminal)(
    "is waited for, with a word about it, until it tells the end of the task",
    async () => {
      const task_id = await submitEndless();
      const follower = cli.start(["task-events", task_id]);
      const said = watch(follower.stderr);
      const waiters = [
        cli.terminal("task-wait", task_id, "--json"),
        cli.terminal(...call, ...endless, "--wait", "--json"),
      ];
      await watch(follower.stdout).shows(/task.running/);
      for (const waiter of waiters) await waiter.shows(/\d s {2}running/);

      await node.kill();
      const lost = /alink-cli: No answer from .*; trying again/;
      for (const watched of [said, ...waiters]) await watched.shows(lost);
      node = await startNode({ ...home, args: ["--port", new URL(node.url).port] });

      for (const waiter of waiters) {
        const { code, shown } = await waiter.end();
        expect({ code, shown }).toEqual({
          code: 10,
          shown: expect.stringContaining('"reason":"interrupted"'),
        });
      }
      const { stdout, exitCode } = await follower;
      expect(exitCode).toBe(0);
      expect(stdout.split("\n").map((line) => JSON.parse(line).seq)).toEqual(
        (await node.history(task_id)).map(({ seq }) => seq),
      );
    },
  );

  it("is not waited for where it has never answered", async () => {
    const away = { AETHROLINK_SERVER: "http://127.0.0.1:9" };
    const ran = await cli.run(["task-wait", "01KAT3Q4V5W6X7Y8Z9A0B1C2D3"], away);
    expect(ran.code).toBe(7);
    expect(ran.err).toMatch(/^alink-cli: No answer from http:\/\/127.0.0.1:9: .*\nStart a node with/);
  });
});

describe("--wait-for", () => {
  const limit = ["--wait-for", "100ms", "--json"];
  const ends = async (args: readonly string[]) => {
    const { code, out, err } = await cli.run(args);
    return { code, out: out === "" ? undefined : JSON.parse(out), err };
  };

  it("ends the waiting with an exit code of its own, and the task goes on", async () => {
    const called = await ends([...call, ...endless, ...limit]);
    const { task_id } = called.out;
    expect(called).toMatchObject({
      code: 14,
      err: expect.stringContaining(`alink-cli task-wait ${task_id}`),
    });
    await eventOf(node, task_id, "task.running");
    expect(await ends(["task-wait", task_id, ...limit])).toMatchObject({
      code: 14,
      out: { task_id, status: "running" },
    });
    expect(await ends(["task-result", task_id, ...limit])).toMatchObject({ code: 14, out: null });
    expect((await node.task(task_id)).status).toBe("running");
  });

  it("is over as soon as the task is, or asks", async () => {
    const patient = ["--wait-for", "1h", "--json"];
    const text = (say: string) => [...call, "--text", say, ...patient];
    expect(await ends(text("hello"))).toMatchObject({ code: 0, out: { result: { text: "echo: hello" } } });
    const asked = await ends(text("Ask first: may I"));
    expect(asked).toMatchObject({ code: 13, out: { status: "awaiting_input" } });
    const answered = await ends(["task-resume", asked.out.task_id, "--yes", ...patient]);
    expect(answered).toMatchObject({ code: 0, out: { result: { text: "permission: allow_once" } } });
  });

  it("holds for all turns of a thread together", async () => {
    const opened = await ends(["thread-create", "--agent-a-id", "agent", "--agent-b-id", "other", "--json"]);
    const { thread_id } = opened.out.thread;
    const turn = ["thread-continue", thread_id, "--intent", "test.run", "--text", "hello"];
    const sayings = ["--sender", "other", "--payload-for", 'agent={"mode":"cancelled"}'];
    const auto = [...sayings, "--auto", "--max-turns", "3"];
    const { code, out } = await cli.run([...turn, ...auto, "--wait-for", "5s"]);
    const turns = out.split("\n").map((line) => JSON.parse(line) as { sender: string; status: string });
    expect({ code, turns: turns.map(({ sender, status }) => `${sender} ${status}`) }).toEqual({
      code: 14,
      turns: ["other completed", "agent running"],
    });
  });

  it("makes no task where it is no duration", async () => {
    const newest = async () => (await node.call("GET", "/v1/tasks?limit=1")).body;
    const before = await newest();
    expect((await cli.run([...call, "--text", "hello", "--wait-for", "soon"])).code).toBe(2);
    expect(await newest()).toEqual(before);
  });
});

it("--id prints the id alone, for scripts", async () => {
  const { out, err } = await cli.shell(
    `alink-cli task-result "$(alink-cli call --intent test.run --text hello --id)" --wait`,
  );
  expect({ out, err }).toEqual({ out: "echo: hello", err: "" });
});

describe("pipes", () => {
  it("standard input may come as slowly as it likes", async () => {
    const slow = `alink-cli call --intent test.run --payload '{"mode":"delayed_success","delay_ms":1000}' --wait`;
    const { out, err } = await cli.shell(`${slow} | alink-cli call --intent test.run --text-file - --sync`);
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({
      status: "completed",
      result: { text: expect.stringMatching(/^echo: .*"status":"completed"/) },
    });
  });

  it("a reader that has seen enough is no mistake, and ends a stream", async () => {
    const payload = { mode: "delayed_success", delay_ms: 60_000, heartbeat_ms: 100 };
    const { task_id } = await node.submit({ payload });
    const { code, out, err } = await cli.shell(
      `set -o pipefail; alink-cli task-events ${task_id} | head -n 1`,
    );
    expect(JSON.parse(out)).toMatchObject({ task_id, seq: 1 });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect((await node.task(task_id)).status).toBe("running");
  });

  it.runIf(process.platform === "linux")(
    "an answer that can't be printed is a failure, in one line",
    async () => {
      const { code, out, err } = await cli.shell("alink-cli targets > /dev/full");
      expect({ code, out, err }).toEqual({
        code: 1,
        out: "",
        err: "alink-cli: standard output can't be written: ENOSPC: no space left on device, write",
      });
    },
  );
});
