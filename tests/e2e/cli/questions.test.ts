import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeCommand } from "../../programs.ts";
import { createHome, eventOf, type Home, startNode, type TestNode } from "../../support.ts";
import { commandFor, hasTerminal, watch } from "./command.ts";

let home: Home;
let node: TestNode;
let cli: ReturnType<typeof commandFor>;

beforeAll(async () => {
  home = createHome({ agent: { command: await fakeCommand(), more: { capabilities: ["test.run"] } } });
  node = await startNode(home);
  cli = commandFor(home.dataDir);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

const ctrlC = "\u0003";
const ctrlD = "\u0004";
const payloadOf = (mode: string) => ["--payload", JSON.stringify({ mode })];
const call = (mode: string, ...more: string[]) => [
  "call",
  "--intent",
  "test.run",
  ...payloadOf(mode),
  ...more,
];

/** A task that asks, and the ids of what it asks. */
async function asking(mode: string, request: object = {}): Promise<{ task_id: string; ids: string[] }> {
  const { task_id } = await node.submit({ payload: { mode }, ...request });
  const count = mode === "questions" ? 2 : 1;
  const ids: string[] = [];
  for await (const event of node.events(task_id)) {
    if (event.kind === "task.awaiting_input") ids.push(event.data.request_id);
    if (ids.length === count) return { task_id, ids };
  }
  throw new Error(`${task_id} ended without asking`);
}

/** So that nothing is asked any more. */
async function cancel(task_id: string) {
  await node.call("POST", `/v1/tasks/${task_id}/cancel`);
  await eventOf(node, task_id, "task.cancelled");
}

describe("alink-cli questions", () => {
  it("lists all that is asked, of all tasks or of one", async () => {
    const one = await asking("permission");
    const two = await asking("input");
    const list = async (...args: string[]) =>
      JSON.parse((await cli.run(["questions", ...args])).out).questions;
    expect(await list()).toMatchObject([
      { task_id: two.task_id, target: "agent", kind: "input", schema: { required: ["name"] } },
      { task_id: one.task_id, target: "agent", kind: "permission", prompt: "remove a file" },
    ]);
    expect(await list(one.task_id)).toEqual(await list("--task-id", one.task_id));
    expect(await list(one.task_id)).toMatchObject([
      {
        task_id: one.task_id,
        request_id: one.ids[0],
        options: [{ kind: "allow_once" }, { kind: "allow_always" }, { kind: "reject_once" }],
        asked_at: expect.any(String),
        expires_at: expect.any(String),
      },
    ]);
    await cancel(one.task_id);
    await cancel(two.task_id);
    expect(await list()).toEqual([]);
    expect(await list(one.task_id)).toEqual([]);
  });

  it("knows no question of a task that isn't there", async () => {
    const ran = await cli.run(["questions", "01KAT3Q4V5W6X7Y8Z9A0B1C2D3"]);
    expect(ran).toMatchObject({ code: 4, out: "", err: expect.stringContaining("task_not_found") });
  });
});

describe("alink-cli task-resume", () => {
  it.each([
    ["--yes", "permission", ["--yes"], "permission: allow_once"],
    ["--no", "permission", ["--no"], "permission: reject_once"],
    ["--option", "permission", ["--option", "always"], "permission: allow_always"],
    ["--payload", "input", ["--payload", '{"name": "Ada"}'], 'input: {"name":"Ada"}'],
    ["--no to a form", "input", ["--no"], "input: decline"],
  ])("%s answers, and the task goes on", async (_what, mode, flags, text) => {
    const { task_id } = await asking(mode);
    const ran = await cli.run(["task-resume", task_id, ...flags]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(ran.out)).toMatchObject({ task_id });
    expect(await node.task(task_id, 30)).toMatchObject({ status: "completed", result: { text } });
  });

  it("takes a payload from standard input", async () => {
    const { task_id } = await asking("input");
    const { code } = await cli.shell(`echo '{"name": "Ada"}' | alink-cli task-resume ${task_id} --payload -`);
    expect(code).toBe(0);
    expect((await node.task(task_id, 30)).result?.text).toBe('input: {"name":"Ada"}');
  });

  it("--wait waits for the end, --follow prints what happens behind the question", async () => {
    const waited = await cli.run(["task-resume", (await asking("permission")).task_id, "--yes", "--wait"]);
    expect(JSON.parse(waited.out)).toMatchObject({
      status: "completed",
      result: { text: "permission: allow_once" },
    });
    const { task_id } = await asking("permission");
    const followed = await cli.run(["task-resume", task_id, "--no", "--follow"]);
    const history = (await node.history(task_id)).map(({ kind }) => kind);
    expect(followed.out.split("\n").map((line) => JSON.parse(line).kind)).toEqual(
      history.slice(history.indexOf("task.awaiting_input") + 1),
    );
    expect(history).toContain("task.resume_requested");
  });

  it("answers one of two questions, which has to be named", async () => {
    const { task_id, ids } = await asking("questions");
    const unnamed = await cli.run(["task-resume", task_id, "--yes"]);
    expect(unnamed).toMatchObject({ code: 2, out: "" });
    expect(unnamed.err).toContain("name one with --request-id");
    expect(unnamed.err).toContain(`${ids[0]}  remove file 1`);
    expect(unnamed.err).toContain(`${ids[1]}  remove file 2`);
    const first = await cli.run(["task-resume", task_id, "--request-id", ids[0] ?? "", "--no", "--wait"]);
    expect(first).toMatchObject({ code: 13 });
    expect(first.err).toContain(`alink-cli task-resume ${task_id} --yes`);
    expect(first.err).not.toContain("remove file 1");
    const second = await cli.run(["task-resume", task_id, "--yes", "--wait"]);
    expect(JSON.parse(second.out).result.text).toBe("permissions: reject_once, allow_once");
  });

  it.each([
    ["without an answer", [], /one of --yes, --no, --option and --payload.*alink-cli questions 01/],
    ["with two answers", ["--yes", "--option", "a"], /one answer only/],
    ["with an answer that is no JSON", ["--payload", "Ada"], /must be JSON/],
  ])("%s and without a terminal is a wrong call, that asks nobody", async (_what, flags, says) => {
    const ran = await cli.run(["task-resume", "01KAT3Q4V5W6X7Y8Z9A0B1C2D3", ...flags], {
      AETHROLINK_SERVER: "http://127.0.0.1:9",
    });
    expect(ran).toMatchObject({ code: 2, out: "", err: expect.stringMatching(says) });
  });

  it("an answer that doesn't fit leaves the question open", async () => {
    const { task_id } = await asking("permission");
    const ran = await cli.run(["task-resume", task_id, "--option", "maybe"]);
    expect(ran).toMatchObject({ code: 3, err: expect.stringMatching(/no option maybe.*answer_rejected/) });
    const form = await asking("input");
    const lacking = await cli.run(["task-resume", form.task_id, "--yes"]);
    expect(lacking).toMatchObject({ code: 3, err: expect.stringContaining("lacks: name") });
    for (const each of [task_id, form.task_id]) {
      expect((await node.task(each)).status).toBe("awaiting_input");
      await cancel(each);
    }
  });

  it("tells a task that asks nothing from a question that is closed", async () => {
    const { task_id, ids } = await asking("permission", { delivery: { question_timeout_ms: 300 } });
    await eventOf(node, task_id, "task.resumed"); // by its time
    await eventOf(node, task_id, "task.completed");
    const late = await cli.run(["task-resume", task_id, "--yes"]);
    expect(late).toMatchObject({ code: 5, out: "", err: expect.stringContaining("not_awaiting_input") });
    const running = await node.submit({ payload: { mode: "cancelled" } });
    await eventOf(node, running.task_id, "task.running");
    const wrong = await cli.run(["task-resume", running.task_id, "--yes"]);
    expect(wrong).toMatchObject({
      code: 5,
      err: expect.stringMatching(/not_awaiting_input\)\nSee what is asked/),
    });
    const closed = await cli.run(["task-resume", running.task_id, "--request-id", ids[0] ?? "", "--yes"]);
    expect(closed).toMatchObject({ code: 5, err: expect.stringContaining("question_closed") });
    await cancel(running.task_id);
  });
});

describe("a task that asks while somebody waits for it", () => {
  const command = (task_id: string) => `alink-cli task-resume ${task_id} --yes   (or --no, --option=always)`;

  it.each([
    ["call --wait", call("permission", "--wait")],
    ["call --sync", call("permission", "--sync")],
  ])("%s tells the command that answers it, with an exit code of its own", async (_what, args) => {
    const { code, out, err } = await cli.run(args);
    const { task_id } = JSON.parse(out);
    expect({ code, err }).toEqual({
      code: 13,
      err: `alink-cli: the task asks: remove a file\n           Answer it with: ${command(task_id)}`,
    });
    expect((await cli.run(["task-wait", task_id])).err).toBe(err);
    await cancel(task_id);
  });

  it("call --follow tells it beside the events, and goes on when it was answered", async () => {
    const following = cli.start(call("permission", "--follow"));
    const said = watch(following.stderr);
    await said.shows(/answer it with: .*\n/);
    const { body } = await node.call<{ tasks: { task_id: string }[] }>("GET", "/v1/tasks?limit=1");
    const task_id = body.tasks[0]?.task_id ?? "";
    expect(said.text()).toBe(`alink-cli: answer it with: ${command(task_id)}\n`);
    expect((await cli.shell(command(task_id).replace(/ {3}.*/, ""))).code).toBe(0);
    const { exitCode, stdout } = await following;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.split("\n").at(-1) ?? "")).toMatchObject({ kind: "task.completed" });
    // What was answered long ago isn't told again.
    const again = await cli.run(["task-events", task_id]);
    expect(again).toMatchObject({ code: 0, err: "", out: expect.stringContaining("task.awaiting_input") });
  });
});

