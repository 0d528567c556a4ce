import { expect, it } from "vitest";
import { createThread } from "#src/engine/threads.ts";
import { fakeTarget, until } from "../../open-engine.ts";
import { goOn, inspect, openThread, openTwo, payloadsOf, stands, turnsOf } from "./world.ts";

const four = { auto_continue: true, max_turns: 4 };

it("lets each say what it has just answered, for max_turns turns in all", async () => {
  await using node = await openTwo();
  const thread_id = await openThread(node);
  await goOn(node, thread_id, four);
  await stands(node, thread_id, "completed");
  expect(turnsOf(node, thread_id)).toEqual([
    "1 a>b completed",
    "2 b>a completed",
    "3 a>b completed",
    "4 b>a completed",
  ]);
  expect(payloadsOf(node, thread_id)).toEqual([
    { text: "hello" },
    { text: "echo: hello" },
    { text: "echo: echo: hello" },
    { text: "echo: echo: echo: hello" },
  ]);
  expect(inspect(node, thread_id).hand_off).toBeNull();
});

it("lets each say what was given for it, as it is, with its own intent and what the turns have in common", async () => {
  const targets = ["a", "b"].map((target_id) => fakeTarget({ target_id, capabilities: [] }));
  await using node = await openTwo({ targets });
  const thread_id = await openThread(node);
  await goOn(node, thread_id, {
    ...four,
    intent: undefined,
    intent_by_agent: { a: "test.run", b: "test.other" },
    payload: undefined,
    payload_by_agent: { a: { text: "from a" }, b: { text: "from b" } },
    metadata: { ticket: "A-17" },
    runtime_options: { model: "small" },
    delivery: { timeout_ms: 5000 },
  });
  await stands(node, thread_id, "completed");
  expect(payloadsOf(node, thread_id)).toEqual(["a", "b", "a", "b"].map((who) => ({ text: `from ${who}` })));
  const tasks = node.engine.reader.list({ thread_id }, 10);
  expect(tasks.map(({ intent }) => intent)).toEqual(["test.other", "test.run", "test.other", "test.run"]);
  expect(new Set(tasks.map(({ trace }) => trace.trace_id)).size).toBe(1);
  for (const { metadata, runtime_options, delivery } of tasks)
    expect([metadata, runtime_options.model, delivery.timeout_ms]).toEqual([
      { ticket: "A-17" },
      "small",
      5000,
    ]);
});

it("hands an answer on whole that is kept as an artifact", async () => {
  await using node = await openTwo({
    fake: {
      script(turn) {
        turn.complete(turn.text === "hello" ? "long ".repeat(10_000) : `${turn.text.length}`);
      },
    },
  });
  const thread_id = await openThread(node);
  await goOn(node, thread_id, { auto_continue: true, max_turns: 3 });
  await stands(node, thread_id, "completed");
  expect(payloadsOf(node, thread_id)).toEqual([{ text: "hello" }, null, { text: "50000" }]);
});

it.each(["no JSON", "null", '["a list"]'])("ends where the whole answer is kept as %s", async (kept) => {
  await using node = await openTwo({
    fake: { script: (turn) => turn.complete("long ".repeat(10_000)) },
  });
  // A peer has its own say in what an artifact of its holds.
  const { find } = node.engine.artifacts;
  Object.assign(node.engine.artifacts, {
    find: (id: string) => ({ ...find(id), media_type: "application/json" }),
    read: async () => Buffer.from(kept),
  });
  const thread_id = await openThread(node);
  await goOn(node, thread_id, four);
  await until(() => inspect(node, thread_id).hand_off?.ended === "refused", "the hand-off to end");
  expect(inspect(node, thread_id).hand_off).toMatchObject({
    turns_left: 3,
    ended: "refused",
    detail: expect.stringMatching(/^artifact_corrupt: /),
  });
  await goOn(node, thread_id);
});

