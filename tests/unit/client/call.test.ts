import { describe, expect, it, vi } from "vitest";
import * as api from "#generated/client/src/api.ts";
import {
  AethrolinkError,
  cancelTask,
  createClient,
  createTask,
  errorTable,
  getArtifact,
  getTask,
  listTasks,
  ping,
  UnreachableError,
} from "#generated/client/src/index.ts";
import { answers, refuses, startServer } from "./scripted-server.ts";

const task = "01KAT3Q4V5W6X7Y8Z9A0B1C2D3";

describe("a call", () => {
  it("sends path, query, headers, token and body", async () => {
    await using server = await startServer([answers(202, { task: {}, links: {} })]);
    const options = { baseUrl: `${server.baseUrl}/`, token: "secret" };
    await createTask({ intent: "a.b", payload: { text: "hi" } }, { "Idempotency-Key": "k" }, options);
    await listTasks({ limit: 3, target: "research" }, options);
    await getTask("a/b", {}, options);
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /v1/tasks",
      "GET /v1/tasks?limit=3&target=research",
      "GET /v1/tasks/a%2Fb",
    ]);
    expect(server.asked[0]).toMatchObject({
      headers: {
        authorization: "Bearer secret",
        "content-type": "application/json",
        "idempotency-key": "k",
      },
      body: '{"intent":"a.b","payload":{"text":"hi"}}',
    });
  });

  it("goes where the environment says, with its token, unless it is told an address", async () => {
    await using server = await startServer([answers(200, {}), answers(200, {}), answers(200, {})]);
    vi.stubEnv("AETHROLINK_SERVER", server.baseUrl);
    vi.stubEnv("AETHROLINK_TOKEN", "of-the-environment");
    await createClient({}).listTasks();
    await createClient({ token: "another" }).listTasks();
    await createClient({ baseUrl: server.baseUrl }).listTasks();
    vi.unstubAllEnvs();
    expect(server.asked.map(({ headers }) => headers["authorization"])).toEqual([
      "Bearer of-the-environment",
      "Bearer another",
      undefined,
    ]);
  });

  it("that leaves its body out has none, and no type of one", async () => {
    await using server = await startServer([answers(202, {})]);
    await cancelTask(task, undefined, { baseUrl: server.baseUrl });
    expect(server.asked[0]?.body).toBe("");
    expect(server.asked[0]?.headers["content-type"]).toBeUndefined();
  });

  it("shows its answer's status and headers to who wants them", async () => {
    await using server = await startServer([answers(200, {}, { "Idempotent-Replayed": "true" })]);
    const seen: unknown[] = [];
    await cancelTask(
      task,
      {},
      {
        baseUrl: server.baseUrl,
        onResponse: ({ status, headers }) => seen.push(status, headers.get("Idempotent-Replayed")),
      },
    );
    expect(seen).toEqual([200, "true"]);
  });

  it("throws the error that the node answers", async () => {
    const errors = [{ path: "intent", message: "is required" }];
    const problem = { code: "invalid_request", detail: "intent: is required", errors, request_id: "r-1" };
    await using server = await startServer([answers(400, problem)]);
    const thrown = await ping({ baseUrl: server.baseUrl }).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(AethrolinkError);
    expect(thrown).toMatchObject({
      code: "invalid_request",
      status: 400,
      message: "intent: is required",
      detail: "intent: is required",
      errors,
      requestId: "r-1",
      retryable: false,
    });
  });

  it.each([
    [503, "unavailable", true],
    [409, "runtime_busy", true],
    [409, "route_ambiguous", false],
    [504, "made_up_by_a_proxy", true],
    [418, "made_up_by_a_proxy", false],
  ])("says of a %i %s whether trying again may help", async (status, code, retryable) => {
    await using server = await startServer([refuses(status, code)]);
    await expect(ping({ baseUrl: server.baseUrl })).rejects.toMatchObject({ status, code, retryable });
  });

  it("tells an answer that is no problem document from one that is", async () => {
    await using server = await startServer([
      (res) => res.writeHead(502, { "Content-Type": "text/html" }).end("<h1>Bad gateway</h1>"),
    ]);
    await expect(ping({ baseUrl: server.baseUrl })).rejects.toMatchObject({
      code: "unrecognized",
      status: 502,
      message: "The server answered 502 without saying why.",
      retryable: true,
    });
  });

  it("says that nobody answers, and why", async () => {
    const gone = await startServer([]);
    await gone[Symbol.asyncDispose]();
    const thrown = await ping({ baseUrl: gone.baseUrl }).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(UnreachableError);
    expect(thrown).toMatchObject({
      message: `No answer from ${gone.baseUrl}: connect ECONNREFUSED 127.0.0.1:${gone.port}`,
      cause: expect.any(TypeError),
    });
  });

  it("takes an answer that is cut off as none", async () => {
    await using server = await startServer([
      (res) => {
        res.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" });
        res.write('{"ok":', () => res.destroy());
      },
    ]);
    await expect(ping({ baseUrl: server.baseUrl })).rejects.toThrow(UnreachableError);
  });

  it("throws the reason of the signal that ends it", async () => {
    await using server = await startServer([() => undefined]);
    const stop = new AbortController();
    const reason = new Error("enough");
    const running = ping({ baseUrl: server.baseUrl, signal: stop.signal });
    stop.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it("uses the fetch that it is given", async () => {
    const urls: unknown[] = [];
    const fetch = async (url: unknown) => {
      urls.push(url);
      return Response.json({ ok: true });
    };
    await expect(ping({ fetch })).resolves.toEqual({ ok: true });
    expect(urls).toEqual(["http://127.0.0.1:7777/ping"]);
  });

  it("gives bytes as they are, with what is said of them", async () => {
    await using server = await startServer([
      (res) => {
        res.writeHead(206, { "Content-Type": "image/png", ETag: '"e"', "Content-Range": "bytes 1-2/9" });
        res.end(Buffer.from([255, 0]));
      },
    ]);
    const answer = await getArtifact(task, { Range: "bytes=1-2" }, { baseUrl: server.baseUrl });
    expect(answer).toEqual({
      status: 206,
      bytes: new Uint8Array([255, 0]),
      mediaType: "image/png",
      etag: '"e"',
      contentRange: "bytes 1-2/9",
    });
    expect(server.asked[0]?.headers["range"]).toBe("bytes=1-2");
  });
});

