import { describe, expect, it } from "vitest";
import type { TaskRecord } from "#contracts/tasks.ts";
import { fakeTarget, until } from "../../open-engine.ts";
import { type OpenServer, openServer, type Reply } from "../../open-server.ts";

const byHand = () => {};
const taskOf = ({ body }: Reply) => (body as { task: TaskRecord }).task;
const request = { intent: "test.run", payload: { text: "hello" } };

async function running(server: OpenServer) {
  const before = server.node.fake.turns.length;
  const { task_id } = await server.node.submit();
  const turn = await server.node.fake.turn(before);
  await server.node.reaches(task_id, "running");
  return { task_id, turn };
}

describe("giving a task", () => {
  it("is 202 with its record and links, as its first commit has it", async () => {
    await using server = await openServer({ fake: { launch: byHand } });
    const reply = await server.call("POST", "/v1/tasks", request);
    const task = taskOf(reply);
    expect(reply.status).toBe(202);
    expect(task).toMatchObject({ status: "launching", sender: "local", delivery: { launch_if_down: true } });
    const links = { self: `/v1/tasks/${task.task_id}`, events: `/v1/tasks/${task.task_id}/events` };
    expect(reply.body).toMatchObject({ links });
  });

  it("with mode sync is 200 when it has ended", async () => {
    await using server = await openServer();
    const reply = await server.call("POST", "/v1/tasks", { ...request, delivery: { mode: "sync" } });
    expect({ status: reply.status, task: taskOf(reply) }).toMatchObject({
      status: 200,
      task: { status: "completed", result: { text: "echo: hello" } },
    });
  });

  it("with mode sync is 200 with the task as it is when the time is over", async () => {
    await using server = await openServer({ fake: { script: byHand } });
    const reply = server.call("POST", "/v1/tasks", { ...request, delivery: { mode: "sync", wait_ms: 500 } });
    const { task_id } = (await server.node.fake.turn(0)).task;
    await server.node.reaches(task_id, "running");
    await until(() => server.node.engine.log.tail(task_id)?.listeners() === 1, "it to wait");
    server.node.clock.advance(500);
    expect(taskOf(await reply).status).toBe("running");
  });

  it("with a part of the delivery leaves the other parts as they are by default", async () => {
    await using server = await openServer();
    const reply = await server.call("POST", "/v1/tasks", { ...request, delivery: { queue_timeout_ms: 5 } });
    expect(taskOf(reply).delivery).toEqual({
      mode: "stream",
      launch_if_down: true,
      timeout_ms: null,
      question_timeout_ms: 86_400_000,
      queue_timeout_ms: 5,
      wait_ms: 600_000,
      when_offline: "fail",
    });
  });

  it.each([
    [{ trace: { trace_id: "mine" } }, "mine"],
    [{}, "0af7651916cd43dd8448eb211c80319c"],
  ])("continues the trace that it names, else the traceparent's: %j", async (more, trace_id) => {
    await using server = await openServer();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const reply = await server.call("POST", "/v1/tasks", { ...request, ...more }, { traceparent });
    expect(taskOf(reply).trace).toEqual({ trace_id });
  });

  it.each([
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "nonsense",
  ])("begins a trace of its own where the traceparent is %s", async (traceparent) => {
    await using server = await openServer();
    const reply = await server.call("POST", "/v1/tasks", request, { traceparent });
    expect(taskOf(reply).trace.trace_id).toMatch(/^[0-9A-Z]{26}$/);
  });

  it("with a key is the same task again, and says so; another principal's key is another", async () => {
    await using server = await openServer();
    const key = { "idempotency-key": "k" };
    const first = await server.call("POST", "/v1/tasks", request, key);
    const again = await server.call("POST", "/v1/tasks", request, key);
    expect(first.headers.has("idempotent-replayed")).toBe(false);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(taskOf(again).task_id).toBe(taskOf(first).task_id);
    const other = { ...key, authorization: `Bearer ${await server.tokenOf("operator")}` };
    expect(taskOf(await server.call("POST", "/v1/tasks", request, other)).task_id).not.toBe(
      taskOf(first).task_id,
    );
    const different = await server.call("POST", "/v1/tasks", { ...request, payload: 1 }, key);
    expect(different.body).toMatchObject({ status: 422, code: "idempotency_key_reused" });
  });
});

