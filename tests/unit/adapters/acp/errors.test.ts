/** What a runtime answers in place of a result, in words. */
import { describe, expect, test } from "vitest";
import { describeError } from "#src/adapters/acp/signals.ts";
import { longestDetail } from "#src/core/bounds.ts";
import type { Json } from "#src/core/ports.ts";
import { createMasker } from "#src/processes/stderr-tail.ts";

describe("an error", () => {
  const words = (error: Json, instruction = "") =>
    describeError(error, instruction, createMasker(["unsaid secret"]));

  test.each<[string, Json, string]>([
    ["with details", { code: 1, message: "no", data: { details: "why" } }, "error 1: no: why"],
    ["with a text as its data", { code: 1, message: "no", data: "why" }, "error 1: no: why"],
    ["with a list", { code: 1, message: "no", data: [{ message: "bad" }] }, '1: no: [{"message":"bad"}]'],
    [
      "with errors",
      { code: 1, message: "no", data: { errors: [{ msg: "bad" }] } },
      ': {"errors":[{"msg":"bad"}]}',
    ],
    ["with _errors", { code: 1, message: "no", data: { _errors: ["bad"] } }, '1: no: {"_errors":["bad"]}'],
    ["with a secret in its data", { code: 1, message: "no", data: ["unsaid secret"] }, '1: no: ["***"]'],
    ["without words", { code: 1, message: "" }, "error 1: no message"],
    ["of no form", "broken", "error unknown: no message"],
  ])("%s is told in words", (_what, error, expected) => {
    expect(words(error)).toContain(expected);
  });

  test.each<[string, Json]>([
    ["null", null],
    ["an empty object", {}],
    ["an empty list", []],
    ["an empty text", ""],
  ])("whose data is %s has nothing to add", (_what, data) => {
    expect(words({ code: 1, message: "no", data })).toMatch(/error 1: no$/);
  });

  test("of a runtime that says much more, or nests it deep, is cut", () => {
    expect(words({ code: 1, message: "no", data: ["x".repeat(100_000)] }).length).toBeLessThan(longestDetail);
    const deep = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    expect(words({ code: 1, message: "no", data: deep })).toContain("error 1: no: ");
  });

  test("of a runtime that wants a login says how to log in", () => {
    expect(words({ code: -32000, message: "login first" }, "Run it once by hand.")).toContain(
      "login first. Run it once by hand.",
    );
    expect(words({ code: -32000, message: "login first" })).toMatch(/login first$/);
  });
});
