import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Question } from "#src/core/ports.ts";
import { newId } from "#src/store/ulid.ts";
import { fakeTarget, type OpenEngine, openEngine, running, until } from "../../open-engine.ts";

const byHand = () => {};

type Request = Parameters<typeof running>[1];

const question = (prompt = "May I?"): Question => ({ request_id: newId(), kind: "permission", prompt });

/** Opens questions one after the other. */
async function asking(node: OpenEngine, count: number, request: Request = {}) {
  const { task_id, turn } = await running(node, request);
  const questions = Array.from({ length: count }, () => question());
  for (const each of questions) void turn.ask(each);
  await until(() => node.record(task_id).awaiting.length === count, "the questions to be open");
  return { task_id, turn, questions };
}

describe.each(["running", "awaiting_input"] as const)("from %s", (status) => {
  const open = async (node: OpenEngine, request: Request = {}) =>
    status === "running" ? running(node, request) : asking(node, 1, request);

  it("progress → same: task.progress", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await open(node);
    turn.emit({ kind: "progress", data: { type: "plan", entries: ["first", "second"] } });
    await until(() => node.kinds(task_id).at(-1)?.endsWith("task.progress") === true);
    expect(node.record(task_id).status).toBe(status);
    expect(node.dataOf(task_id, "task.progress")).toEqual({ type: "plan", entries: ["first", "second"] });
  });

  it("a question → awaiting_input: task.awaiting_input, with its request_id", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await open(node);
    const asked = question("Shall I?");
    void turn.ask(asked);
    await until(() => node.record(task_id).awaiting.some((one) => one.request_id === asked.request_id));
    const task = await node.reaches(task_id, "awaiting_input");
    expect(task.awaiting.at(-1)).toMatchObject({ prompt: "Shall I?", asked_at: "2026-11-23T09:00:00.000Z" });
    expect(node.dataOf(task_id, "task.awaiting_input")).toMatchObject({ request_id: asked.request_id });
  });

  it("completed → completed: task.completed, with result and usage, and no question left open", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await open(node);
    const usage = { input_tokens: 3, output_tokens: 5, source: "reported" } as const;
    turn.emit({ kind: "completed", result: { text: "all done", stop_reason: "end_turn" }, usage });
    const task = await node.reaches(task_id, "completed");
    expect(task).toMatchObject({
      awaiting: [],
      usage,
      result: { text: "all done", stop_reason: "end_turn" },
    });
    expect(node.dataOf(task_id, "task.completed")).toEqual({ result: task.result, usage });
    expect(task.finished_at).toBe(task.updated_at);
  });

  it.each(["remote_failed", "protocol_error"] as const)(
    "runtime failed → failed: %s, keeping the partial text",
    async (reason) => {
      await using node = await openEngine({ fake: { script: byHand } });
      const { task_id, turn } = await open(node);
      turn.emit({ kind: "failed", reason, detail: "it broke", result: { text: "as far as" } });
      const task = await node.reaches(task_id, "failed");
      expect(task).toMatchObject({
        last_error: { reason, detail: "it broke" },
        result: { text: "as far as" },
      });
    },
  );

  it("runtime died → failed: remote_failed", async () => {
    const target = fakeTarget();
    await using node = await openEngine({ targets: [target], fake: { script: byHand } });
    const { task_id } = await open(node);
    node.fake.crash(target, "agent was ended by SIGKILL");
    const { last_error } = await node.reaches(task_id, "failed");
    expect(last_error).toEqual({
      reason: "remote_failed",
      detail: "agent was ended by SIGKILL, see launch launch-1",
    });
    const [lease] = node.storage.reader.prepare("SELECT released_at FROM runtime_leases").all();
    await until(() => lease !== undefined);
  });

  it("the runtime said cancelled unasked → failed: remote_failed", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await open(node);
    turn.confirmCancel();
    expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({ reason: "remote_failed" });
  });

  it("cancel → same: task.cancel_requested, adapter cancel called, questions closed; again writes nothing", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await open(node);
    expect(await node.cancel(task_id)).toEqual({ task_id, status, over: false });
    expect(turn.cancelled.aborted).toBe(true);
    const before = node.kinds(task_id);
    expect(before.at(-1)).toMatch(/task.cancel_requested$/);
    expect(node.record(task_id)).toMatchObject({ status, awaiting: [] });
    expect(await node.cancel(task_id)).toEqual({ task_id, status, over: false });
    expect(node.kinds(task_id)).toEqual(before);
    void turn.ask(question());
    turn.emit({ kind: "progress", data: { type: "log", text: "still here" } });
    await until(() => node.kinds(task_id).length > before.length);
    expect(node.kinds(task_id).at(-1)).toMatch(/task.progress$/);
  });

  it("after cancel: runtime confirms → cancelled, keeping the partial text", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await open(node);
    turn.say("half an ");
    await node.cancel(task_id);
    turn.say("answer");
    turn.confirmCancel();
    const task = await node.reaches(task_id, "cancelled");
    expect(task).toMatchObject({ result: { text: "half an answer" }, last_error: null });
  });

  it("after cancel: an error of the run counts as its confirmation → cancelled", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await open(node);
    await node.cancel(task_id);
    turn.fail("NoneType has no attribute");
    await node.reaches(task_id, "cancelled");
  });

  it("after cancel: runtime completes first → completed", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await open(node);
    await node.cancel(task_id);
    turn.complete("done after all");
    expect(await node.reaches(task_id, "completed")).toMatchObject({ result: { text: "done after all" } });
  });

  it("after cancel: no confirmation in 5 s, work cut off → cancelled", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id } = await open(node);
    await node.cancel(task_id);
    node.clock.advance(4999);
    expect(node.record(task_id).status).toBe(status);
    node.clock.advance(1);
    await node.reaches(task_id, "cancelled");
  });

  it("after cancel: cancel impossible → failed: cancel_failed, and the place is held until the run has ended", async () => {
    const targets = [fakeTarget({ max_concurrency: 1 })];
    await using node = await openEngine({ targets, fake: { script: byHand, canCancel: false } });
    const { task_id, turn } = await open(node);
    const next = await node.submit();
    await node.cancel(task_id);
    node.clock.advance(5000);
    expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({ reason: "cancel_failed" });
    expect(node.record(next.task_id).status).toBe("created");
    turn.complete("far too late");
    await node.reaches(next.task_id, "running");
    expect(node.record(task_id).status).toBe("failed");
  });

  it("after cancel: it can't be sent → failed: cancel_failed, with why, unless the run ends in 5 s", async () => {
    const cancel = () => Promise.reject(new Error("the pipe broke"));
    await using node = await openEngine({ fake: { script: byHand, cancel } });
    const { task_id } = await open(node);
    await node.cancel(task_id);
    node.clock.advance(4999);
    expect(node.record(task_id).status).toBe(status);
    node.clock.advance(1);
    expect((await node.reaches(task_id, "failed")).last_error).toEqual({
      reason: "cancel_failed",
      detail: "the cancel could not be sent: the pipe broke",
    });
    const other = await open(node);
    await node.cancel(other.task_id);
    other.turn.complete("all the same");
    expect((await node.reaches(other.task_id, "completed")).result?.text).toBe("all the same");
  });

  it("a fault of ours → failed: internal_error", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await open(node);
    rmSync(join(node.dir, "artifacts"), { recursive: true });
    turn.complete("x".repeat(20_000));
    expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({ reason: "internal_error" });
  });
});

