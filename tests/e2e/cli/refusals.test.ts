import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeCommand } from "../../programs.ts";
import { createHome, eventOf, type Home, startNode, type TestNode } from "../../support.ts";
import { commandFor } from "./command.ts";

let home: Home;
let node: TestNode;

beforeAll(async () => {
  home = createHome({
    agent: { command: await fakeCommand(), more: { capabilities: ["test.run", "test.other"] } },
    narrow: { command: await fakeCommand(), more: { max_concurrency: 1, queue: 1 } },
    absent: { command: ["no-such-agent", "acp"] },
  });
  node = await startNode(home);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

const run = (args: readonly string[], env: object = {}) => commandFor(home.dataDir).run(args, env);

describe("what goes wrong is said in a line or two, with what to do", () => {
  it.each([
    ["a wrong flag", ["call", "--intnt", "x"], 2, /Nonexistent flag: --intnt\nSee --help/],
    [
      "a turn without an intent",
      ["thread-continue", "01KAT3Q4V5W6X7Y8Z9A0B1C2D3", "--text", "y"],
      2,
      /say what is wanted, with --intent or --intent-for\n/,
    ],
    ["no payload", ["call", "--intent", "x"], 2, /--text, --text-file and --payload/],
    ["a bad payload", ["call", "--intent", "x", "--payload", "{"], 2, /must be JSON/],
    ["a bad duration", ["call", "--intent", "x", "--text", "y", "--timeout", "soon"], 2, /is no duration/],
    ["a bad file", ["call", "--intent", "x", "--text-file", "/nowhere"], 2, /nowhere can't be read/],
    [
      "a file that is no text",
      ["call", "--intent", "x", "--text-file", process.execPath],
      2,
      /is no text in UTF-8/,
    ],
    [
      "a key that is none",
      ["call", "--intent", "x", "--text", "y", "--idempotency-key", "a b"],
      2,
      /visible ASCII/,
    ],
    ["an unknown runtime", ["runtime-start", "nobody"], 4, /runtime_not_found/],
    [
      "a runtime that can't be started",
      ["runtime-start", "absent"],
      8,
      /\(launch_failed\)\nSee how its launches ended with `alink-cli runtime-launches`\.$/,
    ],
    ["an unknown artifact", ["artifact-get", "01KAT3Q4V5W6X7Y8Z9A0B1C2D3"], 4, /artifact_not_found/],
    ["an unknown token", ["token-revoke", "01KAT3Q4V5W6X7Y8Z9A0B1C2D3"], 4, /token_not_found/],
    ["an unknown status", ["task-list", "--status", "done"], 2, /status=done.*completed/s],
    [
      "a role that is none",
      ["token-create", "--role", "admin"],
      3,
      /role: must be operator, reader or agent:<id>/,
    ],
    ["two ids", ["task-get", "a", "--task-id", "b"], 2, /differ; give one/],
    ["a file that holds no token", ["targets", "--token-file", process.execPath], 2, /holds no token/],
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
    ["an unknown command", ["tasks"], 2, /no command tasks. Similar: task-get, /],
  ])("%s", async (_what, args, code, says) => {
    const ran = await run(args);
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: "" });
    expect(ran.err).toMatch(says);
    expect(ran.err).not.toMatch(/\n\s+at /);
  });

  it("a runtime that is at work", async () => {
    const { task_id } = await node.submit({ payload: { mode: "cancelled" }, target_runtime: "agent" });
    await eventOf(node, task_id, "task.running");
    const ran = await run(["runtime-stop", "agent"]);
    expect(ran).toMatchObject({ code: 5, out: "", err: expect.stringMatching(/1 open task.*runtime_busy/) });
    expect((await run(["runtime-stop", "agent", "--force"])).code).toBe(0);
  });

  it("a target whose queue is full", async () => {
    for (let n = 0; n < 2; n++) await node.submit({ payload: { mode: "silent" }, target_runtime: "narrow" });
    const ran = await run(["call", "--target", "narrow", "--intent", "test.run", "--text", "hello"]);
    expect(ran).toMatchObject({
      code: 8,
      out: "",
      err: expect.stringMatching(/queue of narrow is full: 1 task\(s\) wait.*\(queue_full\)\nGive it again/),
    });
  });

  it("the token that the node itself uses", async () => {
    const { body } = await node.call<{ tokens: { token_id: string }[] }>("GET", "/v1/tokens");
    const ran = await run(["token-revoke", body.tokens[0]?.token_id ?? ""]);
    expect(ran).toMatchObject({ code: 5, out: "", err: expect.stringContaining("token_in_use") });
  });

  it("a token that was revoked", async () => {
    const { body } = await node.call<{ token: string; record: { token_id: string } }>("POST", "/v1/tokens", {
      role: "reader",
    });
    await run(["token-revoke", "--token-id", body.record.token_id]);
    const ran = await run(["targets"], { AETHROLINK_TOKEN: body.token });
    expect(ran).toMatchObject({ code: 6, err: expect.stringContaining("unauthorized") });
  });

  it("a node that was never started", async () => {
    const ran = await run(["targets"], {
      AETHROLINK_DATA_DIR: join(home.path, "none"),
      AETHROLINK_SERVER: "http://127.0.0.1:9",
    });
    expect(ran.code).toBe(7);
  });

  it("an output that can't be written", async () => {
    const payload = { mode: "flood", chunks: 2000, size: 16 };
    const { task_id } = await node.submit({ payload, target_runtime: "agent" });
    const { result_artifact_id } = await node.task(task_id, 30);
    const ran = await run(["artifact-get", result_artifact_id ?? "", "--output", "/nowhere/file"]);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("can't be written") });
  });
});
