import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Problem } from "#contracts/errors.ts";
import { bytesOf, exchange } from "../../faults/raw-http.ts";
import { type OpenServer, openServer } from "../../open-server.ts";

const allowedHosts = ["node.example", "other.example:8080"];
const allowedOrigins = ["https://page.example"];
let server: OpenServer;
let reader: string;

beforeAll(async () => {
  server = await openServer({ allowedHosts, allowedOrigins });
  reader = await server.tokenOf("reader");
});
afterAll(() => server[Symbol.asyncDispose]());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** A header of null is left out. */
  readonly headers?: { readonly [name: string]: string | null };
  readonly body?: string;
}

/** What a request with these headers is answered, byte for byte. */
async function send({ method = "GET", path = "/v1/tasks", headers = {}, body = "" }: Sent) {
  const all = { Host: `127.0.0.1:${server.port}`, Authorization: `Bearer ${server.token}`, ...headers };
  const named = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  const sized = body === "" ? [] : [["Content-Length", String(Buffer.byteLength(body))] as const];
  const answer = await exchange(server.port, bytesOf({ method, path, headers: [...named, ...sized], body }));
  if (answer.status >= 400) {
    expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    const problem = Problem.parse(JSON.parse(answer.body));
    expect(problem).toMatchObject({ status: answer.status, error: problem.detail });
    expect(problem.request_id).toBe(answer.headers.get("x-request-id"));
  }
  return answer;
}

const statusOf = async (sent: Sent) => (await send(sent)).status;

describe("the Host of a request", () => {
  it.each(["127.0.0.1", "127.0.0.1:1", "localhost:7777", "LocalHost", "[::1]", "[::1]:80", "127.3.2.1"])(
    "may be the loopback name %s",
    async (Host) => expect(await statusOf({ headers: { Host } })).toBe(200),
  );

  it.each(["node.example", "NODE.example:9", "other.example:8080"])(
    "may be the configured %s",
    async (Host) => expect(await statusOf({ headers: { Host } })).toBe(200),
  );

  it.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "other.example",
    "other.example:80",
    "xnode.example",
    "::1",
    "169.254.169.254",
    "",
    null,
  ])("may not be %s", async (Host) => expect(await statusOf({ headers: { Host } })).toBe(421));

  it("is asked also of the paths that are open", async () => {
    expect(await statusOf({ path: "/ping", headers: { Host: "evil.example" } })).toBe(421);
  });

  it("can't be overruled by an address that names another, or itself", async () => {
    expect(await statusOf({ path: `http://127.0.0.1:${server.port}/ping` })).toBe(421);
  });
});

