import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import type { Run } from "#src/core/ports.ts";
import { externalTarget, openHttpAdapter, startCommAgent } from "../../../comm-agent.ts";
import { freePort } from "../../../free-port.ts";
import { endOf, faultOf, patient, signalWhere, taskOf } from "../../../launching.ts";

import { completes, ended, json, oneAgent, scripted, up } from "./scripted-server.ts";

const asked = async (run: Run) => {
  const signal = await signalWhere(run, ({ kind }) => kind === "awaiting_input");
  if (signal.kind !== "awaiting_input") throw new Error("it asked nothing");
  return signal.question;
};
const content = (text: string) => ({ kind: "content", content: { text } }) as const;

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

  test("of the registry go to its server alone, not to another that tells of its health", async () => {
    await using server = await scripted(completes);
    await using monitor = await scripted({ "GET /ready": (res) => json(res, {}) });
    await using http = openHttpAdapter({ environment });
    const watched = { ...target(server.url), healthcheck: `${monitor.url}/ready` };
    expect((await http.adapter.probe(watched, {}, patient)).error).toBeUndefined();
    expect(monitor.seen.map(({ headers }) => [headers.authorization, headers["x-team"]])).toContainEqual([
      undefined,
      undefined,
    ]);
    expect(monitor.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    expect(server.seen.find(({ headers }) => headers.authorization === undefined)).toBeUndefined();
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
