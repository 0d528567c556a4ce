/** What a trusted peer may say or fail to say, and what becomes of the task here. */
import { describe, expect, it } from "vitest";
import type { JsonObject } from "#src/core/ports.ts";
import { failCommits } from "../../fail-commits.ts";
import { openEngine, until } from "../../open-engine.ts";
import {
  acceptance,
  answer,
  openWithPeer,
  type Played,
  type Script,
  told,
  unsigned,
  type WithPeer,
} from "./scripted-peer.ts";

const toPeer = { target_runtime: "peer/core", payload: { text: "x" } };
const running = { seq: 1, kind: "task.running", data: {} };
const staying: Pick<Script, "events"> = { events: (_from, _times, signal) => told([running], signal) };

describe("a cancel that a peer tells of", () => {
  const script: Script = {
    events: (from, _times, signal) =>
      told(
        from > 0 ? [] : [running, { seq: 2, kind: "task.cancel_requested", data: { by: "caller" } }],
        signal,
      ),
  };

  it("is a step of the work there; one that is asked for here is still told, and has its limit", async () => {
    await using two = await openWithPeer(script);
    const { node } = two;
    const { task_id } = await node.submit(toPeer);
    await until(() => node.kinds(task_id).some((kind) => kind.endsWith("task.progress")));
    expect(node.dataOf(task_id, "task.progress")).toMatchObject({ remote_kind: "task.cancel_requested" });
    await node.cancel(task_id);
    await until(() => two.count("cancel") === 1);
    await two.passing(() => node.record(task_id).status === "failed", "the end");
    expect(node.record(task_id).last_error).toMatchObject({ reason: "cancel_failed" });
  });

  it("keeps no task from its running time", async () => {
    await using two = await openWithPeer(script);
    const { node } = two;
    const { task_id } = await node.submit({ ...toPeer, delivery: { timeout_ms: 2000 } });
    await until(() => node.kinds(task_id).some((kind) => kind.endsWith("task.progress")));
    await two.passing(() => node.record(task_id).status === "failed", "the end");
    expect(node.record(task_id).last_error).toMatchObject({ reason: "timeout" });
    expect(two.count("cancel")).toBeGreaterThan(0);
  });
});

describe("work that a peer may have taken", () => {
  it.each(["a cancel", "the running time"])(
    "is ended there by %s, also where its acceptance was lost",
    async (how) => {
      await using two = await openWithPeer({
        ...staying,
        submit: (body, times) => (times === 1 ? "broken" : acceptance(two.peerId, body)),
      });
      const { node } = two;
      const limit = how === "a cancel" ? {} : { delivery: { timeout_ms: 100 } };
      const { task_id } = await node.submit({ ...toPeer, ...limit });
      await until(() => two.count("submit") === 1);
      if (how === "a cancel") await node.cancel(task_id, "no more");
      await two.passing(() => two.count("cancel") === 1, "the cancel there");
      expect(node.record(task_id).status).toBe(how === "a cancel" ? "cancelled" : "failed");
      const { request } = two.calls.find(({ call }) => call === "cancel") ?? {};
      expect(request).toMatchObject({ path: "/v1/node/tasks/there/cancel" });
      if (how === "a cancel") expect(request?.content).toMatchObject({ reason: "no more" });
    },
  );

  it("is not asked for without end", async () => {
    await using two = await openWithPeer({ submit: () => "broken" });
    const { node } = two;
    const { task_id } = await node.submit(toPeer);
    await until(() => two.count("submit") === 1);
    await node.cancel(task_id);
    await two.passing(() => two.count("submit") > 2, "another try");
    await two.seconds(60);
    const before = two.count("submit");
    await two.seconds(60);
    expect(two.count("submit")).toBe(before);
    await until(() => node.engine.works.size === 0);
  });
});

describe("answers that the peer didn't sign", () => {
  it("end a task that is given, when five come in a row", async () => {
    await using two = await openWithPeer({ submit: () => unsigned(401) });
    const { task_id } = await two.node.submit(toPeer);
    await two.passing(() => two.node.record(task_id).status === "failed", "the end");
    expect(two.node.record(task_id).last_error?.reason).toBe("interrupted");
    expect(two.count("submit")).toBe(5);
  });

  const others: readonly [string, (times: number) => Played | "broken"][] = [
    ["with others between them", (times) => (times % 4 > 0 ? unsigned(401) : "broken")],
    ["that a proxy gives in its place", (times) => unsigned([502, 503, 504][times % 3] ?? 502)],
  ];
  it.each(others)("%s are a link that breaks, and no end", async (_what, play) => {
    await using two = await openWithPeer({
      ...staying,
      submit: (body, times) => (times <= 8 ? play(times) : acceptance(two.peerId, body)),
    });
    const { task_id } = await two.node.submit(toPeer);
    await two.passing(
      () => two.node.record(task_id).remote !== null || two.node.record(task_id).finished_at !== null,
      "the acceptance",
    );
    expect(two.node.record(task_id)).toMatchObject({ status: "running", last_error: null });
  });
});

