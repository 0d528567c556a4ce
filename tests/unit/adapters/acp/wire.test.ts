/** The adapter against agents that are scripted byte by byte. */
import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import type { Json, Run } from "#src/core/ports.ts";
import {
  endOf,
  fakeAgent,
  faultOf,
  openAcpAdapter,
  patient,
  signalsOf,
  targetOf,
  taskOf,
} from "../../../launching.ts";
import { tellFigures } from "../../../soak/figures.ts";
import { answer, chunk, line, scripted, update } from "./scripted-agent.ts";

const textOf = async (run: Run): Promise<string | undefined> => {
  const end = await endOf(run);
  return end?.kind === "completed" ? end.result.text : undefined;
};

describe("on the wire", () => {
  test("what comes before the prompt's answer counts and what comes after it doesn't, in one write", async () => {
    await using acp = openAcpAdapter();
    const words = Array.from({ length: 50 }, (_, n) => `w${n} `);
    const raw = words.map(chunk).join("") + answer() + chunk("late") + answer("refusal");
    for (let turn = 0; turn < 20; turn += 1) {
      const run = await acp.run(scripted(), taskOf({ raw }, { sticky_key: "same" }));
      expect(await textOf(run)).toBe(words.join(""));
    }
  });

  test("late words of one turn are not part of another session's", async () => {
    await using acp = openAcpAdapter();
    const first = await acp.run(
      scripted(),
      taskOf({ raw: chunk("a") + answer() + chunk("late") }, { sticky_key: "a" }),
    );
    const second = await acp.run(scripted(), taskOf({ raw: chunk("b") + answer() }, { sticky_key: "b" }));
    expect(await Promise.all([textOf(first), textOf(second)])).toEqual(["a", "b"]);
  });

  test("unknown kinds, unknown methods and answers to nothing are passed over", async () => {
    await using acp = openAcpAdapter();
    const strange = [
      update({ sessionUpdate: "from_the_future", anything: [1] }),
      line({ method: "session/update", params: { sessionId: "nobody", update: {} } }),
      line({ method: "session/update", params: [] }),
      line({ method: "session/update", params: { sessionId: 7, update: {} } }),
      line({ method: "session/update", params: { sessionId: "$S", update: 7 } }),
      line({ method: "$/cancel_request", params: { requestId: 7 } }),
      line({ method: "$/cancel_request" }),
      line({ id: { a: 1 }, method: "vendor/ask", params: {} }),
      line({ id: 4712, method: "vendor/ask" }),
      line({ id: { a: 1 }, result: {} }),
      line({ method: "vendor/news", params: { a: 1 } }),
      line({ id: 4711, result: {} }),
      line({ id: "0", error: { code: 1, message: "no" } }),
      '{"id":0}\n{}\n[]\n{"jsonrpc":"1.0","method":7,"id":1}\n',
    ];
    const printed = vi.spyOn(console, "error");
    const run = await acp.run(scripted(), taskOf({ raw: strange.join("") + chunk("x") + answer() }));
    const signals = await signalsOf(run);
    expect(signals.map(({ kind }) => kind)).toEqual(["progress", "completed"]);
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  });

  test.each<[string, string, string]>([
    ["with a code and words", '{"code":-32000,"message":"no more"}', "no more"],
    ["with data", '{"code":-32000,"message":"no more","data":{"why":"money"}}', "no more"],
    ["of no form", '"broken"', "no message"],
    ["with a code that is none", '{"code":1.5,"message":7}', "no message"],
  ])("an error %s ends the turn, and is told", async (_what, error, words) => {
    await using acp = openAcpAdapter();
    const raw = `{"jsonrpc":"2.0","id":$I,"error":${error}}\n`;
    const run = await acp.run(scripted(), taskOf({ raw }));
    expect(await endOf(run)).toMatchObject({
      kind: "failed",
      reason: "remote_failed",
      detail: expect.stringContaining(words),
    });
  });

  test("an error of null beside a result is none", async () => {
    await using acp = openAcpAdapter();
    const raw = `${chunk("x")}{"jsonrpc":"2.0","id":$I,"result":{"stopReason":"end_turn"},"error":null}\n`;
    expect(await textOf(await acp.run(scripted(), taskOf({ raw })))).toBe("x");
  });

  test("an agent that never reads its stdin is heard to the end of its noise", async () => {
    await using acp = openAcpAdapter();
    const noise = 40_000;
    const run = await acp.run(scripted(), taskOf({ deaf: true, noise, raw: chunk("after") + answer() }));
    expect(await textOf(run)).toBe("after");
    tellFigures("G12", { noise });
  });

  test.each<[string, Json]>([
    ["a number that is one of ours too", 1],
    ["a string", "a1b2"],
  ])("a request of the agent whose id is %s gets its own answer: method not found", async (_, id) => {
    await using acp = openAcpAdapter();
    const request = line({
      id,
      method: "fs/read_text_file",
      params: { sessionId: "$S", path: "/etc/passwd" },
    });
    const run = await acp.run(scripted(), taskOf({ raw: request, report: true }));
    const reported = JSON.parse((await textOf(run)) ?? "");
    expect(reported).toMatchObject({ id, error: { code: -32601 } });
  });

  test("a permission request of a session without a turn is nobody's: no policy allows it", async () => {
    await using acp = openAcpAdapter();
    const options = [{ optionId: "y", name: "Yes", kind: "allow_once" }];
    const params = { sessionId: "left to itself", toolCall: { toolCallId: "1", title: "rm -rf /" }, options };
    const raw = line({ id: 0, method: "session/request_permission", params });
    const target = { ...scripted(), permissions: "allow" as const };
    const end = (await signalsOf(await acp.run(target, taskOf({ raw, report: true })))).at(-1);
    expect(JSON.parse(end?.kind === "completed" ? end.result.text : "")).toMatchObject({
      id: 0,
      result: { outcome: { outcome: "cancelled" } },
    });
  });

  test("a permission request is rejected by kind where the policy says so, and the task is told", async () => {
    await using acp = openAcpAdapter();
    const params = {
      sessionId: "$S",
      toolCall: { toolCallId: "1", title: "rm -rf build" },
      options: [
        { optionId: "reject_once", name: "Yes", kind: "allow_once" },
        { optionId: "allow_once", name: "No", kind: "reject_once" },
        { optionId: "odd", name: "Odd", kind: "from_the_future" },
      ],
    };
    const raw = line({ id: 0, method: "session/request_permission", params });
    const target = { ...scripted(), permissions: "deny" as const };
    const signals = await signalsOf(await acp.run(target, taskOf({ raw, report: true })));
    expect(signals[0]).toMatchObject({
      data: { type: "log", text: expect.stringContaining("rm -rf build") },
    });
    const end = signals.at(-1);
    expect(JSON.parse(end?.kind === "completed" ? end.result.text : "")).toMatchObject({
      id: 0,
      result: { outcome: { outcome: "selected", optionId: "allow_once" } },
    });
  });

  test("an error after our cancel confirms it; without one it is remote_failed", async () => {
    await using acp = openAcpAdapter();
    const refusal = '{"jsonrpc":"2.0","id":$I,"error":{"code":500,"message":"it broke"}}\n';
    const failed = await acp.run(scripted(), taskOf({ raw: chunk("half") + refusal }));
    expect(await endOf(failed)).toMatchObject({
      kind: "failed",
      reason: "remote_failed",
      detail: expect.stringContaining("it broke"),
      result: { text: "half" },
    });
    const cancelled = await acp.run(scripted(), taskOf({ raw: chunk("half"), on_cancel: refusal }));
    await cancelled.cancel?.();
    expect(await endOf(cancelled)).toMatchObject({
      kind: "cancelled",
      how: "confirmed",
      result: { text: "half" },
    });
  });

  test("a secret that the registry names is masked in what is told about an error", async () => {
    await using acp = openAcpAdapter();
    const target = scripted();
    const secret = "canary-secret-value";
    const raw = `{"jsonrpc":"2.0","id":$I,"error":{"code":1,"message":"bad key ${secret}"}}\n`;
    const run = await acp.run(
      { ...target, launch: { ...target.launch, env: { KEY: secret } } },
      taskOf({ raw }),
    );
    const end = await endOf(run);
    expect(end?.kind === "failed" && end.detail).toMatch(/bad key \*\*\*/);
  });

  test("an agent that closes its output is ended, and its task with it", async () => {
    await using acp = openAcpAdapter();
    const run = await acp.run(scripted(), taskOf({ raw: chunk("half"), close: true }));
    expect(await endOf(run)).toMatchObject({
      kind: "failed",
      reason: "remote_failed",
      result: { text: "half" },
    });
  });

  test("an oversize line ends the open tasks of its process, and no other process's", async () => {
    await using acp = openAcpAdapter({ lineLimit: 10_000 });
    const other = { ...scripted(), target_id: "other" };
    const untouched = await acp.run(other, taskOf({ raw: "", on_cancel: chunk("well") + answer() }));
    const waiting = await acp.run(scripted(), taskOf({ raw: "" }));
    const big = await acp.run(scripted(), taskOf({ raw: `${"x".repeat(10_001)}\n` }));
    for (const run of [waiting, big]) {
      expect(await endOf(run)).toMatchObject({ kind: "failed", reason: "protocol_error" });
    }
    await untouched.cancel?.();
    expect(await endOf(untouched)).toMatchObject({ kind: "completed", result: { text: "well" } });
  });
});

