/** What an HTTP runtime asks, and how the answer is said to it. */
import { describe, expect, test } from "vitest";
import { dialectOf, resumeBody } from "#src/adapters/acp-http/dialects.ts";
import { questionOf, questionType, saidOf } from "#src/adapters/acp-http/questions.ts";
import type { Answer } from "#src/core/answer.ts";
import type { JsonObject } from "#src/core/ports.ts";

const details = (said: unknown): JsonObject => ({
  content_type: questionType,
  content: typeof said === "string" ? said : JSON.stringify(said),
});
const asked = (...parts: JsonObject[]): JsonObject => ({ message: { parts } });

const asItIs = (text: string) => text;

describe("a question", () => {
  const rows: readonly [string, JsonObject, unknown][] = [
    ["of words", asked({ content: "one?" }, { content: "two?" }), { kind: "input", prompt: "one?\ntwo?" }],
    ["in a field", { prompt: "which?" }, { kind: "input", prompt: "which?" }],
    ["without a word", {}, { kind: "input", prompt: "the runtime waits for an answer" }],
    [
      "for a permission",
      asked({ content: "may I?" }, details({ kind: "permission", tool_call: { title: "look" } })),
      { kind: "permission", prompt: "may I?", tool_call: { title: "look" } },
    ],
    [
      "with choices",
      asked(
        details({ options: [{ option_id: "a", name: "A", kind: "allow_once" }, { option_id: "b" }, {}] }),
      ),
      {
        options: [
          { option_id: "a", name: "A", kind: "allow_once" },
          { option_id: "b", name: "b", kind: "other" },
        ],
      },
    ],
    ["with a form", asked(details({ schema: { type: "object" } })), { schema: { type: "object" } }],
    [
      "with details that are none",
      asked({ content: "one?" }, details("{")),
      { kind: "input", prompt: "one?" },
    ],
    ["with details of no text", asked({ content_type: questionType, content: 7 }), { kind: "input" }],
  ];
  test.each(rows)("%s", (_what, request, expected) => {
    expect(questionOf(request, "7", asItIs)).toMatchObject({ request_id: "7", ...(expected as object) });
  });

  const mask = (text: string) => text.replaceAll("a secret", "***");
  test("shows no secret in its tool call or its form", () => {
    const said = { tool_call: { title: "a secret", in: ["a secret"] }, schema: { title: "not a secret" } };
    expect(questionOf(asked(details(said)), "7", mask)).toMatchObject({
      tool_call: { title: "***", in: ["***"] },
      schema: { title: "not ***" },
    });
  });

  test("of too many words is cut, when its secrets are hidden", () => {
    const request = asked({ content: `${"x".repeat(1995)}a secret, and more` });
    expect(questionOf(request, "7", mask).prompt).toBe(`${"x".repeat(1995)}***, `);
  });

  test("in a field, of too many words, is cut between two characters", () => {
    const { prompt } = questionOf({ prompt: `x${"😀".repeat(500_000)}` }, "7", mask);
    expect(prompt).toBe(`x${"😀".repeat(999)}`);
  });

  test("with too many choices keeps the first of those that can be chosen, their names cut", () => {
    const long = "x".repeat(1000);
    const choices = Array.from({ length: 5000 }, (_, n) => ({ option_id: `o${n}`, name: `a secret${long}` }));
    const options = [{ option_id: long }, { option_id: "a", kind: long }, ...choices];
    const { options: kept } = questionOf(asked(details({ options })), "7", mask);
    const name = `***${"x".repeat(197)}`;
    expect(kept).toEqual(Array.from({ length: 20 }, (_, n) => ({ option_id: `o${n}`, name, kind: "other" })));
  });
});

describe("an answer", () => {
  const words = (content: string) => ({ content_type: "text/plain", content });
  const json = (value: unknown) => ({ content_type: "application/json", content: JSON.stringify(value) });
  const option = (kind: string) => ({ option_id: "a", name: "A", kind });
  const rows: readonly [string, Answer, JsonObject, unknown][] = [
    ["that is refused", { kind: "declined" }, words("no"), { approved: false }],
    [
      "that allows",
      { kind: "option", option: option("allow_once") },
      json({ option_id: "a", kind: "allow_once", approved: true }),
      { option_id: "a", kind: "allow_once", approved: true },
    ],
    [
      "that rejects",
      { kind: "option", option: option("reject_once") },
      json({ option_id: "a", kind: "reject_once", approved: false }),
      { option_id: "a", kind: "reject_once", approved: false },
    ],
    ["as a text", { kind: "content", content: "blue" }, words("blue"), { value: "blue" }],
    [
      "as an object of one text",
      { kind: "content", content: { text: "blue" } },
      words("blue"),
      { text: "blue" },
    ],
    ["of a mere yes", { kind: "content", content: { approved: true } }, words("yes"), { approved: true }],
    [
      "of a mere no",
      { kind: "content", content: { approved: false } },
      json({ approved: false }),
      { approved: false },
    ],
    [
      "with more",
      { kind: "content", content: { text: "blue", n: 1 } },
      json({ text: "blue", n: 1 }),
      { text: "blue", n: 1 },
    ],
    ["that is no object", { kind: "content", content: [1] }, json([1]), { value: [1] }],
  ];
  test.each(rows)("%s is said as a part of a message, and as it is", (_what, answer, part, raw) => {
    expect(saidOf(answer)).toEqual({ part, raw });
  });

  test("has a body of its own in each dialect", () => {
    const said = saidOf({ kind: "declined" });
    const message = { role: "user", parts: [words("no")] };
    expect(resumeBody(dialectOf("acp"), "run", said)).toEqual({
      run_id: "run",
      mode: "stream",
      await_resume: { type: "message", message },
    });
    expect(resumeBody(dialectOf("aethrolink"), "run", said)).toEqual({ approved: false });
  });
});