it("a task whose beginning can't be written ends, here and there", async () => {
  await using two = await openWithPeer(staying);
  const { node } = two;
  failCommits(node.storage, "NEW.kind = 'task.running'");
  const { task_id } = await node.submit(toPeer);
  await two.passing(() => node.record(task_id).status === "failed", "the end");
  expect(node.record(task_id).last_error).toMatchObject({ reason: "internal_error" });
  await two.passing(() => two.count("cancel") === 1, "the cancel there");
});

describe("a peer that is no longer trusted", () => {
  it.each(["blocked", "removed"])("is %s: its task ends, and the reason is said", async (how) => {
    await using two = await openWithPeer(staying);
    const { node } = two;
    const { task_id } = await node.submit(toPeer);
    await node.reaches(task_id, "running");
    const { peers } = node.engine.network;
    const peer = peers.get("peer");
    if (how === "removed" || peer === undefined) await peers.remove("peer");
    else await peers.put({ ...peer, trust: "blocked" });
    await two.passing(() => node.record(task_id).status === "failed", "the end");
    const detail = expect.stringMatching(/peer is no trusted peer any more/);
    expect(node.record(task_id).last_error).toMatchObject({ reason: "interrupted", detail });
  });
});

describe("a cancel that a peer did not confirm has failed", () => {
  const deaf: Script = { ...staying, cancel: () => "broken" };

  /** A task whose cancel the peer has got, and not answered; then the peer is blocked. */
  async function cancelledAndBlocked({ node, ...two }: WithPeer, delivery: object = {}) {
    const { task_id } = await node.submit({ ...toPeer, delivery });
    await node.reaches(task_id, "running");
    if (!("timeout_ms" in delivery)) await node.cancel(task_id);
    await two.passing(() => two.count("cancel") > 0, "the cancel there");
    return {
      task_id,
      async block() {
        const { peers } = node.engine.network;
        const peer = peers.get("peer");
        if (peer !== undefined) await peers.put({ ...peer, trust: "blocked" });
      },
    };
  }

  const detail = expect.stringMatching(/peer is no trusted peer any more/);

  it("when the peer is blocked: the work goes on there", async () => {
    await using two = await openWithPeer(deaf);
    const { node } = two;
    const { task_id, block } = await cancelledAndBlocked(two);
    await block();
    await two.passing(() => node.record(task_id).finished_at !== null, "the end");
    expect(node.record(task_id)).toMatchObject({
      status: "failed",
      last_error: { reason: "cancel_failed", detail },
    });
  });

  it("when the peer was blocked before the node starts again", async () => {
    await using two = await openWithPeer(deaf);
    const { task_id, block } = await cancelledAndBlocked(two);
    await block();
    two.node.abandon();
    await using again = await openEngine({ dir: two.node.dir, clock: two.node.clock, targets: [] });
    expect(again.record(task_id)).toMatchObject({
      status: "failed",
      last_error: { reason: "cancel_failed", detail },
    });
  });

  it("but for that of the running time, whose end keeps its reason", async () => {
    await using two = await openWithPeer(deaf);
    const { node } = two;
    const { task_id, block } = await cancelledAndBlocked(two, { timeout_ms: 1000 });
    await block();
    await two.passing(() => node.record(task_id).finished_at !== null, "the end");
    expect(node.record(task_id).last_error).toMatchObject({ reason: "timeout", detail });
  });
});

describe("an acceptance", () => {
  const wrong: readonly [string, JsonObject][] = [
    ["of another task", { origin_proxy_task_id: "another" }],
    ["of another node", { destination_node_id: "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK" }],
  ];
  it.each(wrong)("%s is none", async (_what, changes) => {
    await using two = await openWithPeer({ submit: (body) => acceptance(two.peerId, body, changes) });
    const { node } = two;
    const { task_id } = await node.submit(toPeer);
    await two.passing(() => node.record(task_id).status === "failed", "the end");
    expect(node.record(task_id).last_error?.reason).toBe("protocol_error");
  });
});

it("a peer that tells what is not understood ends the task, which keeps what had been said", async () => {
  const said = { seq: 2, kind: "task.progress", data: { type: "message", text: "half an answer" } };
  await using two = await openWithPeer({
    events: (from) => told(from > 0 ? [{ seq: "nonsense" }] : [running, said]),
  });
  const { node } = two;
  const { task_id } = await node.submit(toPeer);
  await two.passing(() => node.record(task_id).status === "failed", "the end");
  expect(node.record(task_id)).toMatchObject({
    last_error: { reason: "protocol_error" },
    result: { text: "half an answer" },
  });
  await two.passing(() => two.count("cancel") > 0, "the cancel there");
});

