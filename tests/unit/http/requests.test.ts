import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contract } from "#contracts/index.ts";
import { failCommits } from "../../fail-commits.ts";
import { type OpenServer, openServer } from "../../open-server.ts";

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const task = (rest: string) => `{"intent":"test.run","payload":1${rest === "" ? "" : `,${rest}`}}`;

async function refusal(server: OpenServer, body: unknown) {
  const answer = await server.call("POST", "/v1/tasks", body);
  return { status: answer.status, ...(answer.body as { code: string; detail: string; errors?: object[] }) };
}

describe("a body that isn't right is refused and writes nothing:", () => {
  it.each<[string, string, number]>([
    ["no JSON", "{", 400],
    ["nothing but spaces", "  ", 400],
    ["two values", "{}{}", 400],
    ["null", "null", 400],
    ["a list", "[]", 400],
    ["a text", '"x"', 400],
    ["a payload of 65 levels", task("").replace("1", nested(65)), 400],
    ["a payload of 200,000 levels", task("").replace("1", nested(200_000)), 400],
    ["options of 200,000 levels", task(`"runtime_options":{"a":${nested(200_000)}}`), 400],
    ["metadata of 200,000 levels", task(`"metadata":{"a":${nested(200_000)}}`), 400],
    ["more than 1 MiB", JSON.stringify({ intent: "test.run", payload: "x".repeat(1024 * 1024) }), 413],
    ["a lone surrogate in the intent's place", '{"intent":{"a":"\\ud800"},"payload":1}', 400],
    ["an intent of 129 characters", `{"intent":"${"x".repeat(129)}","payload":1}`, 400],
    ["no payload", '{"intent":"test.run"}', 400],
    ["an unknown field", task('"timout_ms":1'), 400],
    ["an unknown part of the delivery", task('"delivery":{"timeout":1}'), 400],
    ["two targets that differ", task('"target_runtime":"a","target_agent_id":"b"'), 400],
    ["metadata over 16 KB", task(`"metadata":{"a":"${"x".repeat(17_000)}"}`), 400],
    ["metadata over 16 KB in bytes", task(`"metadata":{"a":"${"é".repeat(10_000)}"}`), 400],
    ["a number as delivery", task('"delivery":1'), 400],
    ["1e400 as a time", task('"delivery":{"timeout_ms":1e400}'), 400],
  ])("%s", async (_, body, status) => {
    await using server = await openServer();
    const { body: said, ...answer } = await server.call("POST", "/v1/tasks", body);
    expect({ status: answer.status, said }).toMatchObject({ status, said: { status } });
    expect(server.node.engine.reader.list({}, 10)).toEqual([]);
    expect(server.node.engine.reader.positions().newest).toBe(0);
  });

  it("says where it is wrong, each place", async () => {
    await using server = await openServer();
    const body = { intent: "", payload: 1, delivery: { mode: "carrier pigeon", wait_ms: -1 }, colour: "red" };
    const { errors } = await refusal(server, body);
    expect(errors?.map((error) => (error as { path: string }).path).toSorted()).toEqual([
      "",
      "delivery.mode",
      "delivery.wait_ms",
      "intent",
    ]);
  });

  it("says what is missing, and what was expected, without the words of a library", async () => {
    await using server = await openServer();
    const registered = await server.call("POST", "/v1/agents/register", {});
    const { errors } = registered.body as { errors: object[] };
    expect(errors).toContainEqual({ path: "transport_kind", message: "is required" });
    expect(await refusal(server, "[]")).toMatchObject({
      detail: "The body: expected object, received array",
    });
  });

  it("whatever the JSON is, it is accepted or refused, and never a fault of ours", async () => {
    await using server = await openServer();
    const near = fc.record(
      {
        intent: fc.oneof(fc.constant("test.run"), fc.jsonValue()),
        payload: fc.jsonValue(),
        target_runtime: fc.oneof(fc.constant("tested"), fc.constant(null), fc.jsonValue()),
        sender: fc.jsonValue(),
        runtime_options: fc.jsonValue(),
        conversation_id: fc.jsonValue(),
        delivery: fc.oneof(fc.constant({ mode: "stream" }), fc.jsonValue()),
        trace: fc.jsonValue(),
        metadata: fc.jsonValue(),
      },
      { requiredKeys: ["intent", "payload"] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), near), async (body) => {
        const { status } = await server.call("POST", "/v1/tasks", body);
        expect([202, 400, 404, 422]).toContain(status);
      }),
      { numRuns: 150 },
    );
  });
});

describe("a path and a method", () => {
  it("that isn't declared is 404, one whose method isn't is 405 with those that are", async () => {
    await using server = await openServer();
    expect((await server.call("GET", "/v2/tasks")).body).toMatchObject({ status: 404, code: "not_found" });
    const routes = Object.values(contract).flatMap((group) => Object.values(group));
    const byPath = Map.groupBy(routes, ({ path }) => path.replaceAll(/:\w+/g, "01KAT3Q4V5W6X7Y8Z9A0B1C2D3"));
    for (const [path, declared] of byPath) {
      const methods: string[] = declared.map(({ method }) => method);
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]) {
        if (methods.includes(method)) continue;
        const { status, headers } = await server.call(method, path);
        expect([method, path, status]).toEqual([method, path, 405]);
        expect(headers.get("allow")?.split(", ").toSorted()).toEqual(methods.toSorted());
      }
    }
  });

  it("that can't be decoded is 400", async () => {
    await using server = await openServer();
    expect((await server.call("GET", "/v1/tasks/%zz")).status).toBe(400);
  });
});

describe("a fault", () => {
  it("of ours is 500 and says nothing of itself", async () => {
    await using server = await openServer();
    const { node } = server;
    node.engine.reader.list = () => {
      throw new Error("secret /srv/path");
    };
    const { status, body, headers } = await server.call("GET", "/v1/tasks");
    expect({ status, body }).toMatchObject({
      status: 500,
      body: { code: "internal", detail: "The node made a mistake; its log says more under this request id." },
    });
    expect(JSON.stringify(body)).not.toContain("secret");
    expect(body).toMatchObject({ request_id: headers.get("x-request-id") });
  });

  it("of the storage is 503 with a time to come back", async () => {
    await using server = await openServer();
    server.node.engine.reader.list = () => {
      throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
    };
    const { status, body, headers } = await server.call("GET", "/v1/tasks");
    expect({ status, body }).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(headers.get("retry-after")).toBe("5");
  });

  it("a task that can't be written is refused, and nothing runs", async () => {
    await using server = await openServer();
    const heal = failCommits(server.node.storage);
    expect((await refusal(server, task(""))).status).toBeGreaterThanOrEqual(500);
    heal();
    expect(server.node.fake.turns).toHaveLength(0);
  });
});