describe("from awaiting_input", () => {
  it("question settled, others open → same; the last one settled → running: task.resumed", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn, questions } = await asking(node, 2);
    const [one, other] = questions;
    turn.emit({ kind: "resumed", request_id: one?.request_id ?? "", by: "policy" });
    await until(() => node.record(task_id).awaiting.length === 1);
    expect(node.record(task_id)).toMatchObject({ status: "awaiting_input" });
    turn.emit({ kind: "resumed", request_id: other?.request_id ?? "", by: "runtime" });
    await node.reaches(task_id, "running");
    expect(node.dataOf(task_id, "task.resumed")).toEqual({ by: "runtime", request_id: other?.request_id });
  });

  it("a question that was settled already is not settled again", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn, questions } = await asking(node, 1);
    const settled = { kind: "resumed", request_id: questions[0]?.request_id ?? "", by: "policy" } as const;
    turn.emit(settled);
    turn.emit(settled);
    turn.complete();
    await node.reaches(task_id, "completed");
    expect(node.kinds(task_id).filter((kind) => kind.endsWith("task.resumed"))).toHaveLength(1);
  });
});

describe("the running time", () => {
  it("used up → same, then failed: timeout, saying that the runtime confirmed", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node, { delivery: { timeout_ms: 60_000 } });
    turn.say("so far");
    await until(() => node.kinds(task_id).at(-1)?.endsWith("task.progress") === true);
    node.clock.advance(59_999);
    expect(turn.cancelled.aborted).toBe(false);
    node.clock.advance(1);
    await until(() => turn.cancelled.aborted);
    turn.confirmCancel();
    const task = await node.reaches(task_id, "failed");
    expect(task).toMatchObject({ result: { text: "so far" }, last_error: { reason: "timeout" } });
    expect(task.last_error?.detail).toBe("ran longer than 60000 ms; the runtime confirmed that it stopped");
    expect(
      node
        .kinds(task_id)
        .slice(-2)
        .map((kind) => kind.replace(/^\d+ /, "")),
    ).toEqual(["task.cancel_requested", "task.failed"]);
  });

  it("used up, and not confirmed: the detail says that it was cut off", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node, { delivery: { timeout_ms: 1000 } });
    node.clock.advance(1000);
    await until(() => turn.cancelled.aborted);
    node.clock.advance(5000);
    const { last_error } = await node.reaches(task_id, "failed");
    expect(last_error?.detail).toMatch(/did not confirm it, so its session was put in quarantine$/);
  });

  it("used up, but the runtime completes first → completed", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node, { delivery: { timeout_ms: 1000 } });
    node.clock.advance(1000);
    await until(() => turn.cancelled.aborted);
    turn.complete("just so");
    await node.reaches(task_id, "completed");
  });

  it("stands still while a question is open", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node, { delivery: { timeout_ms: 1000 } });
    node.clock.advance(400);
    const asked = question();
    void turn.ask(asked);
    await node.reaches(task_id, "awaiting_input");
    node.clock.advance(3_600_000);
    expect(turn.cancelled.aborted).toBe(false);
    turn.emit({ kind: "resumed", request_id: asked.request_id, by: "policy" });
    await node.reaches(task_id, "running");
    node.clock.advance(599);
    expect(turn.cancelled.aborted).toBe(false);
    node.clock.advance(1);
    await until(() => turn.cancelled.aborted);
    expect(task_id).toBe(turn.task.task_id);
  });

  it("is the target's, else the node's, where the task says nothing; null is none", async () => {
    const targets = [
      fakeTarget({ timeout_ms: 5000 }),
      fakeTarget({ target_id: "other", timeout_ms: undefined }),
    ];
    await using node = await openEngine({ targets, fake: { script: byHand } });
    const of = async (request: Request) => (await running(node, request)).turn.task.task_id;
    const limits = async (request: Request) => node.record(await of(request)).delivery.timeout_ms;
    expect(await limits({ target_runtime: "tested" })).toBe(5000);
    expect(await limits({ target_runtime: "other" })).toBe(3_600_000);
    expect(await limits({ target_runtime: "tested", delivery: { timeout_ms: null } })).toBe(null);
    expect(await limits({ target_runtime: "tested", delivery: { timeout_ms: 7 } })).toBe(7);
  });
});

describe.each(["completed", "failed", "cancelled"] as const)("from %s", (end) => {
  it("anything → same: nothing is written, and a cancel says so", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    if (end === "cancelled") await node.cancel(task_id);
    if (end === "completed") turn.complete();
    else if (end === "failed") turn.fail("broke");
    else turn.confirmCancel();
    await node.reaches(task_id, end);
    const history = node.kinds(task_id);
    turn.emit({ kind: "completed", result: { text: "again" } });
    turn.emit({ kind: "progress", data: { type: "log", text: "late" } });
    expect(await node.cancel(task_id)).toEqual({ task_id, status: end, over: true });
    await until(() => node.engine.works.size === 0);
    expect(node.kinds(task_id)).toEqual(history);
  });
});
