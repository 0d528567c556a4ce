/** Tasks that one node gives another, over HTTP, both in this process. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Json } from "#src/core/ports.ts";
import { fakeTarget, type OpenEngine, openEngine, until } from "../../open-engine.ts";
import { openTwoServers } from "../../two-servers.ts";

async function openPair() {
  const two = await openTwoServers();
  await two.pair();
  const synced = await two.a.call("POST", "/v1/peers/beta/sync", {});
  if (synced.status !== 200) throw new Error(JSON.stringify(synced.body));
  return two;
}

type Pair = Awaited<ReturnType<typeof openPair>>;

const build = { target_runtime: "build" };

/** The only task that a node has. */
const onlyTask = ({ node }: Pair["b"]) => {
  const [task, another] = node.engine.reader.list({}, 2);
  if (task === undefined || another !== undefined) throw new Error("there is not just one task");
  return task;
};

it("a task for a peer's target runs there, and all of it is seen here", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const trace = { trace_id: "0af7651916cd43dd8448eb211c80319c" };
  const task = await node.submit({ ...build, payload: { text: "hello" }, trace });
  const done = await node.reaches(task.task_id, "completed");
  const there = onlyTask(two.b);
  expect(done).toMatchObject({
    resolved_runtime: "beta/build",
    result: { text: "echo: hello" },
    remote: { binding: "node_relay", remote_execution_id: there.task_id },
  });
  expect(node.dataOf(task.task_id, "runtime.ready")).toEqual({ peer_id: "beta" });
  expect(there).toMatchObject({
    status: "completed",
    trace,
    sender: two.a.node.engine.network.nodeId,
    metadata: { origin_proxy_task_id: task.task_id, ...trace },
  });
  const mirrored = node.engine.reader.events(task.task_id).filter(({ source }) => source === "transport");
  const seqs = mirrored.flatMap(({ data }) => (data as { remote_event_seq?: number }).remote_event_seq ?? []);
  expect(seqs).toEqual(seqs.map((_, at) => at + 1));
  expect(seqs).toHaveLength(two.b.node.engine.reader.events(there.task_id).length);
  expect(node.engine.relays.binding(task.task_id)).toMatchObject({
    status: "completed",
    last_remote_seq: seqs.length,
  });
  expect(node.kinds(task.task_id)).toEqual([
    "1 task.created",
    "2 task.routed",
    "3 runtime.ready",
    "4 task.dispatching",
    "5 task.running",
    "6 task.progress",
    "7 task.progress",
    "8 task.progress",
    "9 task.progress",
    "10 task.progress",
    "11 task.progress",
    "12 task.progress",
    "13 task.progress",
    "14 task.completed",
  ]);
});

it("a question is asked here and answered there", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const { task_id } = await node.submit({ ...build, payload: { mode: "await_then_resume" } });
  const asking = await node.reaches(task_id, "awaiting_input");
  expect(asking.awaiting).toMatchObject([{ kind: "permission", prompt: "go on?" }]);
  await expect(node.answer(task_id, { option_id: "none" })).rejects.toThrow("answer_rejected");
  await node.answer(task_id, { approved: true });
  const done = await node.reaches(task_id, "completed");
  expect(done.result?.text).toBe("resumed: allow_once");
  const kinds = node.engine.reader.events(task_id).map(({ kind }) => kind);
  expect(kinds.filter((kind) => /resume/.test(kind))).toEqual(["task.resume_requested", "task.resumed"]);
});

it("a question that nobody answers in its time is rejected there, and the task goes on", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const delivery = { timeout_ms: 600_000, question_timeout_ms: 20_000 };
  const { task_id } = await node.submit({ ...build, payload: { mode: "await_then_resume" }, delivery });
  const { awaiting } = await node.reaches(task_id, "awaiting_input");
  expect(awaiting[0]?.expires_at).toBe(new Date(two.clock.now() + 20_000).toISOString());
  two.clock.advance(20_000);
  const done = await node.reaches(task_id, "completed");
  expect(done.result?.text).toBe(onlyTask(two.b).result?.text);
  expect(node.dataOf(task_id, "task.resumed")).toMatchObject({ by: "timeout" });
});

