import { describe, expect, test } from "vitest";
import type { JsonObject, Run, Target } from "#src/core/ports.ts";
import { externalTarget, managedTarget, openHttpAdapter, startCommAgent } from "../../../comm-agent.ts";
import { freePort } from "../../../free-port.ts";
import {
  createMemoryBindings,
  endOf,
  faultOf,
  patient,
  signalsOf,
  signalWhere,
  taskOf,
} from "../../../launching.ts";

import { completes, ended, json, scripted } from "./scripted-server.ts";

const asked = async (run: Run) => {
  const signal = await signalWhere(run, ({ kind }) => kind === "awaiting_input");
  if (signal.kind !== "awaiting_input") throw new Error("it asked nothing");
  return signal.question;
};
const content = (text: string) => ({ kind: "content", content: { text } }) as const;

describe("a run at a server of others", () => {
  test("is told who wants what first, then what", async () => {
    await using server = await scripted(completes);
    await using http = openHttpAdapter();
    const task = taskOf({ text: "hi", attachments: [{ name: "a", data: "AAE=" }, "http://x/y"] });
    expect(await endOf(await http.run(externalTarget(server.url), task))).toMatchObject({
      kind: "completed",
      result: { text: "hello" },
    });
    const { body } = server.seen.find(({ call }) => call === "POST /runs") ?? {};
    const { agent_name, mode, input } = body as {
      agent_name: string;
      mode: string;
      input: { parts: JsonObject[] }[];
    };
    expect([agent_name, mode]).toEqual(["only", "stream"]);
    const [control, ...rest] = input[0]?.parts ?? [];
    expect(control?.content_type).toBe("application/vnd.aethrolink.control+json");
    expect(JSON.parse(String(control?.content))).toMatchObject({
      protocol: "aethrolink/0.1-local",
      task_id: task.task_id,
      intent: "test.run",
    });
    expect(rest).toEqual([
      { content_type: "text/plain", content: "hi" },
      { name: "a", content: "AAE=", content_encoding: "base64" },
      { content_url: "http://x/y" },
    ]);
  });

  test("makes artifacts of what has a name, and answers with the rest", async () => {
    await using server = await startCommAgent();
    await using http = openHttpAdapter();
    const signals = await signalsOf(await http.run(externalTarget(server.url), taskOf({ mode: "artifact" })));
    const made = signals.flatMap((signal) => (signal.kind === "artifact" ? [signal] : []));
    expect(made.map(({ name, media_type, bytes }) => [name, media_type, [...bytes].length])).toEqual([
      ["out.txt", "text/plain", 9],
      ["b.bin", "application/octet-stream", 4],
    ]);
    expect(signals.at(-1)).toMatchObject({ kind: "completed", result: { text: "two files" } });
  });

  test("keeps what it had said when it fails", async () => {
    await using server = await startCommAgent();
    await using http = openHttpAdapter();
    expect(await endOf(await http.run(externalTarget(server.url), taskOf({ mode: "fail" })))).toMatchObject({
      kind: "failed",
      reason: "remote_failed",
      detail: "told to fail (server_error)",
      result: { text: "partial" },
    });
  });

  test("speaks the older dialect: questions, answers and cancels", async () => {
    await using server = await startCommAgent("--dialect", "aethrolink");
    await using http = openHttpAdapter();
    const target = externalTarget(server.url, { dialect: "aethrolink" });
    expect(await endOf(await http.run(target, taskOf({ text: "hi" })))).toMatchObject({
      result: { text: "echo: hi" },
    });
    const run = await http.run(target, taskOf({ mode: "input" }));
    const { request_id } = await asked(run);
    await run.resume?.(request_id, { kind: "content", content: { name: "Ada" } });
    expect(await endOf(run)).toMatchObject({ kind: "completed", result: { text: 'input: {"name":"Ada"}' } });
    const silent = await http.run(target, taskOf({ mode: "silent" }));
    await silent.cancel?.();
    expect(await endOf(silent)).toMatchObject({ kind: "cancelled", how: "confirmed" });
  });

  test("is never told to resume after its end, since some servers never return from that", async () => {
    let status = "awaiting";
    await using server = await scripted({
      ...completes,
      "GET /runs/run-1": (res) => json(res, ended(status)),
      "POST /runs/run-1": (res) => json(res, ended("in-progress"), 202),
    });
    await using http = openHttpAdapter();
    const run = await http.run(externalTarget(server.url), taskOf("go"));
    const { request_id } = await asked(run);
    status = "completed";
    const fault = await faultOf(Promise.resolve(run.resume?.(request_id, content("yes"))));
    expect(fault.kind).toBe("not_found");
    expect(await endOf(run)).toMatchObject({ kind: "completed" });
    expect(server.seen.filter(({ call }) => call === "POST /runs/run-1")).toEqual([]);
  });

  test("keeps a question open whose answer the server refuses", async () => {
    let status = "awaiting";
    let accepts = false;
    await using server = await scripted({
      ...completes,
      "GET /runs/run-1": (res) => json(res, ended(status)),
      "POST /runs/run-1": (res) => {
        if (!accepts) return json(res, { code: "invalid_input", message: "say yes" }, 422);
        status = "completed";
        json(res, ended("in-progress"), 202);
      },
    });
    await using http = openHttpAdapter();
    const run = await http.run(externalTarget(server.url), taskOf("go"));
    const { request_id } = await asked(run);
    const refused = await faultOf(Promise.resolve(run.resume?.(request_id, content("perhaps"))));
    expect(refused).toEqual({ kind: "remote_failed", message: "422 invalid_input: say yes" });
    accepts = true;
    await run.resume?.(request_id, content("yes"));
    expect((await signalsOf(run)).map(({ kind }) => kind)).toEqual(["resumed", "completed"]);
  });

  test("is left in quarantine when it ignores its cancel, and its session is never used again", async () => {
    await using server = await startCommAgent();
    const bindings = createMemoryBindings();
    await using http = openHttpAdapter({ cancelGraceMs: 50, bindings });
    const target = externalTarget(server.url);
    const run = await http.run(target, taskOf({ mode: "ignore_cancel" }, { sticky_key: "talk" }));
    await run.cancel?.();
    expect(await endOf(run)).toMatchObject({ kind: "cancelled", how: "quarantined" });
    const next = await http.run(target, taskOf("again", { sticky_key: "talk" }));
    expect(next.handle.remote_session_id).not.toBe(run.handle.remote_session_id);
    expect([next.continuity, next.continuity_reason]).toEqual([
      "fresh",
      "its last turn did not confirm its cancel",
    ]);
  });
});

