/** Questions and errors that are too large for an event, whatever the adapter lets through. */
import { describe, expect, it } from "vitest";
import type { Question } from "#src/core/ports.ts";
import { newId } from "#src/store/ulid.ts";
import { openEngine, running, until } from "../../open-engine.ts";

const byHand = () => {};
const most = 16_384;

const sizeOf = (data: object) => Buffer.byteLength(JSON.stringify(data));

describe("a question", () => {
  const option = (n: number, length: number) => ({
    option_id: `option-${n}`,
    name: "n".repeat(length),
    kind: n === 0 ? "reject_once" : "allow_once",
  });
  const tooMuch: readonly [string, Partial<Question>][] = [
    ["of a long text", { prompt: "p".repeat(1_000_000) }],
    ["of a long text that is longer in bytes", { prompt: "\u0001".repeat(1_000_000) }],
    ["with many choices", { options: Array.from({ length: 5000 }, (_, n) => option(n, 10)) }],
    ["whose choices have long names", { options: Array.from({ length: 20 }, (_, n) => option(n, 5000)) }],
    [
      "about a step of many small parts",
      {
        tool_call: Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`part-${n}`, "x".repeat(400)])),
      },
    ],
    [
      "with much of everything",
      {
        prompt: "漢".repeat(10_000),
        options: Array.from({ length: 30 }, (_, n) => option(n, 600)),
        tool_call: { title: "edit", diff: "x".repeat(100_000) },
        schema: { description: "y".repeat(100_000) },
      },
    ],
  ];

  it.each(tooMuch)(
    "%s fits into its event, is whole in an artifact, and can be answered",
    async (_what, more) => {
      await using node = await openEngine({ fake: { script: byHand } });
      const { task_id, turn } = await running(node);
      const question = { request_id: newId(), kind: "permission", prompt: "edit it?", ...more } as const;
      const options = question.options ?? [option(0, 3)];
      const settled = turn.ask({ ...question, options });
      await node.reaches(task_id, "awaiting_input");
      const data = node.dataOf(task_id, "task.awaiting_input");
      expect(sizeOf(data)).toBeLessThanOrEqual(most);
      const [open] = node.record(task_id).awaiting;
      expect(open?.request_id).toBe(question.request_id);
      expect(open?.options?.[0]?.option_id).toBe("option-0");
      const { artifact } = (open?.tool_call ?? {}) as { artifact?: { artifact_id: string } };
      const row = node.engine.artifacts.find(artifact?.artifact_id ?? "");
      if (row === undefined) throw new Error("the whole question is nowhere");
      const whole = JSON.parse(Buffer.from(await node.engine.artifacts.read(row)).toString());
      expect(whole).toMatchObject({ prompt: question.prompt, options });
      await node.answer(task_id, { approved: false });
      expect(await settled).toMatchObject({ by: "caller", answer: { option: { option_id: "option-0" } } });
    },
  );

  it("of an ordinary size is told as it is", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    const options = [option(0, 3)];
    void turn.ask({ request_id: newId(), kind: "permission", prompt: "p".repeat(3000), options });
    await node.reaches(task_id, "awaiting_input");
    expect(node.record(task_id).awaiting).toMatchObject([{ prompt: "p".repeat(3000), options }]);
  });
});

describe("why a task failed", () => {
  const texts: readonly [string, string][] = [
    ["letters", "e".repeat(1_000_000)],
    ["what is longer in bytes", "\u0001".repeat(1_000_000)],
    ["characters of two halves", `e${"😀".repeat(500_000)}`],
  ];

  it.each(texts)("in too many words, %s, is cut, beside a result of any size", async (_what, detail) => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    turn.emit({ kind: "failed", reason: "remote_failed", detail, result: { text: "\u0001".repeat(2600) } });
    const { last_error } = await node.reaches(task_id, "failed");
    const cut = last_error?.detail ?? "";
    expect(detail.startsWith(cut)).toBe(true);
    expect(cut.length).toBeGreaterThan(1000);
    expect(cut.length).toBeLessThanOrEqual(4096);
    expect(cut.isWellFormed()).toBe(true);
    expect(sizeOf(node.dataOf(task_id, "task.failed"))).toBeLessThanOrEqual(most);
  });

  it("in too many words of the node's own is cut too", async () => {
    const submit = () => Promise.reject(new Error("e".repeat(1_000_000)));
    await using node = await openEngine({ fake: { script: byHand, submit } });
    const { task_id } = await node.submit();
    const { last_error } = await node.reaches(task_id, "failed");
    expect(last_error).toMatchObject({ reason: "internal_error" });
    expect(last_error?.detail).toHaveLength(4096);
  });

  it("is cut where it confirms a cancel", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    await node.cancel(task_id);
    turn.fail("e".repeat(1_000_000));
    await node.reaches(task_id, "cancelled");
    const last = node.engine.reader.events(task_id).at(-1);
    expect(last?.message?.length).toBeLessThanOrEqual(4096);
  });
});

it("a step of many small parts fits into its event", async () => {
  await using node = await openEngine({ fake: { script: byHand } });
  const { task_id, turn } = await running(node);
  const parts = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`part-${n}`, "x".repeat(400)]));
  turn.emit({ kind: "progress", data: { type: "log", text: "a step", ...parts } });
  await until(() => node.kinds(task_id).at(-1)?.endsWith("task.progress") === true);
  expect(sizeOf(node.dataOf(task_id, "task.progress"))).toBeLessThanOrEqual(most);
});
