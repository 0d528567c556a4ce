/** What each kind of token may do and see, over HTTP, against the whole contract. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callersOf } from "#contracts/access.ts";
import type { CallerKind } from "#contracts/enums.ts";
import { contract } from "#contracts/index.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import type { TokenRecord } from "#contracts/tokens.ts";
import { fakeTarget, until } from "../../open-engine.ts";
import { type OpenServer, openServer } from "../../open-server.ts";

let server: OpenServer;
const tokens: { [kind: string]: string } = {};
const nobody = "01KAT3Q4V5W6X7Y8Z9A0B1C2D3";

beforeAll(async () => {
  server = await openServer({
    targets: [fakeTarget({ target_id: "editor" }), fakeTarget({ target_id: "critic" })],
  });
  tokens["reader"] = await server.tokenOf("reader");
  tokens["agent"] = await server.tokenOf("agent:editor");
  tokens["stranger"] = await server.tokenOf("agent:stranger");
  tokens["runtime"] = "a-token-that-a-process-has";
  server.lend(tokens["runtime"], "critic");
});
afterAll(() => server[Symbol.asyncDispose]());

const as = (who: string) => ({ authorization: `Bearer ${tokens[who]}` });
const call = (who: string, method: string, path: string, body?: unknown) =>
  server.call(method, path, body, as(who));
const idsOf = ({ body }: { body: unknown }) => (body as { tasks: TaskRecord[] }).tasks.map((t) => t.task_id);
const codeOf = ({ status, body }: { status: number; body: unknown }) => [
  status,
  (body as { code?: string }).code,
];

async function taskOf(sender: string, target_runtime: string): Promise<string> {
  const { task_id } = await server.node.submit({ sender, target_runtime });
  await server.node.reaches(task_id, "completed");
  return task_id;
}

const routes = Object.values(contract)
  .flatMap((each) => Object.values(each))
  .filter((route) => !("open" in route.metadata))
  .map((route) => ({
    id: route.metadata.operationId,
    method: route.method,
    path: route.path.replace(/:\w+/g, nobody),
    callers: callersOf(route),
  }));

const opened = (kind: CallerKind) =>
  routes.filter(({ callers, method }) => callers.includes(kind) && (kind === "runtime" || method !== "GET"));

it.each([
  ["reader", []],
  [
    "agent",
    [
      "cancelTask",
      "continueThread",
      "createTask",
      "createThread",
      "heartbeatAgent",
      "registerAgent",
      "resumeTask",
      "unregisterAgent",
    ],
  ],
  ["runtime", ["createTask", "getArtifact", "getTask", "getTaskTree", "streamTaskEvents"]],
] as const)("the token of a %s opens no more than it has to", (kind, ids) => {
  expect(
    opened(kind)
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(ids);
});

describe.each(["reader", "agent", "runtime"] as const)("the token of a %s", (kind) => {
  const refused = routes.filter(({ callers }) => !callers.includes(kind));
  it.each(refused)("may not $id, however the path is written", async ({ method, path }) => {
    for (const spelled of [path, `${path}/`, path.toUpperCase()]) {
      const sent = method === "GET" ? undefined : {};
      expect(codeOf(await call(kind, method, spelled, sent))).toEqual([403, "forbidden"]);
    }
  });

  it("finds no path that isn't there, and no method", async () => {
    expect(codeOf(await call(kind, "GET", "/v1/nothing"))).toEqual([404, "not_found"]);
    expect(codeOf(await call(kind, "DELETE", "/v1/tasks"))).toEqual([405, "method_not_allowed"]);
  });
});

describe("an agent", () => {
  it("sends in its own name, and in no other", async () => {
    const request = { intent: "test.run", payload: {}, target_runtime: "critic" };
    const { body } = await call("agent", "POST", "/v1/tasks", request);
    expect((body as { task: TaskRecord }).task.sender).toBe("editor");
    const named = { ...request, sender: "editor" };
    expect((await call("agent", "POST", "/v1/tasks", named)).status).toBe(202);
    const before = idsOf(await server.call("GET", "/v1/tasks")).length;
    const foreign = await call("agent", "POST", "/v1/tasks", { ...request, sender: "critic" });
    expect(codeOf(foreign)).toEqual([403, "forbidden"]);
    expect(idsOf(await server.call("GET", "/v1/tasks"))).toHaveLength(before);
  });

  it("reads and steers what it sends and what it is sent; what is others' isn't there, and isn't steered", async () => {
    const sent = await taskOf("editor", "critic");
    const received = await taskOf("critic", "editor");
    const others = await taskOf("critic", "critic");
    for (const id of [sent, received]) {
      expect((await call("agent", "GET", `/v1/tasks/${id}`)).status).toBe(200);
      expect((await call("agent", "GET", `/v1/tasks/${id}/events`)).status).toBe(200);
      expect((await call("agent", "POST", `/v1/tasks/${id}/cancel`)).status).toBe(200);
      const resumed = await call("agent", "POST", `/v1/tasks/${id}/resume`, { payload: {} });
      expect(codeOf(resumed)).toEqual([409, "not_awaiting_input"]);
    }
    for (const path of [`/v1/tasks/${others}`, `/v1/tasks/${others}?wait=1`, `/v1/tasks/${others}/events`])
      expect(codeOf(await call("agent", "GET", path))).toEqual([404, "task_not_found"]);
    for (const act of ["cancel", "resume"]) {
      const path = `/v1/tasks/${others}/${act}`;
      expect(codeOf(await call("agent", "POST", path, { payload: {} }))).toEqual(
        act === "cancel" ? [400, "invalid_request"] : [403, "forbidden"],
      );
    }
    expect(codeOf(await call("agent", "POST", `/v1/tasks/${others}/cancel`))).toEqual([403, "forbidden"]);
    expect(codeOf(await call("agent", "POST", `/v1/tasks/${nobody}/cancel`))).toEqual([
      404,
      "task_not_found",
    ]);
  });

  it("lists its own tasks, page by page, each once and in order, under every filter", async () => {
    for (const [sender, target] of [
      ["editor", "editor"],
      ["local", "critic"],
      ["editor", "critic"],
      ["local", "editor"],
    ] as const)
      await taskOf(sender, target);
    const all = (await server.call("GET", "/v1/tasks?limit=200")).body as { tasks: TaskRecord[] };
    const own = all.tasks.filter((t) => t.sender === "editor" || t.resolved_runtime === "editor");
    const paged: string[] = [];
    for (let cursor = ""; ; ) {
      const page = await call("agent", "GET", `/v1/tasks?limit=2${cursor}`);
      paged.push(...idsOf(page));
      const { next_cursor } = page.body as { next_cursor: string | null };
      if (next_cursor === null) break;
      cursor = `&cursor=${next_cursor}`;
    }
    expect(paged).toEqual(own.map((task) => task.task_id));
    expect(paged.length).toBeGreaterThan(3);
    const filtered = await call("agent", "GET", "/v1/tasks?sender=local&status=completed&target=editor");
    expect(idsOf(filtered)).toEqual(
      own.filter((t) => t.sender === "local" && t.status === "completed").map((t) => t.task_id),
    );
    expect(idsOf(await call("stranger", "GET", "/v1/tasks"))).toEqual([]);
    expect(idsOf(await call("reader", "GET", "/v1/tasks?limit=200"))).toEqual(
      all.tasks.map((t) => t.task_id),
    );
  });

  it("reads the artifacts of its own tasks only", async () => {
    const payload = { text: "x".repeat(40_000) };
    const { task_id } = await server.node.submit({ sender: "editor", target_runtime: "critic", payload });
    const { payload_artifact_id } = await server.node.reaches(task_id, "completed");
    const path = `/artifacts/${payload_artifact_id}`;
    expect((await call("agent", "GET", path)).status).toBe(200);
    expect(codeOf(await call("stranger", "GET", path))).toEqual([404, "artifact_not_found"]);
  });

  it("is named as who steered", async () => {
    const { task_id } = await server.node.submit({
      sender: "editor",
      target_runtime: "critic",
      payload: { mode: "silent" },
    });
    await until(() => server.node.record(task_id).status === "running");
    await call("agent", "POST", `/v1/tasks/${task_id}/cancel`);
    expect(server.node.dataOf(task_id, "task.cancel_requested")).toMatchObject({ actor: "editor" });
  });
});

describe("a process of the node", () => {
  const reads = (who: string, id: string, rest = "") => call(who, "GET", `/v1/tasks/${id}${rest}`);

  it("sees what it has in hand, what is beneath that, and what its target sends, and nothing else", async () => {
    const earlier = await taskOf("local", "critic");
    const sent = await taskOf("critic", "editor");
    const { node } = server;
    const request = { target_runtime: "critic", payload: { mode: "silent" } };
    const { task_id } = await node.submit(request);
    await node.reaches(task_id, "running");
    const launch_id = node.fake.turns.at(-1)?.lease.launch_id;
    tokens["process"] = "of-the-process-that-has-it";
    const takeBack = server.lend(tokens["process"], "critic", launch_id);
    const childOf = (parent_task_id: string) =>
      node.submit({ target_runtime: "editor", payload: { mode: "silent" }, trace: { parent_task_id } });
    const child = await childOf(task_id);
    const grandchild = await childOf(child.task_id);
    for (const own of [task_id, child.task_id, grandchild.task_id, sent])
      expect((await reads("process", own)).status).toBe(200);
    for (const path of ["", "/events", "/tree"])
      expect(codeOf(await reads("process", earlier, path))).toEqual([404, "task_not_found"]);
    expect(codeOf(await reads("runtime", task_id))).toEqual([404, "task_not_found"]);
    await node.cancel(task_id);
    await until(() => !node.engine.works.has(task_id));
    expect(codeOf(await reads("process", child.task_id))).toEqual([404, "task_not_found"]);
    takeBack();
    expect(codeOf(await reads("process", child.task_id))).toEqual([401, "unauthorized"]);
    const { tokens: listed } = (await server.call("GET", "/v1/tokens")).body as { tokens: unknown[] };
    expect(JSON.stringify(listed)).not.toContain("critic");
  });
});

describe("a token's role", () => {
  it.each(["agent:editor", "agent:01KAT3Q4V5W6X7Y8Z9A0B1C2D3", "operator", "reader"])(
    "may be %s",
    async (role) => {
      expect((await server.call("POST", "/v1/tokens", { role })).status).toBe(201);
    },
  );
  it.each(["runtime:critic", "agent", "agent:", "agent:No", "agent:local", "agent:self", "root", ""])(
    "may not be %j",
    async (role) => {
      expect(codeOf(await server.call("POST", "/v1/tokens", { role }))).toEqual([400, "invalid_request"]);
    },
  );
});

describe("a token that was revoked", () => {
  const revoke = async (token: string, role: string) => {
    const { body } = await server.call("GET", "/v1/tokens");
    const found = (body as { tokens: TokenRecord[] }).tokens.filter((each) => each.role === role).at(-1);
    expect(await server.call("DELETE", `/v1/tokens/${found?.token_id}`)).toMatchObject({ status: 200 });
    expect(
      await server.call("GET", "/v1/tasks", undefined, { authorization: `Bearer ${token}` }),
    ).toMatchObject({ status: 401 });
  };
  const follow = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const { body, status } = await fetch(`${server.url}/v1/events`, { headers });
    if (body === null || status !== 200) expect.unreachable(`the stream was answered with ${status}`);
    let said = "";
    const ended = (async () => {
      for await (const part of body) said += Buffer.from(part).toString();
    })();
    return { ended, said: () => said };
  };

  it("reads no stream any more that it had open; others go on", async () => {
    const token = await server.tokenOf("reader");
    const [its, anothers] = [await follow(token), await follow(server.token)];
    const before = await taskOf("editor", "critic");
    await until(() => its.said().includes(before), "the first task to be told");
    await revoke(token, "reader");
    await its.ended;
    const after = await taskOf("editor", "critic");
    await until(() => anothers.said().includes(after), "the second task to be told");
    expect(its.said()).not.toContain(after);
  });

  it("is not told what it waits for", async () => {
    const token = await server.tokenOf("reader");
    const { task_id } = await server.node.submit({ target_runtime: "critic", payload: { mode: "silent" } });
    const headers = { authorization: `Bearer ${token}` };
    const waited = server.call("GET", `/v1/tasks/${task_id}?wait=30`, undefined, headers);
    await until(() => server.node.engine.log.tail(task_id)?.listeners() === 1, "the reader to wait");
    await revoke(token, "reader");
    await server.call("POST", `/v1/tasks/${task_id}/cancel`);
    expect(codeOf(await waited)).toEqual([401, "unauthorized"]);
  });
});