describe("a launch", () => {
  test.each<[string, string[], RegExp]>([
    ["speaks another version", ["--initialize", '{"result":{"protocolVersion":99}}'], /version 99/],
    ["refuses initialize", ["--initialize", '{"error":{"code":-32603,"message":"no model"}}'], /no model/],
    ["answers nonsense", ["--initialize", '{"result":[]}'], /version null/],
  ])("fails when the agent %s", async (_, flags, message) => {
    await using acp = openAcpAdapter();
    const fault = await faultOf(acp.adapter.launch(scripted(...flags), {}, patient).lease);
    expect(fault).toMatchObject({ kind: "launch_failed", message: expect.stringMatching(message) });
    expect(acp.ledger.rows()).toMatchObject([{ status: "failed" }]);
  });

  test("fails when the agent is silent for longer than initialize_timeout_ms, also as a string", async () => {
    await using acp = openAcpAdapter();
    const silent = scripted("--initialize", "null");
    const fault = await faultOf(acp.adapter.launch(silent, { initialize_timeout_ms: "100" }, patient).lease);
    expect(fault).toMatchObject({ kind: "launch_failed", message: expect.stringContaining("100 ms") });
  });

  test("tells why it failed without a word of stderr, which only the launch row has", async () => {
    await using acp = openAcpAdapter();
    const launch = acp.adapter.launch(targetOf(fakeAgent("--mode", "launch_fail")), {}, patient);
    const { message } = await faultOf(launch.lease);
    expect(message).toContain("exited with code 1 before it was ready");
    expect(message).not.toContain("told to fail");
    expect(acp.ledger.row(launch.launch_id)?.error_text).toContain("told to fail at launch");
  });
});