describe.runIf(hasTerminal)("at a terminal", () => {
  it("questions are blocks, with the command that answers them", async () => {
    const { task_id, ids } = await asking("permission");
    const { code, shown } = await cli.terminal("questions", task_id).end();
    expect(code).toBe(0);
    expect(shown.replaceAll("\r\n", "\n")).toMatch(
      new RegExp(
        [
          "^asked {8}remove a file",
          "option {7}yes: Allow \\(allow_once\\)",
          "option {7}always: Always allow \\(allow_always\\)",
          "option {7}no: Reject \\(reject_once\\)",
          "by {11}agent",
          `task {9}${task_id}`,
          `request {6}${ids[0]}`,
          "since {8}\\S+Z",
          "until {8}\\S+Z",
          `answer with {2}alink-cli task-resume ${task_id} --yes {3}.*\n$`,
        ].join("\n"),
      ),
    );
    await cancel(task_id);
    expect((await cli.terminal("questions", task_id).end()).shown).toBe("Nothing is asked.\r\n");
  });

  it("an option is chosen by its number", async () => {
    const { task_id } = await asking("permission");
    const terminal = cli.terminal("task-resume", task_id);
    await terminal.shows(/agent asks: remove a file[\s\S]*3 {2}Reject \(reject_once\)[\s\S]*1 to 3: /);
    terminal.press("9\r");
    await terminal.shows(/1 to 3: [\s\S]*1 to 3: /);
    terminal.press("3\r");
    const { code, shown } = await terminal.end();
    expect(code).toBe(0);
    expect(shown).toMatch(/The answer was given; the task is \w+\. Wait for it with: alink-cli task-wait/);
    expect((await node.task(task_id, 30)).result?.text).toBe("permission: reject_once");
  });

  it("what was typed before the question was shown is no answer to it", async () => {
    const { task_id } = await asking("permission");
    const terminal = cli.terminal("task-resume", task_id);
    terminal.press("1\r");
    await terminal.shows(/remove a file[\s\S]*1 to 3: /);
    terminal.press("3\r");
    expect((await terminal.end()).code).toBe(0);
    expect((await node.task(task_id, 20)).result?.text).toBe("permission: reject_once");
  });

  it("a form is filled in, field by field", async () => {
    const { task_id } = await asking("input");
    const terminal = cli.terminal("task-resume", task_id, "--wait");
    await terminal.shows(/agent asks: What is the name\?[\s\S]*Name: /);
    terminal.press("\r");
    await terminal.shows(/It is needed/);
    terminal.press("Ada\r");
    const { code, shown } = await terminal.end();
    expect(code).toBe(0);
    expect(shown).toContain('input: {"name":"Ada"}');
  });

  it("one of several questions is chosen first", async () => {
    const { task_id } = await asking("questions");
    const terminal = cli.terminal("task-resume", task_id);
    await terminal.shows(/1 {2}remove file 1[\s\S]*2 {2}remove file 2[\s\S]*1 to 2: /);
    terminal.press("2\r");
    await terminal.shows(/agent asks: remove file 2[\s\S]*1 to 3: /);
    terminal.press("1\r");
    const { code, shown } = await terminal.end();
    expect(code).toBe(0);
    expect(shown).toContain(`The task asks more: alink-cli questions ${task_id}`);
    expect((await node.task(task_id)).awaiting.map(({ prompt }) => prompt)).toEqual(["remove file 1"]);
    await cancel(task_id);
  });

  it.each([
    ["Ctrl-C", ctrlC, 130],
    ["the end of the input", ctrlD, 13],
  ])("%s leaves the question open, and tells how to answer it", async (_what, key, exit) => {
    const { task_id, ids } = await asking("permission");
    const terminal = cli.terminal("task-resume", task_id);
    await terminal.shows(/1 to 3: /);
    terminal.press(key);
    const { code, shown } = await terminal.end();
    expect(code).toBe(exit);
    expect(shown).toContain(
      `the question stays open. Answer it with: alink-cli task-resume ${task_id} --request-id ${ids[0]} --yes`,
    );
    expect((await node.task(task_id)).status).toBe("awaiting_input");
    await cancel(task_id);
  });

  it("a question that is settled meanwhile is asked no longer", async () => {
    const { task_id } = await asking("permission");
    const terminal = cli.terminal("task-resume", task_id);
    await terminal.shows(/1 to 3: /);
    await node.call("POST", `/v1/tasks/${task_id}/resume`, { payload: { approved: true } });
    const { code, shown } = await terminal.end();
    expect(code).toBe(5);
    expect(shown).toContain("the question was settled meanwhile");
  });

  it("a task that asks nothing is told so", async () => {
    const { task_id } = await node.submit({ payload: { text: "hello" } });
    await node.task(task_id, 30);
    const { code, shown } = await cli.terminal("task-resume", task_id).end();
    expect(code).toBe(5);
    expect(shown).toMatch(/asks for nothing.*not_awaiting_input/);
  });

  it("call --wait asks at once, and goes on when it is answered, or when somebody else did", async () => {
    const answering = cli.terminal(...call("permission", "--wait"));
    await answering.shows(/1 to 3: /);
    answering.press("1\r");
    expect(await answering.end()).toMatchObject({
      code: 0,
      shown: expect.stringContaining("permission: allow_once"),
    });

    const slow = cli.terminal(...call("permission", "--wait"));
    await slow.shows(/1 to 3: /);
    const { body } = await node.call<{ tasks: { task_id: string }[] }>("GET", "/v1/tasks?limit=1");
    await node.call("POST", `/v1/tasks/${body.tasks[0]?.task_id}/resume`, { payload: { approved: false } });
    expect(await slow.end()).toMatchObject({
      code: 0,
      shown: expect.stringContaining("permission: reject_once"),
    });
  });
});
