import { describe, expect, test } from "vitest";
import { answerTo } from "#src/core/answer.ts";
import type { Json, Question } from "#src/core/ports.ts";

const allow = { option_id: "reject", name: "Yes", kind: "allow_once" };
const always = { option_id: "once", name: "Always", kind: "allow_always" };
const reject = { option_id: "allow", name: "No", kind: "reject_once" };
const permission = (...options: NonNullable<Question["options"]>): Question => ({
  request_id: "q",
  kind: "permission",
  prompt: "?",
  options,
});
const input = (schema?: Question["schema"]): Question => ({
  request_id: "q",
  kind: "input",
  prompt: "?",
  ...(schema === undefined ? {} : { schema }),
});

describe("an answer to a question with options", () => {
  test("of yes or no chooses by kind, and for this once", () => {
    expect(answerTo(permission(always, allow, reject), { approved: true })).toEqual({
      kind: "option",
      option: allow,
    });
    expect(answerTo(permission(always, allow, reject), { approved: false })).toEqual({
      kind: "option",
      option: reject,
    });
  });

  test("of yes never allows for good", () => {
    expect(answerTo(permission(always, reject), { approved: true })).toMatchObject({ kind: "unfit" });
  });

  test("of no needs an option that rejects once", () => {
    expect(answerTo(permission(allow), { approved: false })).toMatchObject({ kind: "unfit" });
  });

  test("may name any option, but not say the opposite beside it", () => {
    const question = permission(allow, always, reject);
    expect(answerTo(question, { option_id: "once" })).toEqual({ kind: "option", option: always });
    expect(answerTo(question, { option_id: "once", approved: true })).toMatchObject({ kind: "option" });
    expect(answerTo(question, { option_id: "once", approved: false })).toMatchObject({ kind: "unfit" });
    expect(answerTo(question, { option_id: "allow", approved: true })).toMatchObject({ kind: "unfit" });
  });

  test("can only be no where the runtime gave no options", () => {
    expect(answerTo(permission(), { approved: true })).toMatchObject({ kind: "unfit" });
    expect(answerTo(permission(), { approved: false })).toEqual({ kind: "declined" });
  });

  test.each<Json>(["yes", null, 7, [], {}, { approved: "true" }, { option_id: "nope" }, { option_id: 7 }])(
    "that is %j doesn't fit, and the options are told",
    (payload) => {
      expect(answerTo(permission(allow, reject), payload)).toEqual({
        kind: "unfit",
        why: expect.stringContaining("reject (allow_once), allow (reject_once)"),
      });
    },
  );
});

describe("an answer to a question for input", () => {
  const schema = { type: "object", properties: { name: {} }, required: ["name"] };

  test("is what was asked for", () => {
    expect(answerTo(input(), "Ada")).toEqual({ kind: "content", content: "Ada" });
    expect(answerTo(input(schema), { name: "Ada" })).toEqual({ kind: "content", content: { name: "Ada" } });
  });

  test("of no declines", () => {
    expect(answerTo(input(schema), { approved: false })).toEqual({ kind: "declined" });
  });

  test("that lacks what is required doesn't fit", () => {
    expect(answerTo(input(schema), { nick: "Ada" })).toEqual({
      kind: "unfit",
      why: "The answer lacks: name.",
    });
    expect(answerTo(input(schema), "Ada")).toMatchObject({ kind: "unfit" });
    expect(answerTo(input(schema), { approved: true })).toMatchObject({ kind: "unfit" });
  });

  test("of yes is an empty form, where nothing is required", () => {
    expect(answerTo(input({ type: "object" }), { approved: true })).toEqual({ kind: "content", content: {} });
  });
});