describe("a session", () => {
  test("that wants a login is submit_failed with the runtime's own instruction", async () => {
    await using acp = openAcpAdapter();
    const methods = [{ id: "setup", name: "Setup", description: "run `agent login`" }];
    const target = scripted(
      "--initialize",
      JSON.stringify({ result: { protocolVersion: 1, authMethods: methods } }),
      "--new",
      '{"error":{"code":-32000,"message":"Authentication required"}}',
    );
    expect(await faultOf(acp.run(target, taskOf("x")))).toMatchObject({
      kind: "submit_failed",
      message: expect.stringMatching(/Authentication required.*agent login/),
    });
  });

  test("that is refused is submit_failed with all that the runtime said of it", async () => {
    await using acp = openAcpAdapter();
    const error = { code: -32603, message: "Internal error", data: { details: "gateway not connected" } };
    expect(await faultOf(acp.run(scripted("--new", JSON.stringify({ error })), taskOf("x")))).toEqual({
      kind: "submit_failed",
      message: "the runtime answered with error -32603: Internal error: gateway not connected",
    });
  });

  test("without an id is a protocol_error", async () => {
    await using acp = openAcpAdapter();
    const run = acp.run(scripted("--new", '{"result":{}}'), taskOf("x"));
    expect(await faultOf(run)).toMatchObject({ kind: "protocol_error" });
  });

  test("that isn't set up in session_setup_timeout_ms is submit_failed", async () => {
    await using acp = openAcpAdapter();
    const task = taskOf("x", { runtime_options: { session_setup_timeout_ms: 100 } });
    expect(await faultOf(acp.run(scripted("--new", "null"), task))).toMatchObject({
      kind: "submit_failed",
      message: expect.stringContaining("100 ms"),
    });
  });

  test("is given up when the caller is gone before it is set up", async () => {
    await using acp = openAcpAdapter();
    const target = scripted("--new", "null");
    const lease = await acp.adapter.launch(target, {}, patient).lease;
    const caller = new AbortController();
    const submitted = faultOf(acp.adapter.submit(taskOf("x"), target, lease, caller.signal));
    caller.abort();
    expect(await submitted).toMatchObject({ kind: "submit_failed" });
  });

  test("is not prompted for a caller that has gone, and stays for the next one", async () => {
    await using acp = openAcpAdapter();
    const target = targetOf(fakeAgent());
    const file = `${acp.workDir}/count`;
    const task = taskOf({ mode: "count", file }, { sticky_key: "k" });
    await endOf(await acp.run(target, taskOf("first", { sticky_key: "k" })));
    const lease = await acp.adapter.launch(target, {}, patient).lease;
    const submitted = acp.adapter.submit(task, target, lease, AbortSignal.abort());
    expect(await faultOf(submitted)).toMatchObject({ kind: "submit_failed" });
    const next = await acp.run(target, taskOf({ mode: "count", file }, { sticky_key: "k" }));
    expect(next.continuity).toBe("live");
    await endOf(next);
    expect(readFileSync(file, "utf8").split("\n")).toHaveLength(2);
  });

  test.each(["relative/path", "/does/not/exist"])("in %s is refused", async (cwd) => {
    await using acp = openAcpAdapter();
    const fault = await faultOf(acp.run(scripted(), taskOf("x", { runtime_options: { cwd } })));
    expect(fault).toMatchObject({ kind: "submit_failed", message: expect.stringContaining(cwd) });
  });

  test("is quarantined when its cancel is ignored while another one works, and its late words are dropped", async () => {
    await using acp = openAcpAdapter({ cancelGraceMs: 100 });
    const target = targetOf(fakeAgent());
    const working = await acp.run(target, taskOf({ mode: "cancelled" }));
    const deaf = await acp.run(target, taskOf({ mode: "ignore_cancel" }, { sticky_key: "k" }));
    await deaf.cancel?.();
    expect(await endOf(deaf)).toMatchObject({ kind: "cancelled", how: "quarantined" });
    const next = await acp.run(target, taskOf("next", { sticky_key: "k" }));
    expect(next).toMatchObject({ continuity: "fresh", continuity_reason: expect.stringContaining("cancel") });
    await working.cancel?.();
    expect(await endOf(working)).toMatchObject({ kind: "cancelled", how: "confirmed" });
  });

  test("is the last one of its process: a cancel that is ignored ends the process", async () => {
    await using acp = openAcpAdapter({ cancelGraceMs: 100 });
    const target = targetOf(fakeAgent());
    const deaf = await acp.run(target, taskOf({ mode: "ignore_cancel" }));
    await deaf.cancel?.();
    expect(await endOf(deaf)).toMatchObject({
      kind: "cancelled",
      how: "process_ended",
      result: { text: "working" },
    });
    expect(acp.adapter.usable(target, {})).toBeUndefined();
  });
});