describe("sessions", () => {
  test("are found again by another life of the node, also without a binding", async () => {
    await using server = await startCommAgent();
    const bindings = createMemoryBindings();
    const target = externalTarget(server.url);
    const told = async (with_: typeof bindings) => {
      await using http = openHttpAdapter({ bindings: with_ });
      const run = await http.run(target, taskOf("HISTORY?", { sticky_key: "talk" }));
      const end = await endOf(run);
      return [run.continuity, end?.kind === "completed" && end.result.text];
    };
    expect(await told(bindings)).toEqual(["fresh", "HISTORY[0]: "]);
    expect(await told(bindings)).toEqual(["resumed", "HISTORY[1]: HISTORY?"]);
    expect(await told(createMemoryBindings())).toEqual(["fresh", "HISTORY[2]: HISTORY? | HISTORY?"]);
  });

  test("have an id also where the target's former adapter gave theirs up", async () => {
    await using server = await startCommAgent();
    const bindings = createMemoryBindings();
    await using http = openHttpAdapter({ bindings });
    const target = externalTarget(server.url);
    await endOf(await http.run(target, taskOf("hi", { sticky_key: "talk" })));
    const key = { target_id: target.target_id, subcontext_key: "default", sticky_key: "talk" };
    const kept = bindings.find(key);
    if (kept === undefined) expect.unreachable("it was just spoken in");
    bindings.keep({ ...kept, adapter: "acp", remote_session_id: "", metadata: { left: "it said no" } });
    const run = await http.run(target, taskOf("again", { sticky_key: "talk" }));
    expect(run.handle.remote_session_id).toMatch(/^[0-9a-f-]{36}$/);
    expect([run.continuity, run.continuity_reason]).toEqual(["fresh", "it said no"]);
    await endOf(run);
  });

  test("are told to be live, resumable or none, without a call", async () => {
    await using server = await startCommAgent();
    const bindings = createMemoryBindings();
    const target = externalTarget(server.url);
    await using http = openHttpAdapter({ bindings });
    const reuse = (adapter = http.adapter, key = "talk") => adapter.reuse?.(target, {}, key);
    expect(reuse()).toBe("none");
    await endOf(await http.run(target, taskOf("hi", { sticky_key: "talk" })));
    expect([reuse(), reuse(http.adapter, "other")]).toEqual(["live", "none"]);
    await using later = openHttpAdapter({ bindings });
    expect(reuse(later.adapter)).toBe("resumable");
  });
});

