import { describe, expect, it } from "vitest";
import type { FakeStart } from "#src/adapters/fake/index.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { fakeTarget, openEngine, until } from "../../open-engine.ts";

const byHand = () => {};
const full = ["1 task.created", "2 task.routed", "3 runtime.ready", "4 task.dispatching", "5 task.running"];

describe("from nothing", () => {
  it("accepted (routing already succeeded) → created: task.created, then task.routed", async () => {
    await using node = await openEngine({ fake: { launch: byHand } });
    const task = await node.submit({ metadata: { of: "mine" } });
    expect(node.kinds(task.task_id).slice(0, 2)).toEqual(["1 task.created", "2 task.routed"]);
    expect(node.record(task.task_id)).toMatchObject({ payload: { text: "hello" }, metadata: { of: "mine" } });
    expect(node.dataOf(task.task_id, "task.routed")).toMatchObject({ resolved_runtime: "tested" });
  });
});

describe("from created", () => {
  it("runtime usable, place granted, lease held → ready: runtime.ready", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const first = await node.submit();
    await node.reaches(first.task_id, "running");
    const second = await node.submit();
    await node.reaches(second.task_id, "running");
    expect(node.kinds(second.task_id)).toEqual(full);
    const lease = node.dataOf(second.task_id, "runtime.ready").lease_id;
    expect(lease).toBe(node.dataOf(first.task_id, "runtime.ready").lease_id);
  });

  it("what is known at once goes into one commit", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    await node.reaches((await node.submit()).task_id, "running");
    const before = node.engine.log.batch.commits();
    const second = await node.submit();
    expect(node.engine.log.batch.commits()).toBe(before + 1);
    expect(second.status).toBe("dispatching");
  });

  it("runtime down, launch_if_down → pending_launch: runtime.pending_launch", async () => {
    await using node = await openEngine({ fake: { launch: byHand } });
    const task = await node.submit();
    expect(node.kinds(task.task_id)[2]).toBe("3 runtime.pending_launch");
    expect(node.dataOf(task.task_id, "runtime.pending_launch")).toEqual({ reason: "the runtime is down" });
  });

  it("runtime down, and launch_if_down is false → failed: runtime_unavailable", async () => {
    await using node = await openEngine();
    const { task_id } = await node.submit({ delivery: { launch_if_down: false } });
    expect(await node.reaches(task_id, "failed")).toMatchObject({
      last_error: { reason: "runtime_unavailable" },
    });
    expect(node.kinds(task_id)).toEqual(["1 task.created", "2 task.routed", "3 task.failed"]);
    expect(node.fake.starts).toHaveLength(0);
  });

  it("waited longer than queue_timeout_ms → failed: timeout", async () => {
    const targets = [fakeTarget({ max_concurrency: 1 })];
    await using node = await openEngine({ targets, fake: { script: byHand } });
    await node.reaches((await node.submit()).task_id, "running");
    const { task_id } = await node.submit({ delivery: { queue_timeout_ms: 5000 } });
    node.clock.advance(4999);
    expect(node.record(task_id).status).toBe("created");
    node.clock.advance(1);
    const failed = await node.reaches(task_id, "failed");
    expect(failed.last_error).toEqual({
      reason: "timeout",
      detail: "waited longer than 5000 ms for its turn",
    });
  });

  it("cancel → cancelled: task.cancel_requested, then task.cancelled", async () => {
    const targets = [fakeTarget({ max_concurrency: 1 })];
    await using node = await openEngine({ targets, fake: { script: byHand } });
    await node.reaches((await node.submit()).task_id, "running");
    const { task_id } = await node.submit();
    expect(await node.cancel(task_id)).toMatchObject({ status: "cancelled", over: false });
    expect(node.kinds(task_id).slice(2)).toEqual(["3 task.cancel_requested", "4 task.cancelled"]);
    expect(node.fake.turns).toHaveLength(1);
  });
});

