import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../../cli/cli.ts";
import { fakeCommand } from "../../programs.ts";
import { createHome, type Home, startNode, type TestNode } from "../../support.ts";
import { findOlderNode } from "../older-node.ts";
import { commandFor, hasTerminal } from "./command.ts";

let home: Home;
let node: TestNode;
let cli: ReturnType<typeof commandFor>;
let task_id: string;

beforeAll(async () => {
  home = createHome({ agent: { command: await fakeCommand(), more: { capabilities: ["test.run"] } } });
  node = await startNode(home);
  cli = commandFor(home.dataDir);
  ({ task_id } = await node.submit({ payload: { text: "hello" } }));
  await node.task(task_id, 30);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

let asked: Promise<(readonly [string, string])[]> | undefined;
/** The help of each command. */
const pages = () => {
  const names = Object.keys(commands);
  asked ??= Promise.all(names.map(async (name) => [name, (await cli.run([name, "--help"])).out] as const));
  return asked;
};

/** The usage on a page of help, in one line. */
const usageIn = (page: string) =>
  (/^USAGE\n((?: .*\n)+)/m.exec(page)?.[1] ?? "").replaceAll(/\s+/g, " ").trim();

const call = ["call", "--intent", "test.run", "--text", "hello"];

const eraseLine = "\u001b[K";

/** What stays on the screen of a command that ended well. */
async function screenOf(...args: string[]): Promise<string> {
  const { code, shown } = await cli.terminal(...args).end();
  expect(code, shown).toBe(0);
  const lines = shown.replaceAll("\r\n", "\n").split("\n");
  return lines.map((line) => line.split(eraseLine).at(-1)).join("\n");
}

describe.runIf(hasTerminal)("at a terminal", () => {
  it("a wrong call is told in a plain line", async () => {
    const { code, shown } = await cli.terminal("call", "--text", "hello").end();
    expect({ code, lines: shown.trimEnd().split("\r\n") }).toEqual({
      code: 2,
      lines: ["alink-cli: Missing required flag intent", "See --help for how to call it."],
    });
  });

  it.each<[string[], RegExp]>([
    [["targets"], /^TARGET +ADAPTER +CAPABILITIES +FROM\nagent +acp\/generic +test.run +registry\n$/],
    [["runtimes", "--detail"], /COMMAND\nagent .*fake-acp-client-agent/],
    [["runtime-health", "agent"], /^agent is up \(process \d+\)\.\n$/],
    [["runtime-start", "agent"], /^agent is up already \(process \d+\)\.\n$/],
    [["task-list", "--limit", "1"], /^TASK +STATUS +TARGET +INTENT +SENDER +CREATED\n.* completed +agent/],
    [["task-list", "--status", "failed"], /^There are no such tasks\.\n$/],
    [["token-list"], /operator +operator.token of the data directory/],
    [
      ["token-create", "--role", "reader"],
      /This token of the role reader is shown this once. Revoke it with: alink-cli/,
    ],
    [call, /status +\w+\n(.*\n)+Follow it with: alink-cli task-events \w{26}\n$/],
    [[...call, "--wait"], /echo: hello\n$/],
    [[...call, "--sync"], /echo: hello\n$/],
    [[...call, "--follow"], /task.completed +echo: hello\n(.*\n)*.*echo: hello\n$/],
  ])("%j", async (args, pattern) => {
    expect(await screenOf(...args)).toMatch(pattern);
  });

  it.each<[string, RegExp]>([
    ["task-get", /^task +\w{26}\nstatus +completed\n(.*\n)+result +echo: hello\n$/],
    ["task-wait", /status +completed\n/],
    ["task-result", /^echo: hello\n$/],
    ["task-events", /task.created\n(.*\n)*.*task.completed +echo: hello\n/],
    ["task-cancel", /^The task is completed\.\n$/],
  ])("%s", async (command, pattern) => {
    expect(await screenOf(command, task_id)).toMatch(pattern);
  });

  it("a token is revoked by its id", async () => {
    const { body } = await node.call<{ record: { token_id: string } }>("POST", "/v1/tokens", {
      role: "reader",
      name: "board",
    });
    const shown = await screenOf("token-revoke", body.record.token_id);
    expect(shown).toBe(`The token ${body.record.token_id} (board) is revoked.\n`);
  });

  it("events come as lines with their task", async () => {
    const terminal = cli.terminal("events", "--after", "0");
    await terminal.shows(new RegExp(`${task_id} +[\\d:.]+ +task.completed +echo: hello`));
    terminal.press("\u0003");
    expect((await terminal.end()).code).not.toBe(0);
  });

  it("a runtime is stopped", async () => {
    expect(await screenOf("runtime-stop", "agent", "--force")).toBe("agent was stopped.\n");
    expect(await screenOf("runtime-stop", "agent")).toBe("agent was not running.\n");
    expect(await screenOf("runtime-health", "agent")).toMatch(/^agent is down/);
    expect(await screenOf("runtime-start", "agent")).toMatch(/^agent was started \(process \d+\)\.\n$/);
  });

  it("an answer can't give the terminal commands", async () => {
    const evil = await node.submit({ payload: { text: "a\u001b[2Jb\u009b1mc" } });
    await node.task(evil.task_id, 30);
    for (const command of ["task-result", "task-get", "task-events", "task-wait"]) {
      const shown = await screenOf(command, evil.task_id);
      expect(shown).toContain("a\\x1b[2Jb\\x9b1mc");
      expect(shown).not.toContain("\u009b");
    }
  });

  it("an artifact that is text is shown, --json is the API's", async () => {
    const payload = { mode: "flood", chunks: 2000, size: 16 };
    const flood = await node.submit({ payload });
    const { result_artifact_id } = await node.task(flood.task_id, 30);
    expect((await screenOf("artifact-get", result_artifact_id ?? "")).length).toBeGreaterThan(20_000);
    expect(JSON.parse(await screenOf("task-get", task_id, "--json"))).toMatchObject({ task_id });
  });
});

describe("help", () => {
  it("--version is short", async () => {
    expect(await cli.run(["--version"])).toMatchObject({ code: 0, out: "0.1.0" });
  });

  it("every command has a line in --help, and a page with examples", async () => {
    const { out } = await cli.run(["help"]);
    const names = [...out.matchAll(/^ {2}([a-z]+(?:-[a-z]+)?) {2,}\S/gm)].map(([, name = ""]) => name);
    expect(names.toSorted()).toEqual(Object.keys(commands).toSorted());
    for (const [name, page] of await pages())
      expect(page).toMatch(new RegExp(`EXAMPLES\\n +\\$ alink-cli ${name}`));
  });

  it("every usage can be read: its brackets are closed, and hold a flag on each side of a line", async () => {
    for (const [name, page] of await pages()) {
      const usage = usageIn(page);
      expect(usage).toMatch(new RegExp(`^\\$ alink-cli ${name}( |$)`));
      expect(usage).not.toMatch(/\| *[|\])]|[[(] *\|| [\])]/);
      expect(usage.replaceAll(/\[[^[\]()]+\]|\([^[\]()]+\)/g, "")).not.toMatch(/[[\]()]/);
    }
  });

  it("a usage names each flag once, and says which of them exclude each other", async () => {
    const usages = new Map((await pages()).map(([name, page]) => [name, usageIn(page)]));
    const call = usages.get("call") ?? "";
    expect(call).toContain("[--json | --id]");
    expect(call).toContain("[--wait | --follow | --sync] [--wait-for <value>]");
    expect(usages.get("task-result")).toMatch(/ \[--wait\] \[--wait-for <value>\]$/);
    expect(usages.get("skill")).toBe("$ alink-cli skill [--reference | --install <value>] [--force]");
    for (const [name, usage] of usages) {
      const named = [...usage.matchAll(/--?[a-z][a-z-]*(?=[ \]]|$)/g)].map(([flag]) => flag);
      expect(named, name).toEqual([...new Set(named)]);
    }
  });

  it("--json says that it is so anyway where the output is no terminal, of all commands that do so", async () => {
    const says = "--json print what the API answers; also where the output is no terminal";
    const silent = (await pages()).filter(([, page]) => !page.replaceAll(/\s+/g, " ").includes(says));
    const names = silent.map(([name]) => name);
    expect(names.toSorted()).toEqual(["completion", "doctor", "init", "node-id", "skill", "task-result"]);
  });
});

const olderNode = findOlderNode();
it.runIf(olderNode !== undefined)("it runs on an older Node, too", async () => {
  const { code, out } = await cli.run([...call, "--follow"], {}, olderNode);
  expect(code).toBe(0);
  expect(JSON.parse(out.split("\n").at(-1) ?? "")).toMatchObject({ kind: "task.completed" });
});