describe("two targets at one server", () => {
  test("have sessions, leases and runs of their own; to let go of one leaves the other", async () => {
    await using server = await startCommAgent();
    await using http = openHttpAdapter();
    const [one, other] = ["one", "other"].map((target_id) => externalTarget(server.url, { target_id }));
    if (one === undefined || other === undefined) throw new Error("there are two");
    const talk = { sticky_key: "talk" };
    const told = async (target: typeof one, text: string) => {
      const run = await http.run(target, taskOf(text, talk));
      const end = await endOf(run);
      return [run.continuity, end?.kind === "completed" && end.result.text];
    };
    expect(await told(one, "for one")).toEqual(["fresh", "echo: for one"]);
    expect(await told(other, "HISTORY?")).toEqual(["fresh", "HISTORY[0]: "]);
    const lease = http.adapter.usable(one, {});
    const working = await http.run(other, taskOf({ mode: "cancelled" }));
    await http.adapter.stop(one);
    expect(lease?.gone.aborted).toBe(true);
    expect([http.adapter.usable(one, {}), http.adapter.usable(other, {})?.gone.aborted]).toEqual([
      undefined,
      false,
    ]);
    await working.cancel?.();
    expect(await endOf(working)).toMatchObject({ kind: "cancelled", how: "confirmed" });
    expect(await told(one, "HISTORY?")).toEqual(["resumed", "HISTORY[1]: for one"]);
  });

  test("that is to be started for each of them belongs to the one that came first", async () => {
    const port = await freePort();
    await using http = openHttpAdapter();
    await endOf(await http.run(managedTarget(port, [], { target_id: "one" }), taskOf("hi")));
    const other = managedTarget(port, [], { target_id: "other" });
    const fault = await faultOf(http.run(other, taskOf("hi")));
    expect(fault).toMatchObject({
      kind: "launch_failed",
      message: expect.stringContaining("another server"),
    });
    expect(http.adapter.usable(managedTarget(port, [], { target_id: "one" }), {})).toBeDefined();
  });
});

describe("which agent does the work", () => {
  const agentOf = async (options: JsonObject, target_id = "tested") => {
    await using server = await startCommAgent("--agents", "one,two");
    await using http = openHttpAdapter();
    const target = externalTarget(server.url, { target_id });
    const run = await http.run(target, taskOf("hi", { runtime_options: options }));
    await endOf(run);
    const answer = await fetch(`${server.url}/runs/${run.handle.remote_execution_id}`);
    return (await answer.json()).agent_name;
  };

  test("is said by the option agent, else by executor, else by the target's own name", async () => {
    expect(await agentOf({ agent: "two", executor: "one" })).toBe("two");
    expect(await agentOf({ executor: "one" })).toBe("one");
    expect(await agentOf({ executor: "default" }, "two")).toBe("two");
  });

  test("must be said where the server has several", async () => {
    expect(await faultOf(agentOf({}))).toEqual({
      kind: "submit_failed",
      message: expect.stringContaining("It has: one, two"),
    });
    expect(await faultOf(agentOf({ agent: "three" }))).toEqual({
      kind: "submit_failed",
      message: "the server refused the run: 404 not_found: Agent three not found",
    });
  });
});

describe("where a server is", () => {
  const told = async (target: Target) => {
    await using http = openHttpAdapter();
    const { message } = await faultOf(http.run(target, taskOf("hi")));
    return [message, JSON.stringify(await http.adapter.health(target, {}))];
  };

  test("isn't told where it can't be reached, since that is shown to all who may ask", async () => {
    const port = await freePort();
    for (const said of await told(externalTarget(`http://127.0.0.1:${port}/hidden`))) {
      expect(said).toContain("health check: ECONNREFUSED");
      expect(said).not.toMatch(/127\.0\.0\.1|hidden/);
    }
  });

  test("isn't told where it says that it isn't well", async () => {
    await using server = await scripted({ "GET /well?key=k": (res) => json(res, { message: "ill" }, 503) });
    const target = externalTarget(server.url, { healthcheck: "/well?key=k" });
    for (const said of await told(target)) {
      expect(said).toContain("health check: 503: ill");
      expect(said).not.toMatch(/127\.0\.0\.1|key/);
    }
  });
});

test("a server is not started where another one answers already", async () => {
  await using server = await startCommAgent();
  await using http = openHttpAdapter();
  const fault = await faultOf(http.adapter.launch(managedTarget(server.port), {}, patient).lease);
  expect(fault).toEqual({ kind: "launch_failed", message: expect.stringContaining("answers at") });
});
