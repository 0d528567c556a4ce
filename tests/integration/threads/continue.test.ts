import { expect, it } from "vitest";
import { AgentRegistrationRequest } from "#contracts/agents.ts";
import { registerAgent, unregisterAgent } from "#src/engine/agents.ts";
import { fakeTarget, until } from "../../open-engine.ts";
import { coded, goOn, inspect, openThread, openTwo, payloadsOf, said, stands, turnsOf } from "./world.ts";

it("lets the two take turns, each turn a task of the thread's own conversation", async () => {
  await using node = await openTwo();
  const thread_id = await openThread(node);
  for (let turn = 0; turn < 3; turn++) {
    await goOn(node, thread_id);
    await stands(node, thread_id, "completed");
  }
  expect(turnsOf(node, thread_id)).toEqual(["1 a>b completed", "2 b>a completed", "3 a>b completed"]);
  const listed = node.engine.reader.list({ thread_id }, 10);
  expect(listed.map((task) => [task.thread_id, task.conversation_id, task.sender])).toEqual([
    [thread_id, thread_id, "a"],
    [thread_id, thread_id, "b"],
    [thread_id, thread_id, "a"],
  ]);
});

it("shows the sessions that are kept for it, and none in place of one that was given up", async () => {
  await using node = await openTwo();
  const thread_id = await openThread(node);
  const insert = node.storage.writer.prepare(
    "INSERT INTO session_bindings VALUES (?, ?, ?, 'acp', ?, ?, 'at', 'at', 'at', 'at')",
  );
  insert.run("a", "default", thread_id, "", '{"left":"its last turn was interrupted"}');
  insert.run("a", "executor:x", thread_id, "sess-7", '{"cwd":"/work"}');
  const [of] = inspect(node, thread_id).continuity;
  expect(of?.session_bindings.map(({ remote_session_id }) => remote_session_id)).toEqual(["sess-7"]);
});

it("shows how a thread stands without touching a runtime", async () => {
  await using node = await openTwo();
  const thread_id = await openThread(node, { metadata: { ticket: "A-17" } });
  const begun = inspect(node, thread_id);
  expect(begun).toMatchObject({
    thread: { status: "active", continuity_key: "a:b", metadata: { ticket: "A-17" } },
    turns: [],
    participants: [
      { agent_id: "a", owner: "local" },
      { agent_id: "b", owner: "local" },
    ],
    next_continue: { sender_agent_id: "a", target_agent_id: "b", will_reuse_remote_session: false },
    hand_off: null,
  });
  expect(node.fake.starts).toEqual([]);
  const { task } = await goOn(node, thread_id);
  await stands(node, thread_id, "completed");
  expect(inspect(node, thread_id)).toMatchObject({
    thread: { last_task_id: task.task_id, last_actor_agent_id: "a", last_target_agent_id: "b" },
    continuity: [{ agent_id: "a" }, { agent_id: "b", last_remote_session_id: thread_id }],
    next_continue: { sender_agent_id: "b", target_agent_id: "a", will_reuse_remote_session: false },
  });
  await goOn(node, thread_id);
  await stands(node, thread_id, "completed");
  expect(inspect(node, thread_id).next_continue).toMatchObject({
    target_agent_id: "b",
    will_reuse_remote_session: true,
  });
});

it("refuses what isn't two participants", async () => {
  await using node = await openTwo();
  await expect(openThread(node, { agent_b_id: "a" })).rejects.toThrow("invalid_participants");
  await expect(openThread(node, { agent_b_id: "" })).rejects.toThrow("invalid_participants");
  await expect(openThread(node, { agent_b_id: "nobody" })).rejects.toThrow("participant_not_found");
  expect(node.engine.threads.list({}, 10)).toEqual([]);
});

it("takes an agent that is no target for a participant that speaks, and can't be spoken to", async () => {
  await using node = await openTwo();
  const request = AgentRegistrationRequest.parse({ agent_id: "person", transport_kind: "external" });
  await registerAgent(node.engine, { kind: "operator", name: "tests" }, request);
  const thread_id = await openThread(node, { agent_a_id: "person" });
  await goOn(node, thread_id);
  await stands(node, thread_id, "completed");
  expect(turnsOf(node, thread_id)).toEqual(["1 person>b completed"]);
  await expect(goOn(node, thread_id)).rejects.toThrow("target_not_found");
});