it("refuses other turns while it is under way, and shows what is left", async () => {
  await using node = await openTwo({ fake: { script: () => {} } });
  const thread_id = await openThread(node);
  await goOn(node, thread_id, four);
  (await node.fake.turn(0)).complete("one");
  await node.fake.turn(1);
  await expect(goOn(node, thread_id)).rejects.toThrow("thread_busy");
  expect(inspect(node, thread_id)).toMatchObject({
    thread: { status: "active" },
    hand_off: { turns_left: 2, ended: null },
  });
});

it("stops at a failure, and can be continued at once by whoever has seen it", async () => {
  await using node = await openTwo({ fake: { script: () => {} } });
  const thread_id = await openThread(node);
  const { task } = await goOn(node, thread_id, four);
  const turn = await node.fake.turn(0);
  const continued = new Promise((resolve) => {
    node.engine.log.onEnd((over) => {
      if (over.fixed.task_id === task.task_id) resolve(goOn(node, thread_id));
    });
  });
  turn.emit({ kind: "failed", reason: "remote_failed", detail: "no" });
  await continued;
  expect(turnsOf(node, thread_id).map((text) => text.slice(0, 5))).toEqual(["1 a>b", "2 b>a"]);
});

it.each([
  ["terminal_error", "failed"],
  ["cancelled", "cancelled"],
] as const)("says that it has ended by %s", async (ended, status) => {
  await using node = await openTwo({ fake: { script: () => {} } });
  const thread_id = await openThread(node);
  const { task } = await goOn(node, thread_id, four);
  const turn = await node.fake.turn(0);
  if (ended === "cancelled") {
    await node.cancel(task.task_id);
    turn.confirmCancel();
  } else turn.emit({ kind: "failed", reason: "remote_failed", detail: "no" });
  await stands(node, thread_id, status);
  await until(() => inspect(node, thread_id).hand_off?.ended === ended);
  expect(inspect(node, thread_id).hand_off).toEqual({ turns_left: 3, ended });
});

it("goes on over a failure where it may, with what the turn had said", async () => {
  await using node = await openTwo({ fake: { script: () => {} } });
  const thread_id = await openThread(node);
  await goOn(node, thread_id, { ...four, max_turns: 3, stop_on_terminal_error: false });
  const result = { text: "half of it" };
  (await node.fake.turn(0)).emit({ kind: "failed", reason: "remote_failed", detail: "no", result });
  (await node.fake.turn(1)).emit({ kind: "failed", reason: "remote_failed", detail: "no" });
  await until(() => inspect(node, thread_id).hand_off?.ended === "no_answer");
  expect(payloadsOf(node, thread_id)).toEqual([{ text: "hello" }, { text: "half of it" }]);
});

it("ends at a question, also when it is answered; unless it shall wait for the answer", async () => {
  await using node = await openTwo();
  const payload = { mode: "await_then_resume" };
  const answered = async (changes: object) => {
    const thread_id = await openThread(node);
    const { task } = await goOn(node, thread_id, { payload, auto_continue: true, max_turns: 2, ...changes });
    await stands(node, thread_id, "paused");
    await node.answer(task.task_id, { approved: true });
    await stands(node, thread_id, "completed");
    return thread_id;
  };
  const stopped = await answered({});
  await until(() => inspect(node, stopped).hand_off?.ended === "awaiting_input");
  expect(payloadsOf(node, stopped)).toEqual([payload]);
  const gone = await answered({ stop_on_awaiting_input: false });
  expect(payloadsOf(node, gone)).toEqual([payload, { text: "resumed: allow_once" }]);
});

it("ends where an actor repeats itself, if it shall", async () => {
  await using node = await openTwo({
    fake: { script: (turn) => turn.complete(`always ${turn.target.target_id}`) },
  });
  const thread_id = await openThread(node);
  await goOn(node, thread_id, { auto_continue: true, max_turns: 9, stop_on_same_actor_repeat: true });
  await until(() => inspect(node, thread_id).hand_off?.ended === "same_actor_repeat");
  expect(turnsOf(node, thread_id)).toHaveLength(3);
});

