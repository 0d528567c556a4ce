/** Threads by the command line. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Home, startNode, type TestNode } from "../../support.ts";
import { homeOfTwo } from "../../threads.ts";
import { commandFor, hasTerminal } from "./command.ts";

let home: Home;
let node: TestNode;
let cli: ReturnType<typeof commandFor>;

beforeAll(async () => {
  home = await homeOfTwo();
  node = await startNode(home);
  cli = commandFor(home.dataDir);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

const json = async (...args: string[]) => {
  const { code, out, err } = await cli.run(args);
  expect(code, err).toBe(0);
  return JSON.parse(out);
};

async function open(): Promise<string> {
  const created = await json(
    "thread-create",
    "--agent-a-id",
    "writer",
    "--agent-b-id",
    "critic",
    "--continuity-key",
    "note",
  );
  expect(created.thread.continuity_key).toBe("note");
  return created.thread.thread_id;
}

it("says whom to name where the next to be spoken to only sends", async () => {
  await node.call("POST", "/v1/agents/register", { agent_id: "quiet", transport_kind: "external" });
  const opened = await cli.run(["thread-create", "--agent-a-id", "quiet", "--agent-b-id", "critic", "--id"]);
  expect((await goOn(opened.out, "--text", "one", "--wait")).code).toBe(0);
  const { code, err } = await goOn(opened.out, "--text", "two");
  expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining("say with --sender who speaks") });
  expect((await goOn(opened.out, "--text", "two", "--sender", "quiet", "--wait")).code).toBe(0);
});

it("says by which flags the one who speaks next gets an intent", async () => {
  const other = ["--intent-for", "critic=test.run", "--text", "one"];
  const { code, err } = await cli.run(["thread-continue", await open(), ...other]);
  expect({ code, err }).toEqual({
    code: 3,
    err: expect.stringMatching(/writer.*\(nothing_to_say\)\nSay it with --intent or --intent-for, and with /),
  });
});

const goOn = (id: string, ...more: string[]) =>
  cli.run(["thread-continue", "--thread-id", id, "--intent", "test.run", ...more]);
const lines = (out: string) => out.split("\n").map((line) => JSON.parse(line));

describe("alink-cli", () => {
  it("opens a thread, continues it turn by turn, and shows its turns", async () => {
    const id = await open();
    const first = await goOn(id, "--text", "one", "--wait");
    expect(lines(first.out)).toMatchObject([
      { status: "completed", sender: "writer", result: { text: "echo: one" } },
    ]);
    const second = await goOn(id, "--text", "two", "--wait");
    expect(lines(second.out)).toMatchObject([{ sender: "critic", resolved_runtime: "writer" }]);
    const named = await goOn(
      id,
      "--text",
      "three",
      "--sender",
      "critic",
      "--target-agent-id",
      "writer",
      "--wait",
    );
    expect(lines(named.out)).toMatchObject([{ sender: "critic" }]);
    const { turns, next_cursor } = await json("thread-turns", id, "--limit", "2");
    expect(turns.map((turn: { sender_agent_id: string }) => turn.sender_agent_id)).toEqual([
      "writer",
      "critic",
    ]);
    const rest = await json("thread-turns", id, "--cursor", next_cursor);
    expect(rest).toMatchObject({ turns: [{ turn_index: 3, sender_agent_id: "critic" }], next_cursor: null });
    const { threads } = await json("thread-list", "--agent-id", "critic", "--limit", "1");
    expect(threads).toMatchObject([{ thread_id: id, status: "completed" }]);
    const { tasks } = await json("task-list", "--thread-id", id);
    expect(tasks).toHaveLength(3);
  });

  it("stays with turns that follow by themselves, to the last one", async () => {
    const id = await open();
    const auto = ["--auto", "--max-turns", "4"];
    const { code, out } = await goOn(id, "--text", "hello", ...auto, "--wait");
    expect(code).toBe(0);
    expect(lines(out).map((task) => task.result.text)).toEqual(
      [1, 2, 3, 4].map((n) => `${"echo: ".repeat(n)}hello`),
    );
    const followed = await goOn(
      id,
      "--payload-for",
      "writer=one",
      "--payload-for",
      '{"a',
      "--auto",
      "--max-turns",
      "2",
    );
    expect(followed).toMatchObject({ code: 2 });
    const own = [
      "--payload-for",
      "writer=from the writer",
      "--payload-for",
      'critic={"text": "from the critic"}',
    ];
    const events = lines((await goOn(id, ...own, ...auto, "--follow")).out);
    expect(
      events.filter(({ kind }) => kind === "task.completed").map(({ data }) => data.result.text),
    ).toEqual([
      "echo: from the writer",
      "echo: from the critic",
      "echo: from the writer",
      "echo: from the critic",
    ]);
  });

  it("ends as the turn ends that stops it", async () => {
    const id = await open();
    const payload = JSON.stringify({ mode: "crash_after_start" });
    const { code, err } = await goOn(id, "--payload", payload, "--auto", "--max-turns", "4", "--wait");
    expect([code, err]).toEqual([10, expect.stringContaining("the task failed: remote_failed")]);
    expect(await json("thread-get", id)).toMatchObject({
      thread: { status: "failed" },
      hand_off: { turns_left: 3, ended: "terminal_error" },
    });
    const asks = JSON.stringify({ mode: "permission" });
    const asking = await goOn(id, "--payload", asks, "--auto", "--max-turns", "2", "--wait");
    expect(asking.code).toBe(13);
    const busy = await goOn(id, "--text", "hello");
    expect([busy.code, busy.err]).toEqual([5, expect.stringContaining("thread_busy")]);
  });

  it("makes a task the next turn with call --thread-id", async () => {
    const id = await open();
    const args = [
      "call",
      "--thread-id",
      id,
      "--agent-id",
      "critic",
      "--intent",
      "test.run",
      "--text",
      "hi",
      "--wait",
    ];
    expect(await json(...args)).toMatchObject({
      thread_id: id,
      sender: "critic",
      resolved_runtime: "writer",
    });
  });

  it.each([
    [["thread-continue", "01KAT3Q4V5W6X7Y8Z9A0B1C2D3", "--intent", "x", "--text", "x"], 4, /thread-list/],
    [["thread-get", "01KAT3Q4V5W6X7Y8Z9A0B1C2D3"], 4, /thread_not_found/],
    [["thread-create", "--agent-a-id", "writer", "--agent-b-id", "nobody"], 4, /participant_not_found/],
    [["thread-create", "--agent-a-id", "writer", "--agent-b-id", "writer"], 3, /named twice/],
    [["thread-continue", "x", "--intent", "x", "--text", "x", "--max-turns", "3"], 2, /--auto/],
    [["thread-continue", "x", "--intent", "x"], 2, /--text/],
  ])("%j says what is wrong", async (args, code, pattern) => {
    const ran = await cli.run(args);
    expect([ran.code, ran.err]).toEqual([code, expect.stringMatching(pattern)]);
  });
});

describe.runIf(hasTerminal)("at a terminal", () => {
  it("a thread is shown in words", async () => {
    const id = await open();
    await goOn(id, "--text", "one", "--wait");
    const shownBy = async (...args: string[]) =>
      (await cli.terminal(...args).end()).shown.replaceAll("\r\n", "\n");
    expect(await shownBy("thread-get", id)).toMatch(
      new RegExp(
        [
          `^thread +${id}`,
          "status +completed",
          "key +note",
          "updated .*",
          "owners +writer \\(this node\\), critic \\(this node\\)",
          "sessions +writer none; critic [\\w-]+",
          "next +critic speaks to writer, in a new session",
          "",
          "TURN +SPEAKER +TO +STATUS +TASK +SESSION",
          "1 +writer +critic +completed +\\w{26} +[\\w-]+\n$",
        ].join("\n"),
      ),
    );
    expect(await shownBy("thread-list")).toMatch(
      /^THREAD +STATUS +BETWEEN +KEY +UPDATED\n.*writer and critic +note/,
    );
    const auto = ["--auto", "--max-turns", "2", "--wait"];
    const shown = await shownBy("thread-continue", id, "--intent", "test.run", "--text", "two", ...auto);
    expect(shown).toMatch(/critic → writer\n[\s\S]*echo: two\nwriter → critic\n[\s\S]*echo: echo: two\n$/);
  });
});