describe("a client", () => {
  it("puts its configuration under the options of each call, wherever they stand", async () => {
    await using server = await startServer([answers(200, {})]);
    const client = createClient({ baseUrl: server.baseUrl, token: "usual" });
    await client.ping();
    await client.getTask(task);
    await client.getTask(task, { wait: 1 }, { token: "other" });
    expect(server.asked.map(({ url, headers }) => `${url} ${headers.authorization}`)).toEqual([
      "/ping Bearer usual",
      `/v1/tasks/${task} Bearer usual`,
      `/v1/tasks/${task}?wait=1 Bearer other`,
    ]);
  });

  it("has every generated call, with the options in the place where the call takes them", async () => {
    const calls = Object.entries(api).filter(([name]) => !/^get\w+Url$/.test(name));
    for (const [name, call] of calls) {
      const urls: unknown[] = [];
      const fetch = async (url: unknown) => {
        urls.push(url);
        return new Response(null, { status: 204 });
      };
      const client = createClient({ baseUrl: "http://bound.test", fetch });
      const bound = client[name as keyof typeof client] as (...args: unknown[]) => unknown;
      const answer = bound(...Array.from({ length: call.length - 1 }, () => undefined));
      if (Symbol.asyncIterator in Object(answer)) await (answer as AsyncGenerator).next();
      else await answer;
      expect(urls, name).toEqual([expect.stringMatching(/^http:\/\/bound\.test\//)]);
    }
    expect(calls.length).toBeGreaterThan(20);
  });
});

describe("the error table", () => {
  it("has a status, an exit code and a word on trying again for each code", () => {
    expect(errorTable.task_not_found).toEqual({ status: 404, retry: false, exit: 4 });
    expect(errorTable.unavailable).toEqual({ status: 503, retry: true, exit: 8 });
  });
});