describe("from pending_launch", () => {
  it("launch begun → launching: runtime.launching with the launch's id", async () => {
    await using node = await openEngine({ fake: { launch: byHand } });
    const { task_id } = await node.submit();
    await node.reaches(task_id, "launching");
    expect(node.dataOf(task_id, "runtime.launching")).toEqual({ launch_id: "launch-1" });
  });

  it("launch failed → failed: launch_failed, where the launch could not even begin", async () => {
    await using node = await openEngine();
    const { task_id } = await node.submit({ runtime_options: { executor: "unknown" } });
    expect(await node.reaches(task_id, "failed")).toMatchObject({ last_error: { reason: "launch_failed" } });
    expect(node.kinds(task_id).slice(2)).toEqual(["3 runtime.pending_launch", "4 task.failed"]);
  });
});

describe("from launching", () => {
  it("healthy, place granted, lease held → ready: runtime.ready", async () => {
    await using node = await openEngine({ fake: { launch: byHand, script: byHand } });
    const { task_id } = await node.submit();
    await node.reaches(task_id, "launching");
    (await node.fake.start(0)).ready();
    await node.reaches(task_id, "running");
    expect(node.kinds(task_id).slice(2)).toEqual([
      "3 runtime.pending_launch",
      "4 runtime.launching",
      "5 runtime.ready",
      "6 task.dispatching",
      "7 task.running",
    ]);
    const rows = node.storage.reader.prepare("SELECT lease_id, released_at FROM runtime_leases").all();
    expect(rows).toEqual([{ lease_id: node.dataOf(task_id, "runtime.ready").lease_id, released_at: null }]);
  });

  it("launch failed → failed: launch_failed for all that waited for it, with the launch's id", async () => {
    await using node = await openEngine({ fake: { launch: byHand } });
    const tasks = [await node.submit(), await node.submit(), await node.submit()];
    (await node.fake.start(0)).fail("agent exited with code 3");
    for (const { task_id } of tasks) {
      const { last_error } = await node.reaches(task_id, "failed");
      expect(last_error).toEqual({
        reason: "launch_failed",
        detail: "agent exited with code 3; see launch launch-1",
      });
    }
    expect(node.fake.starts).toHaveLength(1);
  });

  it("waited longer than queue_timeout_ms → failed: timeout, and the unneeded launch is given up", async () => {
    await using node = await openEngine({ fake: { launch: byHand } });
    const { task_id } = await node.submit({ delivery: { queue_timeout_ms: 5000 } });
    const start = await node.fake.start(0);
    node.clock.advance(5000);
    expect(await node.reaches(task_id, "failed")).toMatchObject({ last_error: { reason: "timeout" } });
    await until(() => start.unwanted.aborted, "the launch to be given up");
  });

  it("cancel → cancelled, and the unneeded launch is given up", async () => {
    await using node = await openEngine({ fake: { launch: byHand } });
    const { task_id } = await node.submit();
    const start = await node.fake.start(0);
    expect(await node.cancel(task_id)).toMatchObject({ status: "cancelled" });
    expect(node.kinds(task_id).slice(4)).toEqual(["5 task.cancel_requested", "6 task.cancelled"]);
    await until(() => start.unwanted.aborted, "the launch to be given up");
  });

  it("cancel of one leaves the launch to the others that wait for it", async () => {
    await using node = await openEngine({ fake: { launch: byHand } });
    const [one, other] = [await node.submit(), await node.submit()];
    const start = await node.fake.start(0);
    await node.cancel(one.task_id);
    expect(start.unwanted.aborted).toBe(false);
    start.ready();
    await node.reaches(other.task_id, "completed");
    expect(node.fake.starts).toHaveLength(1);
  });

  it("lease lost → pending_launch, and launched again", async () => {
    const target = fakeTarget({ max_concurrency: 1 });
    await using node = await openEngine({ targets: [target], fake: { launch: byHand, script: byHand } });
    const [first, second] = [await node.submit(), await node.submit()];
    (await node.fake.start(0)).ready();
    await node.reaches(first.task_id, "running");
    expect(node.record(second.task_id).status).toBe("launching");
    node.fake.crash(target, "agent was ended by SIGKILL");
    (await node.fake.start(1)).ready();
    await node.reaches(second.task_id, "running");
    expect(node.kinds(second.task_id).slice(2)).toEqual([
      "3 runtime.pending_launch",
      "4 runtime.launching",
      "5 runtime.health",
      "6 runtime.pending_launch",
      "7 runtime.launching",
      "8 runtime.ready",
      "9 task.dispatching",
      "10 task.running",
    ]);
  });

  it("is launched at most three times for a task, then → failed: launch_failed", async () => {
    const target = fakeTarget();
    let crash = () => {};
    const launch = (start: FakeStart) => {
      start.ready();
      crash();
    };
    await using node = await openEngine({ targets: [target], fake: { launch } });
    crash = () => node.fake.crash(target, "died");
    const { task_id } = await node.submit();
    const { last_error } = await node.reaches(task_id, "failed");
    expect(last_error).toMatchObject({ reason: "launch_failed" });
    expect(node.fake.starts).toHaveLength(3);
    expect(node.kinds(task_id).filter((kind) => kind.endsWith("runtime.launching"))).toHaveLength(3);
  });
});

