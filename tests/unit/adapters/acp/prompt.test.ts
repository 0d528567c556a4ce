import { describe, expect, test } from "vitest";
import { dialectOf } from "#src/adapters/acp/dialects.ts";
import { promptOf } from "#src/adapters/acp/prompt.ts";
import type { Json } from "#src/core/ports.ts";
import { taskOf } from "../../../launching.ts";

const generic = dialectOf("generic");
const textOf = (payload: Json, runtime_options = {}, dialect = generic): string => {
  const [block] = promptOf(taskOf(payload, { runtime_options }), dialect).prompt;
  return block?.type === "text" ? block.text : "";
};

describe("a prompt", () => {
  test.each<[Json, string]>([
    [{ text: "hello", prompt: "no" }, "hello"],
    [{ prompt: "hello" }, "hello"],
    ["hello", "hello"],
    [{ mode: "echo", n: 1 }, '{"mode":"echo","n":1}'],
    [[1, 2], "[1,2]"],
    [null, "null"],
    [{ text: "" }, ""],
    [{ n: 1, attachments: [{ name: "a", text: "long" }] }, '{"n":1}'],
    [{ n: 1, attachments: null }, '{"n":1}'],
  ])("of %j says %j", (payload, text) => {
    expect(textOf(payload)).toBe(text);
  });

  test("is guarded against being taken as a command, also by a runtime that trims", () => {
    expect(textOf({ text: "/help" })).toBe("Text: /help");
    expect(textOf({ text: " \n/help" })).toBe("Text: /help");
    expect(textOf({ text: "/help" }, {}, dialectOf("hermes"))).toBe("Text: /help");
    // It takes a command out of a text, too, if a space is before it.
    expect(textOf({ text: "  /help" }, {}, dialectOf("openclaw"))).toBe("Text:/help");
    expect(textOf({ text: "a /help" })).toBe("a /help");
  });

  test.each(["stop", "Please stop!", " STOP the  agent. ", "停止。"])(
    "that is nothing but %j does not stop OpenClaw, which would never answer it",
    (text) => {
      expect(textOf({ text }, {}, dialectOf("openclaw"))).toBe(`Text:${text.trimStart()}`);
      expect(textOf({ text }, { raw_prompt: true }, dialectOf("openclaw"))).toBe(text);
      expect(textOf({ text }, {}, dialectOf("generic"))).toBe(text);
      expect(textOf({ text: `${text} and go on` }, {}, dialectOf("openclaw"))).toBe(`${text} and go on`);
    },
  );

  test.each([true, "true"])("with raw_prompt %j is left as it is", (raw_prompt) => {
    expect(textOf({ text: "/help" }, { raw_prompt })).toBe("/help");
  });

  test("links its attachments", () => {
    const attachments = [
      { uri: "file:///a/b.txt", mime_type: "text/plain" },
      "https://example.org/c.pdf?x=1",
      { url: "https://example.org/d", name: "D" },
    ];
    expect(promptOf(taskOf({ text: "see", attachments }), generic).prompt.slice(1)).toEqual([
      { type: "resource_link", uri: "file:///a/b.txt", name: "b.txt", mimeType: "text/plain" },
      { type: "resource_link", uri: "https://example.org/c.pdf?x=1", name: "c.pdf" },
      { type: "resource_link", uri: "https://example.org/d", name: "D" },
    ]);
  });

  const attached = (attachment: Json, takes = {}) =>
    promptOf(taskOf({ text: "see", attachments: [attachment] }), generic, takes).prompt[1];

  test("embeds a text where the runtime takes that, and says it under its name elsewhere", () => {
    const notes = { name: "notes.md", mime_type: "text/markdown", text: "# Notes" };
    expect(attached(notes, { embeddedContext: true })).toEqual({
      type: "resource",
      resource: { uri: "attachment:notes.md", mimeType: "text/markdown", text: "# Notes" },
    });
    expect(attached(notes)).toEqual({ type: "text", text: "notes.md:\n# Notes" });
  });

  test("embeds bytes in the way that the runtime takes them, and never drops them", () => {
    const picture = { name: "a.png", mime_type: "image/png", data: "AAAA" };
    expect(attached(picture, { image: true })).toEqual({
      type: "image",
      data: "AAAA",
      mimeType: "image/png",
    });
    expect(attached({ ...picture, uri: "file:///a.png" }, { embeddedContext: true })).toEqual({
      type: "resource",
      resource: { uri: "file:///a.png", mimeType: "image/png", blob: "AAAA" },
    });
    expect(() => attached(picture)).toThrow(
      expect.objectContaining({ kind: "submit_failed", message: expect.stringContaining("a.png") }),
    );
  });

  test.each<[Json, string]>([
    [[{ uri: "file:///a" }, { artifact_id: "01J" }], "payload.attachments[1]"],
    [[{ path: "/a" }], "payload.attachments[0]"],
    [[5], "payload.attachments[0]"],
    [[""], "payload.attachments[0]"],
    [{ uri: "file:///a" }, "payload.attachments is no list"],
    ["file:///a", "payload.attachments is no list"],
  ])("with %j as attachments is refused, since something would be missing", (attachments, words) => {
    expect(() => promptOf(taskOf({ text: "see", attachments }), generic)).toThrow(
      expect.objectContaining({ kind: "submit_failed", message: expect.stringContaining(words) }),
    );
  });

  test("carries the task's id and a trace that W3C knows", () => {
    const task = taskOf({ text: "x" });
    const meta = promptOf(task, generic)._meta;
    expect(meta.aethrolink).toEqual({ task_id: task.task_id });
    expect(meta.traceparent).toMatch(new RegExp(`^00-${task.trace_id}-[0-9a-f]{16}-01$`));
    expect(
      promptOf(taskOf({}, { trace_id: "01J00000000000000000000000" }), generic)._meta,
    ).not.toHaveProperty("traceparent");
  });
});
