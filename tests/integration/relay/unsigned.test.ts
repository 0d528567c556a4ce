/**
 * Nodes that don't sign, as the Go implementation of AethroLink: it knows no repeats, replays its events from
 * the first, says some of them twice, and has no ids for questions.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { fakeTarget } from "../../open-engine.ts";
import { openServer } from "../../open-server.ts";

const unsigned = {
  config: { auth: false, peers: { allowUnsigned: true, allowPlainHttp: false, syncIntervalMs: 0 } },
} as const;

type Handle = (req: IncomingMessage, body: Buffer, res: ServerResponse) => void;

/** A node of the other kind, as far as it is asked here. */
async function openOther(handle: Handle, alsoTells: readonly unknown[] = []) {
  const seen: {
    readonly path: string;
    readonly body: string;
    readonly headers: IncomingMessage["headers"];
  }[] = [];
  const server = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on("data", (part: Buffer) => parts.push(part));
    req.on("end", () => {
      const body = Buffer.concat(parts);
      seen.push({ path: `${req.method} ${req.url}`, body: body.toString(), headers: req.headers });
      if (req.url === "/v1/node/health")
        return json(res, 200, {
          node_id: "local-node",
          ok: true,
          protocol: "aethrolink.node.v1",
          checked_at: "",
        });
      if (req.url === "/v1/targets")
        return json(res, 200, {
          targets: [{ target_id: "core", capabilities: ["test.run"], owner: "local" }, ...alsoTells],
        });
      handle(req, body, res);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function json(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const accepted = (body: Buffer) => ({
  origin_proxy_task_id: (JSON.parse(body.toString()) as { origin_proxy_task_id: string })
    .origin_proxy_task_id,
  destination_node_id: "local-node",
  destination_task_id: "remote-1",
  accepted_at: "2026-11-23T09:00:00Z",
});

const told = ["task.created", "task.dispatching", "task.dispatching", "task.running", "task.running"];

function stream(res: ServerResponse, kinds: readonly string[], last: object): void {
  res.writeHead(200, { "content-type": "text/event-stream" });
  const frames = [...kinds.map((kind) => ({ kind })), last];
  for (const [at, frame] of frames.entries())
    res.write(`data: ${JSON.stringify({ seq: at + 1, state: "running", ...frame })}\n\n`);
  res.end();
}

/** A node that knows the other one as a peer without a key. */
async function openNode(url: string) {
  const server = await openServer({ targets: [], network: unsigned });
  const added = await server.call("POST", "/v1/peers", { peer_id: "other", base_url: url });
  expect(added.body).toMatchObject({ trust: "unsigned" });
  expect((await server.call("POST", "/v1/peers/other/sync", {})).status).toBe(200);
  return server;
}

it("a task for such a node is said once, its question is answered without an id, and its repeats are progress", async () => {
  let answered = false;
  await using other = await openOther((req, body, res) => {
    if (req.url === "/v1/node/tasks") return json(res, 202, accepted(body));
    if (req.url?.endsWith("/resume")) {
      answered = true;
      return json(res, 202, { task_id: "remote-1", status: "running" });
    }
    if (!answered) return stream(res, told, { kind: "task.awaiting_input", message: "go on?" });
    const result = { text: "done" };
    return stream(res, [...told, "task.awaiting_input", "task.resume_requested"], {
      kind: "task.completed",
      data: { result },
    });
  });
  await using server = await openNode(other.url);
  const { node } = server;
  // No limit has no form there: it is left out.
  const delivery = { timeout_ms: null };
  const { task_id } = await node.submit({ target_runtime: "other/core", payload: { text: "x" }, delivery });
  const asking = await node.reaches(task_id, "awaiting_input");
  expect(asking.awaiting).toMatchObject([{ prompt: "go on?", kind: "input" }]);
  await node.answer(task_id, { approved: true, note: "yes" });
  for (let step = 0; step < 50 && node.record(task_id).status !== "completed"; step++) {
    node.clock.advance(400);
    for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(node.record(task_id)).toMatchObject({ status: "completed", result: { text: "done" } });
  const submits = other.seen.filter(({ path }) => path === "POST /v1/node/tasks");
  expect(submits).toHaveLength(1);
  expect(submits[0]?.headers["aethrolink-signature"]).toBeUndefined();
  expect(Object.keys(JSON.parse(submits[0]?.body ?? "{}")).sort()).toEqual([
    "delivery",
    "intent",
    "origin_node_id",
    "origin_proxy_task_id",
    "payload",
    "runtime_options",
    "submitted_at",
    "target_agent_id",
    "trace",
  ]);
  expect(JSON.parse(submits[0]?.body ?? "{}").delivery).toEqual({ mode: "stream", launch_if_down: true });
  const resume = other.seen.find(({ path }) => path.endsWith("/resume"));
  expect(resume?.headers["aethrolink-question"]).toBeUndefined();
  expect(JSON.parse(resume?.body ?? "{}")).toMatchObject({ payload: { approved: true, note: "yes" } });
  const remote = node.engine.reader
    .events(task_id)
    .flatMap(({ data }) => (data as { remote_event_seq?: number }).remote_event_seq ?? []);
  expect(remote).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

it("a submit to such a node that breaks off is never repeated: the task is interrupted", async () => {
  await using other = await openOther((req) => req.socket.destroy());
  await using server = await openNode(other.url);
  const { node } = server;
  const { task_id } = await node.submit({ target_runtime: "other/core", payload: { text: "x" } });
  const failed = await node.reaches(task_id, "failed");
  expect(failed.last_error).toMatchObject({
    reason: "interrupted",
    detail: /unknown whether other took the work/,
  });
  expect(other.seen.filter(({ path }) => path === "POST /v1/node/tasks")).toHaveLength(1);
});

it("such a node is never taken for a key, an agent or this node, whatever it calls itself", async () => {
  await using server = await openServer({ targets: [fakeTarget({ target_id: "core" })], network: unsigned });
  const { nodeId } = server.node.engine.network;
  for (const name of ["local", "core", nodeId, "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"]) {
    const body = {
      origin_node_id: name,
      origin_proxy_task_id: `of ${name}`.replaceAll(" ", "-"),
      target_agent_id: "core",
      intent: "test.run",
      payload: { text: "hello" },
      trace: { trace_id: "t" },
      submitted_at: "2026-11-23T09:00:00.5Z",
    };
    const answer = await server.call("POST", "/v1/node/tasks", body, { authorization: null });
    const { destination_task_id: id } = answer.body as { destination_task_id: string };
    expect(server.node.record(id).sender).toBe(`unsigned:${name}`);
  }
});

it("such a node gives tasks, and has to know what they are called to see them", async () => {
  await using server = await openServer({ targets: [fakeTarget({ target_id: "core" })], network: unsigned });
  // A name of the other node's own making; empty parts are its way to leave them out.
  const body = {
    origin_node_id: "local",
    origin_proxy_task_id: "01PROXY",
    origin_thread_id: "",
    target_agent_id: "core",
    intent: "test.run",
    payload: { text: "hello" },
    runtime_options: null,
    trace: { trace_id: "01TRACE" },
    delivery: { mode: "", launch_if_down: true },
    submitted_at: "2026-11-23T09:00:00.5Z",
  };
  const none = { authorization: null };
  const answer = await server.call("POST", "/v1/node/tasks", body, none);
  expect(answer.status).toBe(202);
  const { destination_task_id: id } = answer.body as { destination_task_id: string };
  expect((await server.call("POST", "/v1/node/tasks", body, none)).body).toEqual(answer.body);
  await server.node.reaches(id, "completed");
  const events = (name: string) =>
    server.call("GET", `/v1/node/tasks/${id}/events?origin_proxy_task_id=${name}`, undefined, none);
  expect(String((await events("01PROXY")).body)).toContain("task.completed");
  expect(await events("01OTHER")).toMatchObject({ status: 404, body: { code: "task_events_failed" } });
  const missing = await server.call("GET", `/v1/node/tasks/${id}/events`, undefined, none);
  expect(missing).toMatchObject({ status: 400, body: { code: "invalid_task_events" } });
});

it.each([
  ["no JSON", "data: {nonsense\n\n"],
  ["too large", `data: "${"x".repeat(1_100_000)}`],
])(
  "an event of such a node that is %s ends the task, and is not asked for again and again",
  async (_what, text) => {
    await using other = await openOther((req, body, res) => {
      if (req.url === "/v1/node/tasks") return json(res, 202, accepted(body));
      if (req.url?.endsWith("/cancel")) return json(res, 202, { task_id: "remote-1", status: "running" });
      res.writeHead(200, { "content-type": "text/event-stream" }).end(text);
    });
    await using server = await openNode(other.url);
    const { node } = server;
    const { task_id } = await node.submit({ target_runtime: "other/core", payload: { text: "x" } });
    const failed = await node.reaches(task_id, "failed");
    expect(failed.last_error?.reason).toBe("protocol_error");
    expect(other.seen.filter(({ path }) => path.includes("/events"))).toHaveLength(1);
  },
);

it("two such nodes are each other's peers, whichever asks first", async () => {
  const nodes = [
    await openServer({ auth: false, targets: [fakeTarget({ target_id: "echo" })], network: unsigned }),
    await openServer({ auth: false, targets: [fakeTarget({ target_id: "echo" })], network: unsigned }),
  ] as const;
  await using one = nodes[0];
  await using other = nodes[1];
  for (const [here, there] of [nodes, [other, one]] as const) {
    await here.call("POST", "/v1/peers", { peer_id: "mate", base_url: there.url });
    const synced = await here.call("POST", "/v1/peers/mate/sync", {});
    expect(synced).toMatchObject({ status: 200, body: { targets: [{ target_id: "echo" }] } });
  }
  const again = await one.call("POST", "/v1/peers/mate/sync", {});
  expect(again).toMatchObject({ status: 200, body: { targets: [{ target_id: "echo" }] } });
});

it("what such a node says of one target hides no other: what can't be read, and what isn't its own, is left out", async () => {
  const odd = [{ target_id: "Not A Name" }, { target_id: "f/echo", owner: "remote" }, null, { target_id: 7 }];
  await using other = await openOther(() => undefined, [...odd, { target_id: "last" }]);
  await using server = await openNode(other.url);
  const { body } = await server.call("POST", "/v1/peers/other/sync", {});
  expect(body).toMatchObject({ targets: [{ target_id: "core" }, { target_id: "last" }] });
});

it("what such a node keeps as an artifact is not to be had: the answer says why, and not to try again", async () => {
  const text = "x".repeat(2048);
  const reference = {
    artifact_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    media_type: "text/markdown",
    size_bytes: 50_000,
  };
  const artifact = { ...reference, url: `/artifacts/${reference.artifact_id}`, sha256: "0".repeat(64) };
  await using other = await openOther((req, body, res) => {
    if (req.url === "/v1/node/tasks") return json(res, 202, accepted(body));
    res.writeHead(200, { "content-type": "text/event-stream" });
    const frames = [
      { kind: "task.running" },
      { kind: "artifact.created", data: artifact },
      {
        kind: "task.completed",
        data: { result: { text, truncated: true }, result_artifact_id: artifact.artifact_id },
      },
    ];
    for (const [at, frame] of frames.entries())
      res.write(`data: ${JSON.stringify({ seq: at + 1, state: "running", ...frame })}\n\n`);
    return res.end();
  });
  await using server = await openNode(other.url);
  const { node } = server;
  const { task_id } = await node.submit({ target_runtime: "other/core", payload: { text: "x" } });
  const { result, result_artifact_id } = await node.reaches(task_id, "completed");
  expect(result).toMatchObject({ truncated: true });
  const answer = await server.call("GET", `/artifacts/${result_artifact_id}`);
  expect(answer).toMatchObject({ status: 404, body: { code: "artifact_not_found" } });
  expect((answer.body as { detail: string }).detail).toMatch(/is at other, .* only to peers that sign/);
  expect(answer.headers.get("retry-after")).toBeNull();
  expect(other.seen.filter(({ path }) => path.includes("/artifacts/"))).toEqual([]);
  const { data } = node.engine.reader.events(task_id).find(({ kind }) => kind === "task.running") ?? {};
  expect(data).toMatchObject({ destination_task_id: "remote-1" });
  expect(data).not.toHaveProperty("destination_thread_id");
});
