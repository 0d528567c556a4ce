/** Questions of a runtime: who answers them, and what an answer that comes otherwise gets. */
import { describe, expect, it } from "vitest";
import type { FakeTurn } from "#src/adapters/fake/index.ts";
import { AdapterFault, type Json } from "#src/core/ports.ts";
import { newId } from "#src/store/ulid.ts";
import { type OpenEngine, openEngine, until } from "../../open-engine.ts";

const byHand = () => {};
const options = [
  { option_id: "y", name: "Yes", kind: "allow_once" },
  { option_id: "a", name: "Always", kind: "allow_always" },
  { option_id: "n", name: "No", kind: "reject_once" },
];

/** A task whose runtime has asked so many questions. */
async function asking(node: OpenEngine, count: number, request: { readonly [key: string]: unknown } = {}) {
  const taken = node.fake.turns.length;
  const { task_id } = await node.submit(request);
  const turn = await node.fake.turn(taken);
  const settled = Array.from({ length: count }, () => ask(turn));
  await until(() => node.record(task_id).awaiting.length === count, "the questions to be open");
  const ids = node.record(task_id).awaiting.map(({ request_id }) => request_id);
  return { task_id, turn, settled, first: ids[0] ?? "", second: ids[1] ?? "" };
}

const ask = (turn: FakeTurn) =>
  turn.ask({ request_id: newId(), kind: "permission", prompt: "remove it?", options });
const chosen = (option_id: string) => ({
  by: "caller",
  answer: { kind: "option", option: expect.objectContaining({ option_id }) },
});
const behind = (node: OpenEngine, task_id: string, kind: string) => {
  const kinds = node.kinds(task_id).map((each) => each.split(" ")[1]);
  return kinds.slice(kinds.indexOf(kind) + 1);
};

describe("an answer", () => {
  it("is written down before the runtime is told, and the task goes on", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn, settled, first } = await asking(node, 1);
    expect(await node.answer(task_id, { approved: true })).toMatchObject({ task_id });
    expect(await settled[0]).toEqual(chosen("y"));
    await node.reaches(task_id, "running");
    expect(node.dataOf(task_id, "task.resume_requested")).toEqual({ actor: "somebody", request_id: first });
    expect(node.dataOf(task_id, "task.resumed")).toEqual({ by: "caller", request_id: first });
    turn.complete();
    await node.reaches(task_id, "completed");
    expect(behind(node, task_id, "task.awaiting_input")).toEqual([
      "task.resume_requested",
      "task.resumed",
      "task.completed",
    ]);
  });

  it("of no rejects once; an option may be named, also one that allows always", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const refused = await asking(node, 1);
    await node.answer(refused.task_id, { approved: false });
    expect(await refused.settled[0]).toEqual(chosen("n"));
    const allowed = await asking(node, 1);
    await node.answer(allowed.task_id, { option_id: "a" });
    expect(await allowed.settled[0]).toEqual(chosen("a"));
  });

  it("must name its question where several are open, and settles that one alone", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, settled, second } = await asking(node, 2);
    await expect(node.answer(task_id, { approved: true })).rejects.toThrow("invalid_request");
    await node.answer(task_id, { approved: false }, second);
    expect(await settled[1]).toEqual(chosen("n"));
    await until(() => node.record(task_id).awaiting.length === 1);
    expect(node.record(task_id)).toMatchObject({ status: "awaiting_input" });
    await node.answer(task_id, { approved: true });
    expect(await settled[0]).toEqual(chosen("y"));
    await node.reaches(task_id, "running");
  });

  it.each([
    ["an option that the question doesn't have", { option_id: "maybe" }],
    ["no option", { text: "yes, please" }],
    ["a text", "yes"],
  ])("that is %s is refused, writes nothing, and leaves the question open", async (_what, payload) => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, settled } = await asking(node, 1);
    const before = node.kinds(task_id);
    await expect(node.answer(task_id, payload)).rejects.toThrow("answer_rejected");
    expect(node.kinds(task_id)).toEqual(before);
    await node.answer(task_id, { option_id: "y" });
    expect(await settled[0]).toEqual(chosen("y"));
  });

  it("that two give at once is given once", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, settled } = await asking(node, 1);
    const answers = await Promise.allSettled([
      node.answer(task_id, { approved: false }),
      node.answer(task_id, { approved: true }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(answers[1]).toMatchObject({ reason: { message: "question_closed" } });
    expect(await settled[0]).toEqual(chosen("n"));
  });

  it("that comes too late is refused, and never taken for the next question's", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn, settled, first } = await asking(node, 1, {
      delivery: { question_timeout_ms: 1000 },
    });
    node.clock.advance(1000);
    expect(await settled[0]).toEqual({ by: "timeout" });
    await node.reaches(task_id, "running");
    const next = ask(turn);
    await node.reaches(task_id, "awaiting_input");
    await expect(node.answer(task_id, { approved: true }, first)).rejects.toThrow("question_closed");
    expect(node.record(task_id)).toMatchObject({
      status: "awaiting_input",
      awaiting: [{ kind: "permission" }],
    });
    await node.answer(task_id, { approved: false });
    expect(await next).toEqual(chosen("n"));
  });

  it("to a task that asks nothing, has ended, or isn't there, is refused", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id } = await node.submit();
    const turn = await node.fake.turn(0);
    await node.reaches(task_id, "running");
    await expect(node.answer(task_id, { approved: true })).rejects.toThrow("not_awaiting_input");
    turn.complete();
    await node.reaches(task_id, "completed");
    await expect(node.answer(task_id, { approved: true })).rejects.toThrow("not_awaiting_input");
    await expect(node.answer(newId(), { approved: true })).rejects.toThrow("task_not_found");
  });

  it("that the runtime rejects is refused, and the question stays open", async () => {
    await using node = await openEngine({
      fake: { script: byHand, resume: () => Promise.reject(new AdapterFault("remote_failed", "not so")) },
    });
    const { task_id } = await asking(node, 1);
    await expect(node.answer(task_id, { approved: true })).rejects.toThrow("answer_rejected");
    expect(node.record(task_id)).toMatchObject({
      status: "awaiting_input",
      awaiting: [{ prompt: "remove it?" }],
    });
  });

  it("that was sent and whose outcome is unknown ends the task: resume_failed", async () => {
    await using node = await openEngine({
      fake: { script: byHand, resume: () => Promise.reject(new Error("the pipe broke")) },
    });
    const { task_id } = await asking(node, 1);
    await expect(node.answer(task_id, { approved: true })).rejects.toThrow("question_closed");
    expect((await node.reaches(task_id, "failed")).last_error).toEqual({
      reason: "resume_failed",
      detail: expect.stringContaining("the pipe broke"),
    });
  });
});