describe("the Origin of a request", () => {
  const own = () => `http://127.0.0.1:${server.port}`;

  it("may be absent, the node's own, or a configured one, whose answers it may read", async () => {
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ headers: { Origin: own(), "Sec-Fetch-Site": "same-origin" } })).toBe(200);
    const answer = await send({
      headers: { Origin: "https://page.example", "Sec-Fetch-Site": "cross-site" },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://page.example");
    expect(answer.headers.get("vary")).toBe("Origin");
  });

  it.each([
    "https://evil.example",
    "null",
    "http://localhost",
    "http://127.0.0.1:1",
    "https://127.0.0.1",
    "https://page.example.evil.example",
    "http://page.example",
  ])("may not be %s", async (Origin) => {
    const answer = await send({ headers: { Origin } });
    expect(answer.status).toBe(403);
    expect(answer.headers.has("access-control-allow-origin")).toBe(false);
  });

  it.each([
    ["cross-site", 403],
    ["same-site", 403],
    ["same-origin", 200],
    ["none", 200],
  ])("is judged by Sec-Fetch-Site %s where the browser sends no Origin", async (site, status) => {
    expect(await statusOf({ headers: { "Sec-Fetch-Site": site } })).toBe(status);
  });

  it("of a preflight is answered without a token if it is configured, and refused if it isn't", async () => {
    const preflight = { method: "OPTIONS", path: "/v1/tasks" };
    const answer = await send({
      ...preflight,
      headers: { Origin: "https://page.example", Authorization: null },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-headers")).toContain("Idempotency-Key");
    expect(await statusOf({ ...preflight, headers: { Origin: "https://evil.example" } })).toBe(403);
  });
});

describe("headers that decide who asks", () => {
  it.each(["Host", "Origin", "Sec-Fetch-Site", "Authorization", "Content-Type", "Idempotency-Key"])(
    "may not come twice: %s",
    async (name) => {
      const twice = { [name]: "a", [name.toLowerCase()]: "b" };
      const base = name === "Host" ? { Host: null } : name === "Authorization" ? { Authorization: null } : {};
      const answer = await send({ headers: { ...base, ...twice } });
      expect(answer.status).toBe(400);
    },
  );
});

describe("a token", () => {
  it.each([
    ["none", null],
    ["an empty one", "Bearer "],
    ["a wrong one", `Bearer alink_${"A".repeat(43)}`],
    ["another scheme", "Basic b3BlcmF0b3I6"],
    ["two words", "Bearer a b"],
  ])("is needed: %s is 401", async (_, Authorization) => {
    const answer = await send({ headers: { Authorization } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="aethrolink"');
  });

  it("counts whole: neither the beginning of one, nor more than it", async () => {
    for (const text of [server.token.slice(0, -1), `${server.token}A`, server.token.toLowerCase()]) {
      expect(await statusOf({ headers: { Authorization: `Bearer ${text}` } })).toBe(401);
    }
    expect(await statusOf({ headers: { Authorization: `bearer  ${server.token}` } })).toBe(200);
  });

  it("is not needed for what is open, and is for everything else that can be read", async () => {
    const none = { Authorization: null };
    for (const path of ["/ping", "/healthz", "/openapi.json", "/docs"]) {
      expect([path, await statusOf({ path, headers: none })]).toEqual([path, 200]);
    }
    for (const path of ["/metrics", "/v1/targets", "/v1/events", "/v1/tokens", "/nowhere", "/ping/"]) {
      expect([path, await statusOf({ path, headers: none })]).toEqual([path, 401]);
    }
  });

  it("of a reader may read, but for tokens and details, and nothing else", async () => {
    const headers = { Authorization: `Bearer ${reader}` };
    expect(await statusOf({ headers })).toBe(200);
    expect(await statusOf({ headers, path: "/v1/targets" })).toBe(200);
    for (const path of ["/v1/tokens", "/v1/targets?detail=true", "/v1/runtimes?detail=true"]) {
      expect([path, await statusOf({ headers, path })]).toEqual([path, 403]);
    }
    const body = JSON.stringify({ intent: "test.run", payload: 1 });
    const typed = { ...headers, "Content-Type": "application/json" };
    expect(await statusOf({ method: "POST", headers: typed, body })).toBe(403);
    expect(await statusOf({ method: "POST", headers, path: "/v1/runtimes/tested/start" })).toBe(403);
    expect(server.node.engine.reader.list({}, 10)).toEqual([]);
  });
});

describe("the type of a body", () => {
  const body = JSON.stringify({ intent: "test.run", payload: 1 });

  it.each(["application/json", "application/json; charset=utf-8", "Application/JSON"])(
    "may be %s",
    async (type) =>
      expect(await statusOf({ method: "POST", body, headers: { "Content-Type": type } })).toBe(202),
  );

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "text/json", null])(
    "may not be %s",
    async (type) =>
      expect(await statusOf({ method: "POST", body, headers: { "Content-Type": type } })).toBe(415),
  );

  it("is not asked for where there is no body", async () => {
    const { task_id } = await server.node.submit();
    await server.node.reaches(task_id, "completed");
    expect(await statusOf({ method: "POST", path: `/v1/tasks/${task_id}/cancel` })).toBe(200);
  });
});

describe("without tokens (auth none)", () => {
  it("everybody has the operator's rights, and Host, Origin and types are asked for as before", async () => {
    await using open = await openServer({ auth: false });
    const none = { authorization: null };
    expect((await open.call("GET", "/v1/tokens", undefined, none)).status).toBe(200);
    const evil = { ...none, origin: "https://evil.example" };
    expect((await open.call("GET", "/v1/tasks", undefined, evil)).status).toBe(403);
    const plain = { ...none, "content-type": "text/plain" };
    expect((await open.call("POST", "/v1/tasks", "{}", plain)).status).toBe(415);
  });
});

it("every refusal is counted by its code", async () => {
  await using fresh = await openServer();
  await fresh.call("GET", "/v1/tasks", undefined, { authorization: null });
  await fresh.call("GET", "/v1/tasks", undefined, { origin: "null" });
  const { body } = await fresh.call("GET", "/metrics");
  expect(body).toContain('aethrolink_requests_refused_total{code="unauthorized"} 1');
  expect(body).toContain('aethrolink_requests_refused_total{code="forbidden"} 1');
});
