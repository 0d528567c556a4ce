/** Tasks that end while their run goes on: the run is brought to its end, and the text that came of it is kept. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { AdapterFault } from "#src/core/ports.ts";
import { newId } from "#src/store/ulid.ts";
import { failCommits } from "../../fail-commits.ts";
import {
  type EngineOptions,
  fakeTarget,
  type OpenEngine,
  openEngine,
  running,
  until,
} from "../../open-engine.ts";

const byHand = () => {};
const brokenPipe = () => Promise.reject(new Error("the pipe broke"));

/** A log, and whether it has a line with these words. */
function listening() {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  return { logger, logged: (words: string) => lines.some((line) => line.includes(words)) };
}

/** A task that asks, and one behind it that waits for its place; every answer's fate is unknown. */
async function askingWithOneBehind(fake: EngineOptions["fake"] = {}) {
  const targets = [fakeTarget({ max_concurrency: 1 })];
  const node = await openEngine({ targets, fake: { script: byHand, resume: brokenPipe, ...fake } });
  const { task_id, turn } = await running(node);
  void turn.ask({ request_id: newId(), kind: "input", prompt: "which?" });
  await node.reaches(task_id, "awaiting_input");
  const { task_id: behind } = await node.submit();
  return { node, task_id, turn, behind, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
}

/** Lets the time pass a second at a time, until something holds. */
async function passing({ clock }: OpenEngine, holds: () => boolean, what: string): Promise<void> {
  for (let second = 0; second < 60 && !holds(); second++) {
    for (let turn = 0; turn < 20 && !holds(); turn++) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
  }
  await until(holds, what);
}

describe("a run whose answer has an unknown fate", () => {
  it("is told to stop, and its place is free when it has", async () => {
    await using asked = await askingWithOneBehind();
    const { node, turn } = asked;
    await expect(node.answer(asked.task_id, "blue")).rejects.toThrow("question_closed");
    await until(() => turn.cancelled.aborted, "the cancel");
    expect(node.record(asked.behind).status).toBe("created");
    turn.confirmCancel();
    await node.reaches(asked.behind, "running");
    expect(node.record(asked.task_id)).toMatchObject({ last_error: { reason: "resume_failed" } });
  });

  it("is told so also where its task's end could not be written at once, and not before", async () => {
    await using asked = await askingWithOneBehind();
    const { node, turn } = asked;
    const heal = failCommits(node.storage, "NEW.kind = 'task.failed'");
    await expect(node.answer(asked.task_id, "blue")).rejects.toThrow("disk full");
    expect(turn.cancelled.aborted).toBe(false);
    heal();
    node.clock.advance(1000);
    await until(() => turn.cancelled.aborted, "the cancel");
    expect(node.record(asked.task_id)).toMatchObject({ last_error: { reason: "resume_failed" } });
  });

  it.each([
    ["can't be cancelled", { canCancel: false }],
    ["can't be told", { cancel: brokenPipe }],
    ["never answers", { cancel: () => new Promise<never>(byHand) }],
  ])("and that %s is given up in the end, so that its place is free", async (_how, fake) => {
    await using asked = await askingWithOneBehind(fake);
    const { node, turn } = asked;
    await expect(node.answer(asked.task_id, "blue")).rejects.toThrow("question_closed");
    await passing(node, () => node.record(asked.behind).status === "running", "the next to have the place");
    expect(turn.ended()).toBe(true);
    expect(node.record(asked.task_id)).toMatchObject({ last_error: { reason: "resume_failed" } });
  });
});

describe("a run that can't be cancelled", () => {
  it("is given up a while after its task has failed", async () => {
    const targets = [fakeTarget({ max_concurrency: 1 })];
    await using node = await openEngine({ targets, fake: { script: byHand, canCancel: false } });
    const { task_id, turn } = await running(node);
    const { task_id: behind } = await node.submit();
    await node.cancel(task_id);
    node.clock.advance(5000);
    await node.reaches(task_id, "failed");
    node.clock.advance(10_999);
    expect([turn.ended(), node.record(behind).status]).toEqual([false, "created"]);
    node.clock.advance(1);
    await node.reaches(behind, "running");
    expect(node.record(task_id)).toMatchObject({ last_error: { reason: "cancel_failed" } });
  });
});

describe("a running time whose end can't be written", () => {
  /** A task whose time was up when nothing of that could be written. */
  async function unwritten() {
    const { logger, logged } = listening();
    const node = await openEngine({ logger, fake: { script: byHand } });
    const { task_id, turn } = await running(node, { delivery: { timeout_ms: 5000 } });
    const heal = failCommits(node.storage, "NEW.kind = 'task.cancel_requested'");
    node.clock.advance(5000);
    await until(() => logged("a timeout could not be written"));
    return { node, task_id, turn, heal, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
  }

  it("ends the task as soon as it can be", async () => {
    await using late = await unwritten();
    late.heal();
    late.node.clock.advance(1000);
    await until(() => late.turn.cancelled.aborted, "the cancel");
    late.turn.confirmCancel();
    const { last_error } = await late.node.reaches(late.task_id, "failed");
    expect(last_error).toMatchObject({ reason: "timeout" });
  });

  it("lets go of a hand-over as soon as it can be", async () => {
    const { logger, logged } = listening();
    await using node = await openEngine({ logger, fake: { script: byHand } });
    const { submit } = node.fake;
    node.fake.submit = async (task, target, lease, signal) => {
      await submit(task, target, lease, signal);
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new AdapterFault("submit_failed", "given up")));
      });
    };
    const { task_id } = await node.submit({ delivery: { timeout_ms: 5000 } });
    await node.fake.turn(0);
    const heal = failCommits(node.storage, "NEW.kind = 'task.failed'");
    node.clock.advance(5000);
    await until(() => logged("could not be written"));
    heal();
    node.clock.advance(1000);
    const { last_error } = await node.reaches(task_id, "failed");
    expect(last_error).toMatchObject({ reason: "timeout" });
    await until(() => !node.engine.works.has(task_id), "the end of the work");
  });

  it("stands still while a question is open, as any does", async () => {
    await using late = await unwritten();
    const { node, turn } = late;
    late.heal();
    const request_id = newId();
    void turn.ask({ request_id, kind: "input", prompt: "which?" });
    await node.reaches(late.task_id, "awaiting_input");
    node.clock.advance(3_600_000);
    expect(turn.cancelled.aborted).toBe(false);
    turn.emit({ kind: "resumed", request_id, by: "policy" });
    await node.reaches(late.task_id, "running");
    node.clock.advance(1000);
    await until(() => turn.cancelled.aborted, "the cancel");
  });
});

