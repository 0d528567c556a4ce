import { describe, expect, it } from "vitest";
import type { TaskEventKind } from "#contracts/enums.ts";
import type { NewTask, OpenTask } from "#src/store/task-rows.ts";
import { newId } from "#src/store/ulid.ts";
import { type EngineOptions, fakeTarget, type OpenEngine, openEngine } from "../../open-engine.ts";

const byHand = () => {};

const fixed = (changes: Partial<NewTask> = {}): NewTask => ({
  task_id: newId(),
  conversation_id: "talk",
  sender: "local",
  intent: "test.run",
  requested_runtime: undefined,
  resolved_runtime: "tested",
  runtime_options: {},
  payload: { text: "hello" },
  payload_artifact_id: null,
  delivery: {
    mode: "stream",
    launch_if_down: true,
    timeout_ms: null,
    question_timeout_ms: 86_400_000,
    queue_timeout_ms: 3_600_000,
    when_offline: "fail",
    wait_ms: 0,
  },
  trace: { trace_id: "trace" },
  metadata: {},
  created_at: "2026-11-23T09:00:00.000Z",
  ...changes,
});

/** The events that lead to each state. */
const way: readonly (readonly [string, TaskEventKind])[] = [
  ["created", "task.routed"],
  ["pending_launch", "runtime.pending_launch"],
  ["launching", "runtime.launching"],
  ["ready", "runtime.ready"],
  ["dispatching", "task.dispatching"],
  ["running", "task.running"],
  ["awaiting_input", "task.awaiting_input"],
];

/** Writes a task that stands in a state, as a life that ended there left it. */
function plant(node: OpenEngine, status: string, changes: Partial<NewTask> = {}): OpenTask {
  const { log } = node.engine;
  const task = log.create(fixed(changes));
  const question = { request_id: newId(), kind: "input" as const, prompt: "?", asked_at: "", expires_at: "" };
  log.append(task, { kind: "task.created", source: "api" });
  for (const [state, kind] of way) {
    const asked = kind === "task.awaiting_input" ? { changes: { awaiting: [question] } } : {};
    log.append(task, { kind, source: "core", ...asked });
    if (state === status) break;
  }
  log.batch.flush();
  expect(node.record(task.fixed.task_id).status).toBe(status);
  return task;
}

/** Leaves a task in a state and begins another life on the same files. */
async function afterRestart(
  status: string,
  options: EngineOptions = {},
  prepare: (node: OpenEngine, task: OpenTask) => void = () => {},
  changes: Partial<NewTask> = {},
): Promise<{ node: OpenEngine; task_id: string }> {
  const first = await openEngine();
  const task = plant(first, status, changes);
  prepare(first, task);
  first.engine.log.batch.flush();
  first.abandon();
  const node = await openEngine({ ...options, dir: first.dir });
  return { node, task_id: task.fixed.task_id };
}

const gapless = (kinds: string[]) => kinds.every((kind, index) => kind.startsWith(`${index + 1} `));

describe.each(["created", "pending_launch", "launching", "ready"])("left in %s", (status) => {
  it("goes on: nothing was handed over", async () => {
    const { node, task_id } = await afterRestart(status);
    await using _ = node;
    const task = await node.reaches(task_id, "completed");
    expect(task.result?.text).toBe("echo: hello");
    expect(gapless(node.kinds(task_id))).toBe(true);
    const waits = node.kinds(task_id).filter((kind) => kind.endsWith("runtime.pending_launch")).length;
    expect(waits).toBe({ created: 1, pending_launch: 1, launching: 2, ready: 2 }[status]);
  });

  it("fails as route_not_found when its target has gone", async () => {
    const { node, task_id } = await afterRestart(status, { targets: [fakeTarget({ target_id: "another" })] });
    await using _ = node;
    expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({ reason: "route_not_found" });
  });

  it("fails as runtime_unavailable when it may not be launched", async () => {
    const delivery = { ...fixed().delivery, launch_if_down: false };
    const { node, task_id } = await afterRestart(status, {}, undefined, { delivery });
    await using _ = node;
    expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({
      reason: "runtime_unavailable",
    });
    expect(node.fake.starts).toHaveLength(0);
  });

  it("fails as timeout when its time to wait has passed meanwhile", async () => {
    const delivery = { ...fixed().delivery, queue_timeout_ms: 1 };
    const created_at = "2026-11-23T08:00:00.000Z";
    const { node, task_id } = await afterRestart(status, { fake: { launch: byHand } }, undefined, {
      delivery,
      created_at,
    });
    await using _ = node;
    node.clock.advance(1);
    expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({ reason: "timeout" });
  });
});

describe.each(["dispatching", "running", "awaiting_input"])("left in %s", (status) => {
  it("fails as interrupted, is not run again, and leaves no question open", async () => {
    const { node, task_id } = await afterRestart(status);
    await using _ = node;
    const task = node.record(task_id);
    expect(task).toMatchObject({ status: "failed", awaiting: [], last_error: { reason: "interrupted" } });
    expect(node.fake.turns).toHaveLength(0);
    expect(gapless(node.kinds(task_id))).toBe(true);
  });

  it("is cancelled when a cancel was under way: its process ended with the node", async () => {
    const { node, task_id } = await afterRestart(status, {}, ({ engine }, task) => {
      engine.log.append(task, {
        kind: "task.cancel_requested",
        source: "api",
        changes: { cancel: "caller" },
      });
    });
    await using _ = node;
    expect(node.record(task_id)).toMatchObject({ status: "cancelled", awaiting: [] });
  });

  it("fails as timeout when its timeout had cancelled it", async () => {
    const { node, task_id } = await afterRestart(status, {}, ({ engine }, task) => {
      engine.log.append(task, {
        kind: "task.cancel_requested",
        source: "core",
        changes: { cancel: "timeout" },
      });
    });
    await using _ = node;
    expect(node.record(task_id)).toMatchObject({ status: "failed", last_error: { reason: "timeout" } });
  });
});

describe("after a restart", () => {
  it("a large payload is read again from its artifact", async () => {
    const first = await openEngine({ fake: { launch: byHand } });
    const text = "x".repeat(20_000);
    const { task_id } = await first.submit({ payload: { text } });
    expect(first.record(task_id).payload).toBe(null);
    first.abandon();
    await using node = await openEngine({ dir: first.dir, fake: { script: byHand } });
    await node.reaches(task_id, "running");
    expect((await node.fake.turn(0)).task.payload).toEqual({ text });
  });

  it("tasks that waited go on in the order in which they came", async () => {
    const first = await openEngine({ fake: { launch: byHand } });
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push((await first.submit({ conversation_id: "one" })).task_id);
    first.abandon();
    await using node = await openEngine({ dir: first.dir, fake: { script: byHand } });
    for (const [n, id] of ids.entries()) {
      const turn = await node.fake.turn(n);
      expect(turn.task.task_id).toBe(id);
      turn.complete();
      await node.reaches(id, "completed");
    }
  });

  it("leases of the life before are released", async () => {
    const first = await openEngine({ fake: { script: byHand } });
    const { task_id } = await first.submit();
    await first.reaches(task_id, "running");
    first.abandon();
    await using node = await openEngine({ dir: first.dir });
    const rows = node.storage.reader.prepare("SELECT released_at FROM runtime_leases").all();
    expect(rows).toEqual([{ released_at: "2026-11-23T09:00:00.000Z" }]);
  });
});