describe("a process", () => {
  test("has an allow-listed environment, the registry's and the node's own", async () => {
    await using acp = openAcpAdapter({
      environment: { ...process.env, SECRET_OF_OURS: "x", LC_TEST: "y" },
      ownVariables: ({ runtime_id }) => ({
        AETHROLINK_SERVER: "http://127.0.0.1:1",
        AETHROLINK_AGENT_ID: runtime_id,
      }),
    });
    const target = scripted();
    const run = await acp.run(
      { ...target, launch: { ...target.launch, env: { FROM_REGISTRY: "z" } } },
      taskOf({ env: true }),
    );
    const environment = JSON.parse((await textOf(run)) ?? "{}");
    expect(environment).toMatchObject({
      PATH: process.env.PATH,
      LC_TEST: "y",
      FROM_REGISTRY: "z",
      AETHROLINK_SERVER: "http://127.0.0.1:1",
      AETHROLINK_AGENT_ID: "tested",
      AETHROLINK_LAUNCH_ID: acp.ledger.rows()[0]?.launch_id,
    });
    expect(environment).not.toHaveProperty("SECRET_OF_OURS");
  });

  test("that counts its prompts counts one per task", async () => {
    await using acp = openAcpAdapter();
    const file = `${acp.workDir}/count`;
    const tasks = Array.from({ length: 20 }, () => taskOf({ mode: "count", file }));
    const ends = await Promise.all(
      tasks.map(async (task) => endOf(await acp.run(targetOf(fakeAgent()), task))),
    );
    expect(ends.every((end) => end?.kind === "completed")).toBe(true);
    expect(readFileSync(file, "utf8").trim().split("\n").sort()).toEqual(
      tasks.map((task) => task.task_id).sort(),
    );
  });
});