it("a cancel here ends the work there", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const { task_id } = await node.submit({ ...build, payload: { mode: "cancelled" } });
  await until(() => node.record(task_id).remote !== null);
  await until(() => two.b.node.engine.reader.list({ status: "running" }, 1).length === 1);
  await node.cancel(task_id);
  await node.reaches(task_id, "cancelled");
  expect(onlyTask(two.b)).toMatchObject({ status: "cancelled" });
});

it("a failure there is a failure here, with its reason and without its command", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const { task_id } = await node.submit({ ...build, payload: { mode: "crash_after_start" } });
  const failed = await node.reaches(task_id, "failed");
  expect(failed.last_error).toEqual({
    reason: "remote_failed",
    detail: "its runtime failed; the node that it ran at knows more",
  });
});

it("a payload that is no object arrives as it was given", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const { task_id } = await node.submit({ ...build, payload: "just words" as Json });
  expect((await node.reaches(task_id, "completed")).result?.text).toBe("echo: just words");
  expect(onlyTask(two.b).payload).toBe("just words");
});

it("what a node takes it can give on: a body as large as one may be, and an answer", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const filled = (body: (more: string) => object) =>
    body("x".repeat(1024 * 1024 - JSON.stringify(body("")).length));
  const task = filled((more) => ({
    intent: "test.run",
    ...build,
    payload: { mode: "await_then_resume", more },
  }));
  const given = await two.a.call("POST", "/v1/tasks", task);
  expect(given.status).toBe(202);
  const { task_id } = (given.body as { task: { task_id: string } }).task;
  await node.reaches(task_id, "awaiting_input");
  const answer = filled((more) => ({ payload: { approved: true, more } }));
  expect((await two.a.call("POST", `/v1/tasks/${task_id}/resume`, answer)).status).toBe(202);
  await node.reaches(task_id, "completed");
  expect(onlyTask(two.b).status).toBe("completed");
});

it.each([null, 120_000])("a running time of %s is that of the task there too", async (timeout_ms) => {
  await using two = await openPair();
  const limited = fakeTarget({ target_id: "build", timeout_ms: 60_000 });
  await two.b.node.reload({ targets: new Map([["build", limited]]), routes: new Map() });
  const { node } = two.a;
  const { task_id } = await node.submit({ ...build, delivery: { timeout_ms } });
  await node.reaches(task_id, "completed");
  expect(onlyTask(two.b).delivery.timeout_ms).toBe(timeout_ms);
});

it("turns of one conversation go on with one session there", async () => {
  await using two = await openPair();
  for (let turn = 0; turn < 2; turn++) {
    const { task_id } = await two.a.node.submit({ ...build, conversation_id: "release" });
    await two.a.node.reaches(task_id, "completed");
  }
  const conversations = two.b.node.engine.reader.list({}, 2).map((task) => task.conversation_id);
  const { pairing_id } = two.b.node.engine.network.peers.get("alpha") ?? {};
  expect(conversations).toEqual([`${pairing_id}/release`, `${pairing_id}/release`]);
});

it.each([
  ["long", "release-".repeat(16)],
  ["no ASCII", "Fassung-für-März"],
])("a conversation whose id is %s goes on there too, and is no other", async (_what, conversation_id) => {
  await using two = await openPair();
  for (const id of [conversation_id, conversation_id, `${conversation_id.slice(0, -1)}x`]) {
    const { task_id } = await two.a.node.submit({ ...build, conversation_id: id });
    await two.a.node.reaches(task_id, "completed");
  }
  const there = two.b.node.engine.reader.list({}, 3).map((task) => task.conversation_id);
  expect(new Set(there).size).toBe(2);
  expect(there[1]).toBe(there[2]);
  expect(Math.max(...there.map((id) => id.length))).toBeLessThanOrEqual(128);
});

