/** The engine's part of a graceful end. */
import { describe, expect, it } from "vitest";
import { stopEngine } from "#src/engine/stop.ts";
import { newId } from "#src/store/ulid.ts";
import { fakeTarget, type OpenEngine, openEngine, running, until } from "../open-engine.ts";

const byHand = () => {};

/** Stops it; what doesn't confirm in its time is cut off. */
async function stopped(node: OpenEngine): Promise<void> {
  const over = stopEngine(node.engine);
  await new Promise((resolve) => setImmediate(resolve));
  node.clock.advance(2000);
  await over;
}

const kindsOf = (node: OpenEngine, task_id: string) =>
  node.kinds(task_id).map((kind) => kind.replace(/^\d+ /, ""));

describe("a turn that runs while the node stops", () => {
  it("is cancelled at its runtime and ends as interrupted, with its text, unasked", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    turn.say("half an ");
    turn.cancelled.addEventListener("abort", () => {
      turn.say("answer");
      turn.confirmCancel();
    });
    await stopEngine(node.engine);
    expect(node.record(task_id)).toMatchObject({
      status: "failed",
      result: { text: "half an answer" },
      last_error: {
        reason: "interrupted",
        detail: "the node was stopped in mid-turn; the runtime confirmed that it stopped",
      },
    });
    expect(kindsOf(node, task_id)).not.toContain("task.cancel_requested");
  });

  it("keeps what was seen of its text also when its runtime confirms nothing", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    turn.say("as far as this");
    await until(() => kindsOf(node, task_id).at(-1) === "task.progress");
    await stopped(node);
    const result = { text: "as far as this" };
    expect(node.record(task_id)).toMatchObject({
      status: "failed",
      result,
      last_error: {
        reason: "interrupted",
        detail: "the node was stopped in mid-turn; the runtime did not confirm that it stopped",
      },
    });
    expect(node.dataOf(task_id, "task.failed")).toMatchObject({ reason: "interrupted", result });
    expect(kindsOf(node, task_id)).not.toContain("task.cancel_requested");
  });

  it("ends as interrupted while it asks, and leaves no question open", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    void turn.ask({ request_id: newId(), kind: "input", prompt: "?" });
    await node.reaches(task_id, "awaiting_input");
    await stopped(node);
    expect(node.record(task_id)).toMatchObject({
      status: "failed",
      awaiting: [],
      last_error: { reason: "interrupted" },
    });
  });

  it("is completed if it completes first", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    turn.cancelled.addEventListener("abort", () => turn.complete("just so"));
    await stopEngine(node.engine);
    expect(node.record(task_id)).toMatchObject({ status: "completed", result: { text: "just so" } });
  });

  it.each(["confirms", "says nothing"])(
    "is cancelled when a caller had cancelled it, if its runtime %s",
    async (how) => {
      await using node = await openEngine({ fake: { script: byHand } });
      const { task_id, turn } = await running(node);
      await node.cancel(task_id);
      const over = stopped(node);
      if (how === "confirms") turn.confirmCancel();
      await over;
      expect(node.record(task_id)).toMatchObject({ status: "cancelled", last_error: null });
    },
  );

  it.each(["confirms", "says nothing"])(
    "fails as timeout when its running time was used up, if its runtime %s",
    async (how) => {
      await using node = await openEngine({ fake: { script: byHand } });
      const { task_id, turn } = await running(node, { delivery: { timeout_ms: 1000 } });
      node.clock.advance(1000);
      await until(() => turn.cancelled.aborted);
      const over = stopped(node);
      if (how === "confirms") turn.confirmCancel();
      await over;
      expect(node.record(task_id)).toMatchObject({ status: "failed", last_error: { reason: "timeout" } });
    },
  );

  it("is interrupted also where it can't be cancelled", async () => {
    await using node = await openEngine({ fake: { script: byHand, canCancel: false } });
    const { task_id } = await running(node);
    await stopped(node);
    expect(node.record(task_id)).toMatchObject({ status: "failed", last_error: { reason: "interrupted" } });
  });
});

describe("a task that waits while the node stops", () => {
  it("stays where it is, and goes on in the next life", async () => {
    const targets = [fakeTarget({ max_concurrency: 1 }), fakeTarget({ target_id: "slow" })];
    const launch = (start: { target: { target_id: string }; ready(): void }) => {
      if (start.target.target_id === "tested") start.ready();
    };
    const first = await openEngine({ targets, fake: { script: byHand, launch } });
    const { turn } = await running(first, { target_runtime: "tested" });
    const queued = await first.submit({ target_runtime: "tested" });
    const launching = await first.submit({ target_runtime: "slow" });
    await first.reaches(launching.task_id, "launching");
    turn.cancelled.addEventListener("abort", () => turn.confirmCancel());
    await stopEngine(first.engine);
    expect([queued, launching].map(({ task_id }) => first.record(task_id).status)).toEqual([
      "created",
      "launching",
    ]);
    expect(first.fake.turns).toHaveLength(1);
    first.abandon();

    await using next = await openEngine({ dir: first.dir, targets });
    for (const { task_id } of [queued, launching]) await next.reaches(task_id, "completed");
  });

  it("isn't started anew by the place that another one gives back", async () => {
    const targets = [fakeTarget({ max_concurrency: 1 })];
    await using node = await openEngine({ targets, fake: { script: byHand } });
    const { turn } = await running(node);
    const { task_id } = await node.submit();
    turn.cancelled.addEventListener("abort", () => turn.confirmCancel());
    await stopEngine(node.engine);
    await until(() => node.engine.works.size === 0);
    expect({ status: node.record(task_id).status, turns: node.fake.turns.length }).toEqual({
      status: "created",
      turns: 1,
    });
  });
});

describe("a task that is handed over while the node stops", () => {
  it("fails as interrupted when its runtime gives up", async () => {
    const { promise: gone, resolve: giveUp } = Promise.withResolvers<void>();
    await using node = await openEngine({ fake: { script: byHand, submit: () => gone } });
    const { task_id } = await node.submit();
    await node.reaches(task_id, "dispatching");
    await stopEngine(node.engine);
    giveUp();
    expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({ reason: "interrupted" });
  });
});

describe("a request while the node stops", () => {
  it("is refused", async () => {
    await using node = await openEngine();
    await stopEngine(node.engine);
    await expect(node.submit()).rejects.toMatchObject({ code: "unavailable" });
  });

  it("is refused also when it came before the stop, and its payload was still being stored", async () => {
    await using node = await openEngine();
    const late = node.submit({ payload: { text: "x".repeat(20_000) } });
    const refused = expect(late).rejects.toMatchObject({ code: "unavailable" });
    await stopEngine(node.engine);
    await refused;
    expect(node.engine.reader.list({}, 10)).toEqual([]);
    expect(node.fake.starts).toHaveLength(0);
  });
});