const asking = {
  seq: 2,
  kind: "task.awaiting_input",
  data: { request_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", prompt: "go on?" },
};

it("an answer whose fate is unknown ends the work there too", async () => {
  await using two = await openWithPeer({
    events: (from, _times, signal) => told(from > 0 ? [] : [running, asking], signal),
    resume: () => "broken",
  });
  const { node } = two;
  const { task_id } = await node.submit(toPeer);
  await node.reaches(task_id, "awaiting_input");
  const answered = node.answer(task_id, { approved: true }).catch(({ message }: Error) => message);
  await two.passing(() => node.record(task_id).status === "failed", "the end");
  expect(await answered).toBeDefined();
  expect(node.record(task_id).last_error?.reason).toBe("resume_failed");
  await two.passing(() => two.count("cancel") > 0, "the cancel there");
});

it.each([401, 503])(
  "an answer that %i was said to has not been taken: its question stays open",
  async (status) => {
    await using two = await openWithPeer({
      events: (from, _times, signal) => told(from > 0 ? [] : [running, asking], signal),
      resume: () => answer(status, { code: "no", message: "not now" }),
    });
    const { node } = two;
    const { task_id } = await node.submit(toPeer);
    await node.reaches(task_id, "awaiting_input");
    let said: unknown;
    void node.answer(task_id, { approved: true }).then(
      () => {},
      (thrown: unknown) => {
        said = thrown;
      },
    );
    await two.passing(() => said !== undefined, "the refusal");
    expect(node.record(task_id)).toMatchObject({
      status: "awaiting_input",
      awaiting: [{ prompt: "go on?" }],
    });
  },
);

describe("what a peer tells of an end", () => {
  it("is bounded", async () => {
    const data = { reason: "remote_failed", detail: "x".repeat(200_000) };
    await using two = await openWithPeer({
      events: () => told([running, { seq: 2, kind: "task.failed", data }]),
    });
    const { node } = two;
    const { task_id } = await node.submit(toPeer);
    await node.reaches(task_id, "failed");
    expect(node.record(task_id).last_error?.detail?.length).toBeLessThanOrEqual(4096);
    const largest = node.engine.reader.events(task_id).map((event) => JSON.stringify(event).length);
    expect(Math.max(...largest)).toBeLessThan(20_000);
  });

  it("names no artifact that isn't this task's", async () => {
    const result = { text: "short", truncated: true };
    const data = { result, result_artifact_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" };
    await using two = await openWithPeer({
      events: () => told([running, { seq: 2, kind: "task.completed", data }]),
    });
    const { node } = two;
    const { task_id } = await node.submit(toPeer);
    await node.reaches(task_id, "completed");
    expect(node.record(task_id).result_artifact_id ?? null).toBeNull();
  });

  it("that is not understood is asked for only so often", async () => {
    await using two = await openWithPeer({
      events: () => told([running, { seq: 2, kind: 7 as unknown as string, data: {} }]),
    });
    const { node } = two;
    const { task_id } = await node.submit(toPeer);
    await two.passing(() => node.record(task_id).status === "failed", "the end");
    expect(node.record(task_id).last_error?.reason).toBe("protocol_error");
    await two.passing(() => two.count("cancel") === 1, "the cancel there");
  });
});

describe("questions of a peer", () => {
  it("don't hold a task for longer than they may be open, also when the peer says otherwise and is gone", async () => {
    const late = { ...asking, data: { ...asking.data, expires_at: "2999-01-01T00:00:00.000Z" } };
    await using two = await openWithPeer({
      events: (from) => (from > 0 ? "broken" : told([running, late])),
    });
    const { node } = two;
    const { task_id } = await node.submit({
      ...toPeer,
      delivery: { timeout_ms: 1000, question_timeout_ms: 5000 },
    });
    const { awaiting } = await node.reaches(task_id, "awaiting_input");
    const { request } = two.calls.find(({ call }) => call === "submit") ?? {};
    expect(request?.headers).toMatchObject({ "aethrolink-question-timeout": "5000" });
    expect(Date.parse(awaiting[0]?.expires_at ?? "")).toBeLessThanOrEqual(node.clock.now() + 5000);
    await two.passing(() => node.record(task_id).status === "failed", "the end");
    expect(node.record(task_id).last_error?.reason).toBe("timeout");
  });

  it("are so many at once and no more", async () => {
    const ids = Array.from(
      { length: 100 },
      (_, at) => `01ARZ3NDEKTSV4RRFFQ69G5${String(at).padStart(3, "0")}`,
    );
    const many = ids.map((request_id, at) => ({
      ...asking,
      seq: at + 2,
      data: { ...asking.data, request_id },
    }));
    await using two = await openWithPeer({
      events: (from, _times, signal) => told(from > 0 ? [] : [running, ...many], signal),
    });
    const { node } = two;
    const { task_id } = await node.submit(toPeer);
    await until(() => node.engine.relays.binding(task_id)?.last_remote_seq === 101);
    await until(() => node.record(task_id).awaiting.length === 32);
  });
});

it("an answer that says it is a stream, and is to no call for one, is closed", async () => {
  await using two = await openWithPeer({
    submit: () => ({ ...told([], new AbortController().signal), status: 503 }),
  });
  const { node } = two;
  const { task_id } = await node.submit(toPeer);
  await two.passing(() => two.count("submit") > 3, "some tries");
  await node.cancel(task_id);
  await two.passing(() => node.engine.works.size === 0, "the end");
  expect(two.open()).toBe(0);
});