it("a large answer is fetched when somebody wants it, and verified", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const { task_id } = await node.submit({ ...build, payload: { mode: "flood", chunks: 2000, size: 16 } });
  const { result, result_artifact_id } = await node.reaches(task_id, "completed");
  expect(result?.truncated).toBe(true);
  const artifact_id = result_artifact_id ?? "";
  expect(artifact_id).not.toBe(onlyTask(two.b).result_artifact_id);
  expect(node.engine.relays.artifact(artifact_id)?.fetched).toBeFalsy();
  const answer = await two.a.call("GET", `/artifacts/${artifact_id}`);
  expect(answer.status).toBe(200);
  expect(answer.body).toBe("x".repeat(32_000));
  const etag = createHash("sha256").update("x".repeat(32_000)).digest("hex");
  expect(answer.headers.get("etag")).toBe(`"${etag}"`);
  expect(node.engine.relays.artifact(artifact_id)?.fetched).toBeTruthy();
});

it("a task for a node that is down fails, or waits if it was told to", async () => {
  await using two = await openPair();
  const { node } = two.a;
  await node.engine.network.peers.put({
    ...(node.engine.network.peers.get("beta") as NonNullable<
      ReturnType<typeof node.engine.network.peers.get>
    >),
    base_url: "http://127.0.0.1:9",
  });
  node.engine.network.reached.clear();
  const failing = await node.submit(build);
  const waiting = await node.submit({ ...build, delivery: { when_offline: "queue" } });
  await node.reaches(waiting.task_id, "pending_launch");
  await moveUntil(two, () => node.record(failing.task_id).status === "failed");
  expect(node.record(failing.task_id).last_error).toMatchObject({
    reason: "runtime_unavailable",
    detail: expect.stringMatching(/^beta can't be reached: (?!.*can't be reached)/),
  });
  expect(node.record(waiting.task_id).status).toBe("pending_launch");
  const back = node.engine.network.peers.get("beta");
  if (back !== undefined) await node.engine.network.peers.put({ ...back, base_url: two.b.url });
  await moveUntil(two, () => node.record(waiting.task_id).status === "completed");
});

describe("a node that goes down just after it answered", () => {
  const moveTo = async ({ engine }: OpenEngine, base_url: string) => {
    const beta = engine.network.peers.get("beta");
    if (beta !== undefined) await engine.network.peers.put({ ...beta, base_url });
  };

  it("fails a task, or lets it go on if it was told to wait", async () => {
    await using two = await openPair();
    const { node } = two.a;
    await node.reaches((await node.submit(build)).task_id, "completed");
    await moveTo(node, "http://127.0.0.1:9");
    const failing = await node.submit(build);
    // Until it is found out, one as the other is taken to be handed over.
    node.engine.network.reached.set("beta", node.clock.now());
    const waiting = await node.submit({ ...build, delivery: { when_offline: "queue" } });
    await node.reaches(failing.task_id, "dispatching");
    await moveUntil(two, () => node.record(failing.task_id).status === "failed");
    expect(node.record(failing.task_id).last_error).toMatchObject({
      reason: "runtime_unavailable",
      detail: expect.stringMatching(/^beta can't be reached: (?!.*can't be reached)/),
    });
    expect(node.record(waiting.task_id).finished_at).toBeNull();
    await moveTo(node, two.b.url);
    await moveUntil(two, () => node.record(waiting.task_id).status === "completed");
  });

  it("fails no task that an earlier life may have given it", async () => {
    await using two = await openPair();
    await two.a.node.reaches((await two.a.node.submit(build)).task_id, "completed");
    await moveTo(two.a.node, "http://127.0.0.1:9");
    const { task_id } = await two.a.node.submit(build);
    await two.a.node.reaches(task_id, "dispatching");
    two.a.node.abandon();
    await using again = await two.reopenA();
    two.clock.advance(200);
    await until(() => again.kinds(task_id).some((kind) => kind.endsWith("runtime.health")));
    const soon = two.clock.now() + 10_000;
    await moveUntil(two, () => two.clock.now() > soon);
    expect(again.record(task_id).status).toBe("dispatching");
    await moveTo(again, two.b.url);
    await moveUntil(two, () => again.record(task_id).status === "completed");
  });
});

