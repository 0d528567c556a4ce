/** Questions of an agent on its real pipes. */
import { describe, expect, test } from "vitest";
import type { AskedQuestion, Json, Run } from "#src/core/ports.ts";
import { endOf, fakeAgent, openAcpAdapter, signalsOf, targetOf, taskOf } from "../../../launching.ts";

const target = targetOf(fakeAgent());

/** The next questions of a run, so many of them. */
async function questionsOf(run: Run, count: number): Promise<AskedQuestion[]> {
  const iterator = run.signals[Symbol.asyncIterator]();
  const questions: AskedQuestion[] = [];
  while (questions.length < count) {
    const { value, done } = await iterator.next();
    if (done === true) throw new Error("the run ended before it had asked");
    if (value.kind === "awaiting_input") questions.push(value.question);
  }
  return questions;
}

const chosen = (question: AskedQuestion | undefined, kind: string) => {
  const option = question?.options?.find((each) => each.kind === kind);
  if (question === undefined || option === undefined) throw new Error("there is no such option");
  return [question.request_id, { kind: "option", option }] as const;
};

async function begin(acp: ReturnType<typeof openAcpAdapter>, payload: Json): Promise<Run> {
  return acp.run(target, taskOf(payload));
}

describe("an agent that asks", () => {
  test("several things at once gets each answer where it belongs", async () => {
    await using acp = openAcpAdapter();
    const run = await begin(acp, { mode: "questions", count: 3 });
    const [first, second, third] = await questionsOf(run, 3);
    await run.resume?.(...chosen(third, "allow_once"));
    await run.resume?.(...chosen(first, "reject_once"));
    await run.resume?.(...chosen(second, "allow_always"));
    expect(await endOf(run)).toMatchObject({
      result: { text: "permissions: reject_once, allow_always, allow_once" },
    });
  });

  test("by a form gets what was entered", async () => {
    await using acp = openAcpAdapter();
    const run = await begin(acp, { mode: "input" });
    const [question] = await questionsOf(run, 1);
    expect(question).toMatchObject({
      kind: "input",
      prompt: "What is the name?",
      schema: { required: ["name"] },
    });
    await run.resume?.(question?.request_id ?? "", { kind: "content", content: { name: "Ada" } });
    expect(await endOf(run)).toMatchObject({ result: { text: 'input: {"name":"Ada"}' } });
  });

  test("by a form hears that nobody wants to answer", async () => {
    await using acp = openAcpAdapter();
    const run = await begin(acp, { mode: "input" });
    const [question] = await questionsOf(run, 1);
    await run.resume?.(question?.request_id ?? "", { kind: "declined" });
    expect(await endOf(run)).toMatchObject({ result: { text: "input: decline" } });
  });

  test("and takes its question back settles it by itself; an answer comes too late", async () => {
    await using acp = openAcpAdapter();
    const run = await begin(acp, { mode: "impatient" });
    const [question] = await questionsOf(run, 1);
    const signals = await signalsOf(run);
    expect(signals[0]).toEqual({ kind: "resumed", request_id: question?.request_id, by: "runtime" });
    expect(signals.at(-1)).toMatchObject({ kind: "completed" });
    await expect(run.resume?.(...chosen(question, "allow_once"))).rejects.toMatchObject({
      kind: "not_found",
    });
  });

  test("a dialect that denies by itself is forestalled, so that the time which is told is true", async () => {
    await using acp = openAcpAdapter();
    const hermes = { ...target, dialect: "hermes" };
    const day = taskOf({ mode: "permission" }, { question_timeout_ms: 86_400_000 });
    const run = await acp.run(hermes, day);
    const [question] = await questionsOf(run, 1);
    expect(question?.timeout_ms).toBe(55_000);
  });
});