it("writes nothing of a turn that it refuses", async () => {
  await using node = await openTwo({
    targets: [fakeTarget({ target_id: "a" }), fakeTarget({ target_id: "b", capabilities: ["other"] })],
  });
  const thread_id = await openThread(node);
  const refusals = [
    [{ sender: "c" }, "invalid_participants"],
    [{ sender: "a", target_agent_id: "a" }, "invalid_participants"],
    [{ payload_by_agent: { c: "x" } }, "invalid_participants"],
    [{ intent: "" }, "nothing_to_say"],
    [{ payload: "" }, "nothing_to_say"],
    [{}, "target_cannot_satisfy_intent"],
  ] as const;
  for (const [changes, code] of refusals) await expect(goOn(node, thread_id, changes)).rejects.toThrow(code);
  await expect(goOn(node, "01KAT3Q4V5W6X7Y8Z9A0B1C2D3")).rejects.toThrow("thread_not_found");
  expect([turnsOf(node, thread_id), node.engine.reader.list({}, 10)]).toEqual([[], []]);
});

it("has one open turn: of two at once the second is refused, and so is one while a turn asks", async () => {
  await using node = await openTwo({ fake: { script: () => {} } });
  const thread_id = await openThread(node);
  const both = await Promise.allSettled([goOn(node, thread_id), goOn(node, thread_id)]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  await expect(goOn(node, thread_id)).rejects.toThrow("thread_busy");
  const turn = await node.fake.turn(0);
  void turn.ask({ request_id: "01KAT3Q4V5W6X7Y8Z9A0B1C2D3", kind: "input", prompt: "which?" });
  await stands(node, thread_id, "paused");
  await expect(goOn(node, thread_id)).rejects.toThrow("thread_busy");
  expect(turnsOf(node, thread_id)).toEqual(["1 a>b awaiting_input"]);
});

it("takes a task with a thread's id for the next turn, to the other one unless it is named", async () => {
  await using node = await openTwo();
  const thread_id = await openThread(node);
  const task = await node.submit({ ...said, thread_id, sender: "b" });
  expect(task).toMatchObject({ thread_id, resolved_runtime: "a", conversation_id: thread_id });
  await stands(node, thread_id, "completed");
  await node.submit({ ...said, thread_id, sender: "b", target_runtime: "a" });
  await stands(node, thread_id, "completed");
  expect(turnsOf(node, thread_id)).toEqual(["1 b>a completed", "2 b>a completed"]);
  await expect(coded(node.submit({ ...said, thread_id }))).rejects.toThrow("invalid_participants");
  await expect(coded(node.submit({ ...said, thread_id, sender: "a", target_runtime: "a" }))).rejects.toThrow(
    "invalid_participants",
  );
});

it("gives the same turn again for a key that it knows, also while the turn is open", async () => {
  await using node = await openTwo({ fake: { script: () => {} } });
  const thread_id = await openThread(node);
  const key = { principal: "p", method: "POST", path: `/v1/threads/${thread_id}/continue`, key: "k" };
  const [first, second] = await Promise.all([goOn(node, thread_id, {}, key), goOn(node, thread_id, {}, key)]);
  const third = await goOn(node, thread_id, {}, key);
  expect([first.replayed, second.replayed, third.replayed]).toEqual([false, true, true]);
  expect(new Set([first, second, third].map(({ task }) => task.task_id)).size).toBe(1);
  const written = {
    auto_continue: false,
    max_turns: 1,
    delivery: {},
    metadata: {},
    conversation_id: thread_id,
  };
  const fourth = await goOn(node, thread_id, { ...written, stop_on_terminal_error: true }, key);
  expect(fourth).toMatchObject({ replayed: true, task: { task_id: first.task.task_id } });
  await expect(goOn(node, thread_id, { payload: "other" }, key)).rejects.toThrow("idempotency_key_reused");
});

it("gives the same turn again for a key after a restart, and after turns that followed", async () => {
  const first = await openTwo();
  const thread_id = await openThread(first);
  const key = { principal: "p", method: "POST", path: `/v1/threads/${thread_id}/continue`, key: "k" };
  const made = await goOn(first, thread_id, {}, key);
  await stands(first, thread_id, "completed");
  await goOn(first, thread_id);
  await stands(first, thread_id, "completed");
  first.abandon();
  await using node = await openTwo({ dir: first.dir, clock: first.clock });
  const again = await goOn(node, thread_id, {}, key);
  expect([again.replayed, again.task.task_id]).toEqual([true, made.task.task_id]);
  await expect(goOn(node, thread_id, { payload: "other" }, key)).rejects.toThrow("idempotency_key_reused");
  expect(turnsOf(node, thread_id)).toEqual(["1 a>b completed", "2 b>a completed"]);
});

it("can be looked at, and continued towards the other one, when a participant was taken out; back again it goes on", async () => {
  await using node = await openTwo();
  const { engine } = node;
  const operator = { kind: "operator", name: "tests" } as const;
  const helper = AgentRegistrationRequest.parse({
    agent_id: "helper",
    transport_kind: "local_managed",
    adapter: "acp",
    launch: { command: ["helper"] },
  });
  await registerAgent(engine, operator, helper);
  const thread_id = await openThread(node, { agent_b_id: "helper" });
  await goOn(node, thread_id);
  await stands(node, thread_id, "completed");
  await unregisterAgent(engine, operator, "helper");
  await goOn(node, thread_id); // helper spoke last: its words still go to a
  await stands(node, thread_id, "completed");
  await expect(goOn(node, thread_id)).rejects.toThrow("target_not_found");
  const { participants, next_continue } = inspect(node, thread_id);
  expect(participants.map(({ agent_id }) => agent_id)).toEqual(["a", "helper"]);
  expect(next_continue).toMatchObject({ target_agent_id: "helper", will_reuse_remote_session: false });
  await registerAgent(engine, operator, helper);
  await goOn(node, thread_id);
  await stands(node, thread_id, "completed");
  expect(turnsOf(node, thread_id)).toEqual([
    "1 a>helper completed",
    "2 helper>a completed",
    "3 a>helper completed",
  ]);
});

it("keeps each one's session by the thread", async () => {
  await using node = await openTwo();
  const thread_id = await openThread(node);
  const seen: string[] = [];
  for (let turn = 0; turn < 4; turn++) {
    const { task } = await goOn(node, thread_id, { conversation_id: `other-${turn}` });
    await stands(node, thread_id, "completed");
    seen.push(String(node.dataOf(task.task_id, "task.running")["continuity"]));
  }
  expect(seen).toEqual(["fresh", "fresh", "live", "live"]);
});

it("lists threads newest first, all or one's own, page by page", async () => {
  await using node = await openTwo({
    targets: ["a", "b", "c"].map((target_id) => fakeTarget({ target_id })),
  });
  const ab = await openThread(node);
  const cb = await openThread(node, { agent_a_id: "c" });
  const ca = await openThread(node, { agent_a_id: "c", agent_b_id: "a" });
  const list = (filter: object, limit = 10) =>
    node.engine.threads.list(filter, limit).map(({ thread_id }) => thread_id);
  expect(list({})).toEqual([ca, cb, ab]);
  expect(list({ among: ["a"] })).toEqual([ca, ab]);
  expect(list({ among: ["a"] }, 1)).toEqual([ca]);
  expect(list({ among: ["a", "a"], before: ca })).toEqual([ab]);
  expect(list({ before: cb })).toEqual([ab]);
  expect([
    list({ among: ["a", "c"] }),
    list({ among: ["c", "b"] }),
    list({ among: ["a", "b", "c"] }),
  ]).toEqual([[ca], [cb], []]);
});

it("gives a turn its whole payload, however large", async () => {
  await using node = await openTwo();
  const thread_id = await openThread(node);
  const text = "long ".repeat(10_000);
  const { task } = await goOn(node, thread_id, { payload: { text } });
  await until(() => node.fake.turns.length === 1);
  expect(node.fake.turns[0]?.task.payload).toEqual({ text });
  expect([payloadsOf(node, thread_id), task.payload_artifact_id]).toEqual([[null], expect.any(String)]);
});
