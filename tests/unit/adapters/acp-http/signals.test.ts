/** What the events, parts, ends and refusals of an HTTP runtime mean. */
import { describe, expect, test } from "vitest";
import { dialectOf } from "#src/adapters/acp-http/dialects.ts";
import { answerOf, errorOf, partsOf, refusalOf, stepOf, stepOfPart } from "#src/adapters/acp-http/signals.ts";
import type { JsonObject } from "#src/core/ports.ts";

const acp = dialectOf("acp");
const log = (text: string) => ({ kind: "progress", data: { type: "log", text } });

describe("a part of a message", () => {
  const bytes = (text: string) => Buffer.from(text);
  const rows: readonly [string, JsonObject, unknown][] = [
    ["of text", { content: "hello" }, { kind: "said", text: "hello" }],
    [
      "of JSON",
      { content: '{"a":1}', content_type: "application/json" },
      { kind: "said", text: '{"a":1}', data: { a: 1 } },
    ],
    [
      "of JSON that is none",
      { content: "{a", content_type: "application/json" },
      { kind: "said", text: "{a" },
    ],
    [
      "with a name",
      { content: "hello", name: "notes" },
      { kind: "artifact", name: "notes", media_type: "text/plain", bytes: bytes("hello") },
    ],
    [
      "in base64",
      { content: "aGVsbG8=", content_encoding: "base64", content_type: "image/png" },
      { kind: "artifact", name: "part", media_type: "image/png", bytes: bytes("hello") },
    ],
    [
      "with a name, whose type says how it is written",
      { name: "page", content: "hello", content_type: "text/plain; charset=utf-8" },
      { kind: "artifact", name: "page", media_type: "text/plain", bytes: bytes("hello") },
    ],
    [
      "in base64, whose type says how it is written",
      { name: "p", content: "aGVsbG8=", content_encoding: "base64", content_type: "image/svg+xml ;a=b" },
      { kind: "artifact", name: "p", media_type: "image/svg+xml", bytes: bytes("hello") },
    ],
    [
      "of no known type",
      { content: "hello", content_type: "a type/of its own" },
      { kind: "artifact", name: "part", media_type: "application/octet-stream", bytes: bytes("hello") },
    ],
    ["that lies elsewhere", { content_url: "http://x/y" }, log("a part of the answer is at http://x/y")],
    [
      "with a name, that lies elsewhere",
      { name: "notes", content_url: "http://x/y" },
      log("notes is at http://x/y"),
    ],
    ["without content", { name: "notes" }, undefined],
  ];
  test.each(rows)("%s", (_what, part, expected) => {
    expect(stepOfPart(part)).toEqual(expected);
  });
});

describe("an event of an agent's own kind", () => {
  const rows: readonly [string, JsonObject, unknown][] = [
    ["a thought", { thought: "hm" }, { type: "thought", text: "hm" }],
    [
      "a step",
      { tool_call: { id: "1", title: "look", status: 7 } },
      { type: "tool_call", tool_call_id: "1", title: "look" },
    ],
    ["a step without a name", { tool_call: {} }, { type: "tool_call", tool_call_id: "" }],
    ["a plan", { plan: [{ content: "first" }] }, { type: "plan", entries: [{ content: "first" }] }],
    ["what it cost", { usage: { tokens: 3 } }, { type: "usage", usage: { tokens: 3 } }],
    ["words", { message: "so far" }, { type: "log", text: "so far" }],
    ["anything else", { weather: "fine" }, { type: "log", text: '{"weather":"fine"}' }],
  ];
  test.each(rows)("%s", (_what, generic, data) => {
    expect(stepOf({ type: "generic", generic }, acp)).toEqual({ kind: "progress", data });
  });
});

test("an event that nobody knows is passed over", () => {
  for (const type of ["message.created", "session", 7, null]) expect(stepOf({ type }, acp)).toBeUndefined();
});

test("a word for a state that isn't known is none of the ends", () => {
  const step = (run: JsonObject) => stepOf({ type: "run.updated", run }, acp)?.kind;
  expect(step({ status: "cancelling" })).toBe("working");
  expect(step({ status: "toString" })).toBe("working");
  expect(step({})).toBe("working");
  expect(step({ status: "completed" })).toBe("ended");
});

describe("the answer of a run", () => {
  test("is what its messages say, text by text, and the last of its data", () => {
    const output = [
      { parts: [{ content: "one " }, { content: "as a file", name: "a.txt" }] },
      { parts: [{ content: '{"n":1}', content_type: "application/json" }, { content: " two" }] },
    ];
    expect(answerOf({ output })).toEqual({ text: 'one {"n":1} two', data: { n: 1 } });
  });

  const rows: readonly [string, JsonObject, unknown][] = [
    ["without anything", {}, []],
    ["with no result", { result: null }, []],
    ["with a text", { result: { text: "done" } }, [{ content: "done" }]],
    ["with data", { result: { sum: 3 } }, [{ content: '{"sum":3}', content_type: "application/json" }]],
    ["with a list", { result: [3] }, [{ content: "[3]", content_type: "application/json" }]],
    ["whose messages come first", { output: [{ parts: [{ content: "a" }] }], result: 3 }, [{ content: "a" }]],
  ];
  test.each(rows)("%s", (_what, run, parts) => {
    expect(partsOf(run)).toEqual(parts);
  });
});

describe("why a run has failed", () => {
  const rows: readonly [string, JsonObject, string][] = [
    ["with a code", { error: { message: "too hot", code: "heat" } }, "too hot (heat)"],
    ["without a code", { error: { message: "too hot" } }, "too hot"],
    ["as a reason", { error: { code: "heat" }, reason: "too hot" }, "too hot"],
    ["as a text", { error: "too hot" }, "too hot"],
    ["without a word", { error: { message: "" } }, "the run failed, and its server does not say why"],
  ];
  test.each(rows)("%s", (_what, run, expected) => {
    expect(errorOf(run)).toBe(expected);
  });
});

describe("a refusal", () => {
  const mask = (text: string) => text.replaceAll("secret", "***");
  const rows: readonly [string, JsonObject | undefined, string][] = [
    ["without a body", undefined, "500"],
    ["with a code alone", { code: "bad_secret" }, "500 bad_***"],
    ["with words", { message: "no, secret" }, "500: no, ***"],
    ["with an error", { code: "bad", error: "no" }, "500 bad: no"],
    ["with a trace", { detail: 'no such thing\n\n  File "/home/x.py", line 3' }, "500: no such thing"],
  ];
  test.each(rows)("%s", (_what, json, expected) => {
    expect(refusalOf({ status: 500, json }, mask)).toBe(expected);
  });

  test("is cut behind its secrets are hidden", () => {
    const said = refusalOf({ status: 500, json: { message: `${"x".repeat(997)}secret` } }, mask);
    expect(said).toBe(`500: ${"x".repeat(997)}***`);
  });
});