describe("a question", () => {
  it("that nobody answers in its time is rejected, and the task goes on", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, settled, first } = await asking(node, 1, { delivery: { question_timeout_ms: 5000 } });
    expect(node.record(task_id).awaiting[0]).toMatchObject({
      expires_at: new Date(node.clock.now() + 5000).toISOString(),
    });
    node.clock.advance(4999);
    expect(node.record(task_id)).toMatchObject({ status: "awaiting_input" });
    node.clock.advance(1);
    expect(await settled[0]).toEqual({ by: "timeout" });
    await node.reaches(task_id, "running");
    expect(node.dataOf(task_id, "task.resumed")).toEqual({ by: "timeout", request_id: first });
  });

  it("is closed by a cancel without being settled; answers to it are refused", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn, settled, first } = await asking(node, 1);
    await node.cancel(task_id);
    expect(await settled[0]).toEqual({ by: "void" });
    expect(node.record(task_id)).toMatchObject({ status: "awaiting_input", awaiting: [] });
    await expect(node.answer(task_id, { approved: true }, first)).rejects.toThrow("question_closed");
    await expect(node.answer(task_id, { approved: true })).rejects.toThrow("question_closed");
    turn.confirmCancel();
    await node.reaches(task_id, "cancelled");
    expect(behind(node, task_id, "task.awaiting_input")).toEqual(["task.cancel_requested", "task.cancelled"]);
  });

  it("is open no more when its task has ended", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn, settled } = await asking(node, 1);
    turn.complete();
    expect(await node.reaches(task_id, "completed")).toMatchObject({ awaiting: [] });
    expect(await settled[0]).toEqual({ by: "void" });
  });

  it("that is large is kept as an artifact, and can be answered", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id } = await node.submit();
    const turn = await node.fake.turn(0);
    const tool_call = { title: "edit", toolCallId: "1", content: [{ diff: "x".repeat(200_000) }] };
    const settled = turn.ask({
      request_id: newId(),
      kind: "permission",
      prompt: "edit it?",
      options,
      tool_call,
    });
    await node.reaches(task_id, "awaiting_input");
    const [question] = node.record(task_id).awaiting;
    expect(question?.tool_call).toMatchObject({
      title: "edit",
      truncated: true,
      artifact: { media_type: "application/json" },
    });
    expect(JSON.stringify(node.dataOf(task_id, "task.awaiting_input")).length).toBeLessThan(16_384);
    await node.answer(task_id, { approved: true });
    expect(await settled).toEqual(chosen("y"));
  });

  it("whose tool call nests too deep is asked without it", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id } = await node.submit();
    const turn = await node.fake.turn(0);
    let deep: { readonly [key: string]: Json } = {};
    for (let level = 0; level < 20_000; level++) deep = { deep };
    void turn.ask({ request_id: newId(), kind: "permission", prompt: "edit it?", options, tool_call: deep });
    await node.reaches(task_id, "awaiting_input");
    expect(node.record(task_id).awaiting[0]).toMatchObject({
      prompt: "edit it?",
      tool_call: { truncated: true },
    });
    turn.emit({ kind: "progress", data: { type: "plan", entries: [deep] } });
    turn.complete("done");
    expect(await node.reaches(task_id, "completed")).toMatchObject({ result: { text: "done" } });
    expect(node.dataOf(task_id, "task.progress")).toMatchObject({ type: "log" });
  });
});