describe("from ready", () => {
  it("submit begins → dispatching, committed before the work leaves", async () => {
    let seen: string | undefined;
    await using node = await openEngine({
      fake: {
        script: byHand,
        submit: (task) => {
          seen = node.record(task.task_id).status;
        },
      },
    });
    await node.reaches((await node.submit()).task_id, "running");
    expect(seen).toBe("dispatching");
  });
});

describe("from dispatching", () => {
  it("the runtime has the work → running: task.running with the session and its continuity", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, conversation_id } = await node.submit();
    const task = await node.reaches(task_id, "running");
    expect(task.remote).toEqual({ binding: "acp_client_stdio", remote_session_id: conversation_id });
    expect(node.dataOf(task_id, "task.running")).toMatchObject({ continuity: "fresh" });
  });

  it.each(["submit_failed", "protocol_error"] as const)("refused → failed: %s", async (kind) => {
    const submit = () => {
      throw new AdapterFault(kind, "it said no");
    };
    await using node = await openEngine({ fake: { submit } });
    const { task_id } = await node.submit();
    expect((await node.reaches(task_id, "failed")).last_error).toEqual({
      reason: kind,
      detail: "it said no",
    });
    expect(node.kinds(task_id).at(-2)).toMatch(/task.dispatching$/);
  });

  it("cancel → cancelled, and a handle that still arrives is cancelled remotely", async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const submit = () => {
      asked.resolve();
      return answer.promise;
    };
    await using node = await openEngine({ fake: { submit, script: byHand } });
    const { task_id } = await node.submit();
    await asked.promise;
    expect(await node.cancel(task_id)).toMatchObject({ status: "cancelled" });
    answer.resolve();
    expect((await node.fake.turn(0)).cancelled.aborted).toBe(true);
    await until(() => node.engine.works.size === 0, "the work to be over");
    expect(
      node
        .kinds(task_id)
        .slice(-2)
        .map((kind) => kind.slice(2)),
    ).toEqual(["task.cancel_requested", "task.cancelled"]);
  });

  it.each(["refused", "cancelled"])(
    "%s → nothing of the task is left, its running time least of all",
    async (how) => {
      const answer = Promise.withResolvers<void>();
      await using node = await openEngine({ fake: { submit: () => answer.promise } });
      const { task_id } = await node.submit({ delivery: { timeout_ms: 3_600_000 } });
      await node.reaches(task_id, "dispatching");
      if (how === "cancelled") await node.cancel(task_id);
      answer.reject(new AdapterFault("submit_failed", "it said no"));
      await until(() => node.engine.works.size === 0, "the work to be over");
      expect(node.clock.armed()).toBe(0);
    },
  );

  it("timeout_ms used up → failed: timeout, before the runtime had confirmed anything", async () => {
    await using node = await openEngine({ fake: { submit: () => new Promise<void>(() => {}) } });
    const { task_id } = await node.submit({ delivery: { timeout_ms: 1000 } });
    await node.reaches(task_id, "dispatching");
    await until(() => node.clock.armed() > 0);
    node.clock.advance(1000);
    const { last_error } = await node.reaches(task_id, "failed");
    expect(last_error).toMatchObject({ reason: "timeout" });
    expect(node.dataOf(task_id, "task.cancel_requested")).toMatchObject({ by: "timeout" });
  });

  it("a fault of ours → failed: internal_error", async () => {
    const submit = () => {
      throw new Error("we divided by zero");
    };
    await using node = await openEngine({ fake: { submit } });
    const { task_id } = await node.submit();
    expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({ reason: "internal_error" });
  });
});
