/** The adapter against the shipped fake and against servers that are scripted here. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject, Run, Target } from "#src/core/ports.ts";
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

interface Seen {
  readonly call: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Json;
}

/** A server that answers as it is told; every other call is 404. */
async function scripted(routes: {
  readonly [call: string]: (res: ServerResponse, body: JsonObject) => void;
}) {
  const seen: Seen[] = [];
  const server = createServer(async (req, res) => {
    let text = "";
    for await (const chunk of req) text += chunk;
    const call = `${req.method} ${req.url}`;
    const body = text === "" ? {} : JSON.parse(text);
    seen.push({ call, headers: req.headers, body });
    const route = routes[call];
    if (route === undefined) json(res, { code: "not_found", message: "Not Found" }, 404);
    else route(res, body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function json(res: ServerResponse, body: Json, status = 200): void {
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const up = { "GET /ping": (res: ServerResponse) => json(res, {}) };
const oneAgent = {
  "GET /agents?limit=1000": (res: ServerResponse) => json(res, { agents: [{ name: "only" }] }),
};
const ended = (status: string, more: JsonObject = {}): JsonObject => ({
  run_id: "run-1",
  status,
  output: [{ role: "agent", parts: [{ content: "hello" }] }],
  ...more,
});
const completes = {
  ...up,
  ...oneAgent,
  "POST /runs": (res: ServerResponse) => json(res, ended("created"), 202),
  "GET /runs/run-1": (res: ServerResponse) => json(res, ended("completed")),
};
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

describe("headers", () => {
  const target = (url: string) =>
    externalTarget(url, { headers: { authorization: { env: "THE_KEY" }, "x-team": "red" } });
  const environment = { ...process.env, THE_KEY: "Bearer top-secret-value" };

  test("of the registry go along, and a task's own add to them and replace nothing", async () => {
    await using server = await scripted(completes);
    await using http = openHttpAdapter({ environment });
    const headers = { Authorization: "Bearer mine", "x-more": "1", "X-Team": "blue", host: "elsewhere" };
    await endOf(await http.run(target(server.url), taskOf("hi", { runtime_options: { headers } })));
    const { headers: sent } = server.seen.find(({ call }) => call === "POST /runs") ?? {};
    expect(sent).toMatchObject({
      authorization: "Bearer top-secret-value",
      "x-team": "red",
      "x-more": "1",
      host: new URL(server.url).host,
    });
  });

  test("that no request could carry are refused before anything is sent", async () => {
    await using server = await scripted(completes);
    await using http = openHttpAdapter({ environment });
    const headers = { "x-more": "1\r\nx-evil: 2" };
    const fault = await faultOf(http.run(target(server.url), taskOf("hi", { runtime_options: { headers } })));
    expect(fault.kind).toBe("submit_failed");
    expect(server.seen.map(({ call }) => call)).not.toContain("POST /runs");
  });

  test("whose variable is not set make the runtime unavailable, by its name", async () => {
    await using server = await scripted(completes);
    await using http = openHttpAdapter({ environment: {} });
    const { error } = await http.adapter.probe(target(server.url), {}, patient);
    expect(error).toContain("THE_KEY is not set");
  });

  test("with secrets are masked where a server repeats them", async () => {
    await using server = await scripted({
      ...up,
      ...oneAgent,
      "POST /runs": (res) => json(res, { message: "bad key: Bearer top-secret-value" }, 401),
    });
    await using http = openHttpAdapter({ environment });
    const fault = await faultOf(http.run(target(server.url), taskOf("hi")));
    expect(fault).toEqual({
      kind: "submit_failed",
      message: "the server refused the run: 401: bad key: ***",
    });
  });

  const repeats = (res: ServerResponse) => json(res, { message: "bad key: Bearer top-secret-value" }, 401);

  test("with secrets are masked where a server repeats them without their scheme", async () => {
    const bare = (res: ServerResponse) => json(res, { message: "no such key: top-secret-value" }, 401);
    await using server = await scripted({ ...up, ...oneAgent, "POST /runs": bare });
    await using http = openHttpAdapter({ environment });
    const fault = await faultOf(http.run(target(server.url), taskOf("hi")));
    expect(fault.message).toBe("the server refused the run: 401: no such key: ***");
  });

  test("with secrets are masked in why a server isn't up, also in its health", async () => {
    await using server = await scripted({ "GET /ping": repeats });
    await using http = openHttpAdapter({ environment });
    const fault = await faultOf(http.run(target(server.url), taskOf("hi")));
    expect(fault.message).toContain("bad key: ***");
    expect(JSON.stringify(await http.adapter.health(target(server.url), {}))).toContain("bad key: ***");
  });

  test("with secrets are masked in why a server tells no agents, also in a probe", async () => {
    await using server = await scripted({ ...up, "GET /agents?limit=1000": repeats });
    await using http = openHttpAdapter({ environment });
    const fault = await faultOf(http.run(target(server.url), taskOf("hi")));
    expect(fault.message).toContain("bad key: ***");
    const { error } = await http.adapter.probe(target(server.url), {}, patient);
    expect(error).toContain("bad key: ***");
  });

  test("with secrets are masked in why a server takes no answer and no cancel", async () => {
    await using server = await scripted({
      ...completes,
      "GET /runs/run-1": (res) => json(res, ended("awaiting")),
      "POST /runs/run-1": repeats,
      "POST /runs/run-1/cancel": (res) => json(res, { message: "no: Bearer top-secret-value" }, 500),
    });
    await using http = openHttpAdapter({ environment });
    const run = await http.run(target(server.url), taskOf("hi"));
    const { request_id } = await asked(run);
    const refused = await faultOf(Promise.resolve(run.resume?.(request_id, content("yes"))));
    expect(refused.message).toBe("401: bad key: ***");
    expect((await faultOf(Promise.resolve(run.cancel?.()))).message).toBe("500: no: ***");
  });

  test("never follow a redirect", async () => {
    await using elsewhere = await scripted(completes);
    await using server = await scripted({
      ...up,
      ...oneAgent,
      "POST /runs": (res) => res.writeHead(307, { location: `${elsewhere.url}/runs` }).end(),
    });
    await using http = openHttpAdapter({ environment });
    expect((await faultOf(http.run(target(server.url), taskOf("hi")))).kind).toBe("submit_failed");
    expect(elsewhere.seen).toEqual([]);
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

describe("a hand-over", () => {
  test("whose answer never comes is one of which nobody knows whether it was taken", async () => {
    await using server = await scripted({ ...up, ...oneAgent, "POST /runs": (res) => void res.destroy() });
    await using http = openHttpAdapter();
    const fault = await faultOf(http.run(externalTarget(server.url), taskOf("hi")));
    expect(fault).toEqual({ kind: "timeout", message: expect.stringContaining("it is unknown whether") });
  });

  test("that is answered too late is, too, and is waited for no longer", async () => {
    await using server = await scripted({ ...up, ...oneAgent, "POST /runs": () => {} });
    await using http = openHttpAdapter({ callMs: 200 });
    const fault = await faultOf(http.run(externalTarget(server.url), taskOf("hi")));
    expect(fault).toEqual({ kind: "timeout", message: expect.stringContaining("no answer in 200 ms") });
  });

  test("that was given up while the server took the work is cancelled there", async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    await using server = await scripted({
      ...completes,
      "POST /runs": (res) => asked.resolve(res),
      "GET /runs/run-1": (res) => json(res, ended("in-progress")),
      "POST /runs/run-1/cancel": (res) => json(res, ended("cancelling"), 202),
    });
    await using http = openHttpAdapter();
    const waiting = new AbortController();
    const begun = http.run(externalTarget(server.url), taskOf("hi"), waiting.signal);
    const res = await asked.promise;
    waiting.abort();
    json(res, ended("created"), 202);
    expect(await endOf(await begun)).toMatchObject({ kind: "failed", reason: "interrupted" });
    await expect.poll(() => server.seen.map(({ call }) => call)).toContain("POST /runs/run-1/cancel");
  });

  test("to a server that isn't there never was", async () => {
    await using http = openHttpAdapter();
    const target = externalTarget(`http://127.0.0.1:${await freePort()}`);
    expect((await faultOf(http.run(target, taskOf("hi")))).kind).toBe("unavailable");
    expect(await http.adapter.health(target, {})).toMatchObject({ healthy: false, state: "down" });
  });
});

describe("a server that means ill", () => {
  test("can't make the node read more than the limit, and its run is cancelled", async () => {
    await using server = await scripted({
      ...completes,
      "GET /runs/run-1": (res) => {
        res.on("error", () => {});
        const more = (): void => {
          while (!res.destroyed && res.write("x".repeat(10_000)));
          if (!res.destroyed) res.once("drain", more);
        };
        more();
      },
      "POST /runs/run-1/cancel": (res) => json(res, {}, 202),
    });
    await using http = openHttpAdapter({ limit: 50_000 });
    const run = await http.run(externalTarget(server.url), taskOf("hi"));
    expect(await endOf(run)).toMatchObject({ kind: "failed", reason: "protocol_error" });
    await expect.poll(() => server.seen.map(({ call }) => call)).toContain("POST /runs/run-1/cancel");
  });

  test("can't make it keep more than the limit, however small the pieces", async () => {
    await using server = await startCommAgent();
    await using http = openHttpAdapter({ limit: 50_000 });
    const run = await http.run(
      externalTarget(server.url),
      taskOf({ mode: "flood", chunks: 10_000, size: 16 }),
    );
    expect(await endOf(run)).toMatchObject({ kind: "failed", reason: "protocol_error" });
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