describe("giving a task to a target whose queue is full", () => {
  it("is 429 with a time to come back, but for what was taken before", async () => {
    const targets = [fakeTarget({ max_concurrency: 1, queue: 2 })];
    await using server = await openServer({ targets, fake: { script: byHand } });
    const post = (key: string, payload: string) =>
      server.call("POST", "/v1/tasks", { intent: "test.run", payload }, { "idempotency-key": key });
    for (const key of ["a", "b", "c"]) expect((await post(key, "small")).status).toBe(202);
    const replies = [await post("d", "small"), await post("e", "x".repeat(50_000))];
    for (const reply of replies) {
      expect(reply.body).toMatchObject({ status: 429, code: "queue_full" });
      expect(reply.headers.get("retry-after")).toBe("5");
    }
    const { body } = await server.call("GET", "/metrics");
    expect(body).toContain('aethrolink_tasks_waiting{target="tested"} 2');
    const replayed = await post("c", "small");
    expect(replayed.status).toBe(202);
    expect(replayed.headers.get("idempotent-replayed")).toBe("true");
    server.node.fake.turns[0]?.complete();
    await until(() => server.node.fake.turns.length === 2, "the next to run");
    expect((await post("d", "small")).status).toBe(202);
  });
});

describe("reading tasks", () => {
  it("one with ?wait= is answered when it has ended, at once where it has", async () => {
    await using server = await openServer({ fake: { script: byHand } });
    const { task_id, turn } = await running(server);
    const waiting = server.call("GET", `/v1/tasks/${task_id}?wait=60`);
    await until(() => server.node.engine.log.tail(task_id)?.listeners() === 1);
    turn.complete("there");
    expect((await waiting).body).toMatchObject({ status: "completed" });
    expect((await server.call("GET", `/v1/tasks/${task_id}?wait=60`)).body).toMatchObject({
      status: "completed",
    });
  });

  it("pages by cursor through a filter, without gap or repeat, to the end", async () => {
    await using server = await openServer();
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) {
      const { task_id } = await server.node.submit({ sender: n % 3 === 2 ? "other" : "me" });
      await server.node.reaches(task_id, "completed");
      if (n % 3 !== 2) ids.push(task_id);
    }
    const seen: string[] = [];
    let next: string | null = "";
    while (next !== null) {
      const cursor: string = next === "" ? "" : `&cursor=${next}`;
      const reply = await server.call("GET", `/v1/tasks?sender=me&limit=2${cursor}`);
      const page = reply.body as { tasks: TaskRecord[]; next_cursor: string | null };
      seen.push(...page.tasks.map((task) => task.task_id));
      next = page.next_cursor;
    }
    expect(seen).toEqual(ids.toReversed());
  });

  it.each([
    "limit=0",
    "limit=201",
    "status=done",
    "created_after=yesterday",
    "cursor=AAAA",
    "wait=1&limit=x",
    "limit=",
    "limit=0x10",
    "limit=%205",
  ])("refuses ?%s", async (query) => {
    await using server = await openServer();
    expect((await server.call("GET", `/v1/tasks?${query}`)).status).toBe(400);
  });
});

it.each([
  "/v1/tasks/TASK?wait=",
  "/v1/tasks/TASK?wait=0x1",
  "/v1/tasks/TASK?wait=Infinity",
  "/v1/tasks/TASK/events?after=",
  "/v1/events?after=",
])("takes only a number for one: %s", async (path) => {
  await using server = await openServer();
  const { task_id } = await server.node.submit();
  const reply = await server.call("GET", path.replace("TASK", task_id), undefined, {
    accept: "application/json",
  });
  expect(reply.body).toMatchObject({ status: 400, code: "invalid_request" });
});

describe("the events of a task", () => {
  it("are a list for those who ask for JSON, a stream for others, and nothing behind the end", async () => {
    await using server = await openServer();
    const { task_id } = await server.node.submit();
    await server.node.reaches(task_id, "completed");
    const path = `/v1/tasks/${task_id}/events`;
    const list = await server.call("GET", path, undefined, { accept: "application/json" });
    const { events } = list.body as { events: { seq: number; kind: string }[] };
    expect(events.map(({ seq, kind }) => `${seq} ${kind}`)).toEqual(server.node.kinds(task_id));
    const stream = String((await server.call("GET", path)).body);
    const frames = stream.split("\n\n").filter((frame) => frame !== "");
    expect(frames.map((frame) => JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? ""))).toEqual(events);
    expect(frames.map((frame) => /^id: (\d+)$/m.exec(frame)?.[1])).toEqual(
      events.map(({ seq }) => String(seq)),
    );
    const behind = (header: string, query = "") =>
      server.call("GET", path + query, undefined, { "last-event-id": header });
    expect(String((await behind("7")).body).match(/^id: /gm)).toHaveLength(events.length - 7);
    expect(String((await behind("7", "?after=2")).body).match(/^id: /gm)).toHaveLength(events.length - 7);
    expect((await behind(String(events.length))).status).toBe(204);
    const asked = { accept: "application/json" };
    const later = (header: object, query = "") =>
      server.call("GET", path + query, undefined, { ...asked, ...header });
    expect((await later({}, "?after=7")).body).toEqual({ events: events.slice(7) });
    expect((await later({ "last-event-id": "7" }, "?after=2")).body).toEqual({ events: events.slice(7) });
    expect((await later({}, `?after=${events.length}`)).body).toEqual({ events: [] });
    expect((await behind("x")).status).toBe(400);
  });

  it("of a task that isn't there are 404, as a list and as a stream", async () => {
    await using server = await openServer();
    const path = "/v1/tasks/01KAT3Q4V5W6X7Y8Z9A0B1C2D3/events";
    for (const accept of ["application/json", "text/event-stream"]) {
      expect((await server.call("GET", path, undefined, { accept })).status).toBe(404);
    }
  });
});