it("takes the turns' intent for an agent whose name is that of something every object has", async () => {
  const targets = ["a", "constructor"].map((target_id) => fakeTarget({ target_id, capabilities: [] }));
  await using node = await openTwo({ targets });
  const two = { agent_a_id: "a", agent_b_id: "constructor", continuity_key: undefined };
  const { thread_id } = await createThread(node.engine, two);
  await goOn(node, thread_id, { ...four, max_turns: 2 });
  await stands(node, thread_id, "completed");
  expect(turnsOf(node, thread_id)).toEqual(["1 a>constructor completed", "2 constructor>a completed"]);
  expect(node.engine.reader.list({ thread_id }, 9).map(({ intent }) => intent)).toEqual([
    "test.run",
    "test.run",
  ]);
});

it("ends where the next turn can't be begun, and says why", async () => {
  await using node = await openTwo({ fake: { script: () => {} } });
  const thread_id = await openThread(node);
  await goOn(node, thread_id, four);
  const turn = await node.fake.turn(0);
  node.engine.registry = { targets: new Map(), routes: new Map() };
  node.engine.routing = { targets: new Map(), routes: new Map() };
  turn.complete("one");
  await until(() => inspect(node, thread_id).hand_off?.ended === "refused");
  expect(inspect(node, thread_id).hand_off?.detail).toMatch(/^target_not_found: /);
  expect(turnsOf(node, thread_id)).toEqual(["1 a>b completed"]);
});

it("waits for a full queue as long as a task may wait in one, and no longer", async () => {
  const targets = [
    fakeTarget({ target_id: "a", queue: 1, max_concurrency: 1 }),
    fakeTarget({ target_id: "b" }),
  ];
  await using node = await openTwo({ targets, fake: { script: () => {} } });
  const thread_id = await openThread(node);
  await goOn(node, thread_id, { ...four, delivery: { queue_timeout_ms: 12_000 } });
  const turn = await node.fake.turn(0);
  await node.submit({ target_runtime: "a" });
  await node.fake.turn(1);
  await node.submit({ target_runtime: "a", delivery: { queue_timeout_ms: 3_600_000 } });
  turn.complete("one");
  await until(() => turnsOf(node, thread_id)[0] === "1 a>b completed");
  expect(inspect(node, thread_id).hand_off).toMatchObject({ turns_left: 3, ended: null });
  await until(() => {
    node.clock.advance(1000);
    return inspect(node, thread_id).hand_off?.ended === "refused";
  });
  expect(inspect(node, thread_id).hand_off?.detail).toMatch(/^queue_full: /);
  expect(node.clock.now() - Date.parse("2026-11-23T09:00:00.000Z")).toBeGreaterThanOrEqual(12_000);
});

it("goes on after a restart where the node was killed between the end of a turn and the next", async () => {
  const before = await openTwo({ fake: { script: () => {} } });
  const thread_id = await openThread(before);
  await goOn(before, thread_id, four);
  const turn = await before.fake.turn(0);
  before.engine.stopping = true; // nothing is handed on in this life
  turn.complete("one");
  await until(() => turnsOf(before, thread_id)[0] === "1 a>b completed");
  before.abandon();
  await using node = await openTwo({ dir: before.dir });
  await stands(node, thread_id, "completed");
  expect(payloadsOf(node, thread_id)).toEqual([
    { text: "hello" },
    { text: "one" },
    { text: "echo: one" },
    { text: "echo: echo: one" },
  ]);
});

it("stands interrupted after a restart in mid-turn, says why, and goes on when it is continued", async () => {
  const before = await openTwo({ fake: { script: () => {} } });
  const thread_id = await openThread(before);
  const { task } = await goOn(before, thread_id, four);
  await before.fake.turn(0);
  await before.reaches(task.task_id, "running");
  before.abandon();
  await using node = await openTwo({ dir: before.dir });
  await until(() => inspect(node, thread_id).hand_off?.ended === "interrupted");
  expect(inspect(node, thread_id)).toMatchObject({
    thread: { status: "interrupted" },
    interruption_reason: "the node ended in mid-turn, and the runtime's process with it",
    next_continue: { sender_agent_id: "b", target_agent_id: "a" },
  });
  await goOn(node, thread_id, { sender: "a" });
  await stands(node, thread_id, "completed");
  expect(turnsOf(node, thread_id)).toEqual(["1 a>b failed", "2 a>b completed"]);
});