/** Moves the clock whenever nothing happens by itself. */
async function moveUntil(two: Pair, holds: () => boolean): Promise<void> {
  for (let step = 0; step < 200 && !holds(); step++) {
    two.clock.advance(200);
    for (let turn = 0; turn < 40 && !holds(); turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(holds()).toBe(true);
}

it("fifty tasks at once keep the order of their events", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const tasks = await Promise.all(
    Array.from({ length: 50 }, () => node.submit({ ...build, payload: { mode: "success" } })),
  );
  for (const { task_id } of tasks) {
    expect((await node.reaches(task_id, "completed")).result?.text).toBe("one two three");
    const events = node.engine.reader.events(task_id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
    const remote = events.flatMap(
      ({ data }) => (data as { remote_event_seq?: number }).remote_event_seq ?? [],
    );
    expect(remote).toEqual(remote.map((_, at) => at + 1));
  }
  expect(two.b.node.engine.reader.list({}, 200)).toHaveLength(50);
});

it("a task goes on where it was when its node starts again", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const { task_id } = await node.submit({ ...build, payload: { mode: "await_then_resume" } });
  await node.reaches(task_id, "awaiting_input");
  const before = node.kinds(task_id);
  node.abandon();
  await using again = await two.reopenA();
  const asking = await again.reaches(task_id, "awaiting_input");
  expect(asking.awaiting).toHaveLength(1);
  expect(again.kinds(task_id)).toEqual(before);
  const there = onlyTask(two.b);
  await two.b.node.answer(there.task_id, { approved: true });
  const done = await again.reaches(task_id, "completed");
  expect(done.result?.text).toBe("resumed: allow_once");
  expect(again.kinds(task_id).map((each) => Number(each.split(" ")[0]))).toEqual(
    again.kinds(task_id).map((_, at) => at + 1),
  );
});

it("a node's own target is reached by the way of any peer's", async () => {
  await using node = await openEngine({ targets: [fakeTarget({ target_id: "build" })] });
  const { task_id } = await node.submit({ target_runtime: "self/build", payload: { text: "hello" } });
  const done = await node.reaches(task_id, "completed");
  expect(done).toMatchObject({ resolved_runtime: "self/build", result: { text: "echo: hello" } });
  const there = done.remote?.remote_execution_id ?? "";
  expect(node.record(there)).toMatchObject({ resolved_runtime: "build", status: "completed" });
  expect(node.engine.relays.nodeTaskOf(there)).toMatchObject({ pairing_id: "self", chain: "[]" });
});

it("what a task delegates there doesn't come back to the node that gave it", async () => {
  await using two = await openPair();
  await two.b.call("POST", "/v1/peers/alpha/sync", {});
  const { task_id } = await two.a.node.submit({ ...build, payload: { mode: "await_then_resume" } });
  await two.a.node.reaches(task_id, "awaiting_input");
  const trace = { parent_task_id: onlyTask(two.b).task_id };
  const child = await two.b.node.submit({ target_runtime: "alpha/research", trace });
  const failed = await two.b.node.reaches(child.task_id, "failed");
  expect(failed.last_error).toMatchObject({
    reason: "submit_failed",
    detail: /has come through this node already/,
  });
  expect(two.a.node.engine.reader.list({}, 5)).toHaveLength(1);
});

it("a cancel reaches children at other nodes", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const parent = await node.submit({ target_runtime: "research", payload: { mode: "cancelled" } });
  await node.reaches(parent.task_id, "running");
  const trace = { parent_task_id: parent.task_id };
  const child = await node.submit({ ...build, payload: { mode: "cancelled" }, trace });
  await until(() => two.b.node.engine.reader.list({ status: "running" }, 1).length === 1);
  await node.cancel(parent.task_id);
  await node.reaches(child.task_id, "cancelled");
  // It may be cancelled here before it was said to be accepted there.
  await until(() => onlyTask(two.b).status === "cancelled");
});