describe("a task that the node ends in mid-turn keeps what its runtime had said", () => {
  const half = "half an answer";

  /** The second piece is still held back. */
  async function halfSaid(fake: EngineOptions["fake"], request: { readonly [key: string]: unknown } = {}) {
    const node = await openEngine({ fake: { script: byHand, ...fake } });
    const { task_id, turn } = await running(node, request);
    turn.say("half an ");
    turn.say("answer");
    await until(() => node.kinds(task_id).at(-1)?.endsWith("task.progress") === true);
    return { node, task_id, turn, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
  }

  function expectHalf(node: OpenEngine, task_id: string, reason: string): void {
    expect(node.record(task_id)).toMatchObject({ last_error: { reason }, result: { text: half } });
    expect(node.dataOf(task_id, "task.failed")).toMatchObject({ reason, result: { text: half } });
  }

  it("where its cancel can't be confirmed", async () => {
    await using said = await halfSaid({ canCancel: false });
    await said.node.cancel(said.task_id);
    said.node.clock.advance(5000);
    await said.node.reaches(said.task_id, "failed");
    expectHalf(said.node, said.task_id, "cancel_failed");
  });

  it("where its time was used up", async () => {
    await using said = await halfSaid({ canCancel: false }, { delivery: { timeout_ms: 20 } });
    said.node.clock.advance(20);
    await until(() => said.node.kinds(said.task_id).at(-1)?.endsWith("task.cancel_requested") === true);
    await new Promise((resolve) => setImmediate(resolve));
    said.node.clock.advance(5000);
    await said.node.reaches(said.task_id, "failed");
    expectHalf(said.node, said.task_id, "timeout");
  });

  it("where an answer has an unknown fate", async () => {
    await using said = await halfSaid({ resume: brokenPipe });
    void said.turn.ask({ request_id: newId(), kind: "input", prompt: "which?" });
    await said.node.reaches(said.task_id, "awaiting_input");
    await expect(said.node.answer(said.task_id, "blue")).rejects.toThrow("question_closed");
    expectHalf(said.node, said.task_id, "resume_failed");
  });

  it("where the node makes a mistake", async () => {
    await using said = await halfSaid({});
    rmSync(join(said.node.dir, "artifacts"), { recursive: true });
    const bytes = Buffer.from("x");
    said.turn.emit({ kind: "artifact", name: "x", media_type: "text/plain", bytes });
    await said.node.reaches(said.task_id, "failed");
    expectHalf(said.node, said.task_id, "internal_error");
  });

  it("as an artifact where that is large, also when it was written at the second try", async () => {
    await using said = await halfSaid({ canCancel: false });
    const { node, task_id } = said;
    said.turn.say("x".repeat(20_000));
    await node.cancel(task_id);
    const heal = failCommits(node.storage, "NEW.kind = 'task.failed'");
    node.clock.advance(5000);
    await until(() => node.engine.log.get(task_id)?.status === "failed", "the first try");
    await until(() => node.engine.log.get(task_id)?.status === "running", "its loss");
    heal();
    node.clock.advance(1000);
    const { result, result_artifact_id } = await node.reaches(task_id, "failed");
    expect(result).toMatchObject({ truncated: true, text: expect.stringMatching(/^half an answerx+$/) });
    const row = node.engine.artifacts.find(result_artifact_id ?? "");
    if (row === undefined) throw new Error("the result is nowhere");
    expect(Buffer.from(await node.engine.artifacts.read(row)).toString()).toBe(
      `${half}${"x".repeat(20_000)}`,
    );
  });

  it("and ends without it where it can't be stored", async () => {
    await using said = await halfSaid({ canCancel: false });
    const { node, task_id } = said;
    said.turn.say("x".repeat(20_000));
    rmSync(join(node.dir, "artifacts"), { recursive: true });
    writeFileSync(join(node.dir, "artifacts"), "");
    await node.cancel(task_id);
    node.clock.advance(5000);
    expect(await node.reaches(task_id, "failed")).toMatchObject({
      last_error: { reason: "cancel_failed" },
      result: null,
    });
  });
});