describe("cancelling", () => {
  it("names who asked as the creating does, whoever the sender is", async () => {
    await using server = await openServer({ fake: { script: byHand } });
    const request = { intent: "test.run", payload: {}, sender: "b" };
    const { task } = (await server.call("POST", "/v1/tasks", request)).body as { task: { task_id: string } };
    await server.call("POST", `/v1/tasks/${task.task_id}/cancel`);
    const { actor } = server.node.dataOf(task.task_id, "task.created");
    expect(actor).toMatch(/^[0-9A-Z]{26}$/);
    expect(server.node.dataOf(task.task_id, "task.cancel_requested")).toMatchObject({ actor });
  });

  it("is 202 where it was open, 200 where it had ended, and names who asked", async () => {
    await using server = await openServer({ fake: { script: byHand } });
    const { task_id, turn } = await running(server);
    const path = `/v1/tasks/${task_id}/cancel`;
    const first = await server.call("POST", path, { reason: "enough" });
    expect(first).toMatchObject({ status: 202, body: { task_id, status: "running" } });
    turn.confirmCancel();
    await server.node.reaches(task_id, "cancelled");
    expect(await server.call("POST", path)).toMatchObject({
      status: 200,
      body: { task_id, status: "cancelled" },
    });
    expect(server.node.dataOf(task_id, "task.cancel_requested")).toMatchObject({
      reason: "enough",
      actor: expect.stringMatching(/^[0-9A-Z]{26}$/),
    });
  });
});

describe("resuming", () => {
  it("is 409 where the task asks for nothing, while it runs and behind its end, and 404 where there is none", async () => {
    await using server = await openServer({ fake: { script: byHand } });
    const { task_id, turn } = await running(server);
    const resumed = async (id: string) => {
      const { status, body } = await server.call("POST", `/v1/tasks/${id}/resume`, { payload: {} });
      return [status, (body as { code: string }).code];
    };
    expect(await resumed(task_id)).toEqual([409, "not_awaiting_input"]);
    turn.complete();
    await server.node.reaches(task_id, "completed");
    expect(await resumed(task_id)).toEqual([409, "not_awaiting_input"]);
    expect(await resumed("01KAT3Q4V5W6X7Y8Z9A0B1C2D3")).toEqual([404, "task_not_found"]);
  });
});

describe("an artifact", () => {
  const text = "0123456789".repeat(2000);

  async function large(server: OpenServer): Promise<string> {
    const { task_id } = await server.node.submit({ payload: { text: `Say exactly ${text}` } });
    const { result_artifact_id } = await server.node.reaches(task_id, "completed");
    return `/artifacts/${result_artifact_id}`;
  }

  it("is its bytes, and not again for those who have them", async () => {
    await using server = await openServer();
    const path = await large(server);
    const { status, headers, body } = await server.call("GET", path);
    expect({ status, body }).toEqual({ status: 200, body: text });
    expect(headers.get("content-type")).toMatch(/^text\/markdown/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    const etag = headers.get("etag") ?? "";
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      expect((await server.call("GET", path, undefined, { "if-none-match": known })).status).toBe(304);
    }
  });

  it.each([
    ["bytes=0-9", 206, "0123456789"],
    ["bytes=19995-", 206, "56789"],
    ["bytes=-3", 206, "789"],
    ["bytes=-50000", 206, text],
    ["bytes=19990-99999", 206, "0123456789"],
    ["bytes=5-2", 200, text],
    ["bytes=-", 200, text],
    ["bytes=0-1,3-4", 200, text],
    ["lines=1-2", 200, text],
  ])("gives the range %s", async (range, status, body) => {
    await using server = await openServer();
    const answer = await server.call("GET", await large(server), undefined, { range });
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body });
    expect(answer.headers.get("content-length")).toBe(String(body.length));
  });

  it.each(["bytes=20000-", "bytes=-0"])("refuses the range %s", async (range) => {
    await using server = await openServer();
    const answer = await server.call("GET", await large(server), undefined, { range });
    expect(answer.status).toBe(416);
    expect(answer.headers.get("content-range")).toBe(`bytes */${text.length}`);
  });
});
