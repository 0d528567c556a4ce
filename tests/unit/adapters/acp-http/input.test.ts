/** What a task says to an HTTP runtime. */
import { expect, test } from "vitest";
import { dialectOf } from "#src/adapters/acp-http/dialects.ts";
import { controlType, inputOf } from "#src/adapters/acp-http/input.ts";
import type { Json } from "#src/core/ports.ts";
import { taskOf } from "../../../launching.ts";

const words = (content: string) => ({ content_type: "text/plain", content });
const json = (value: unknown) => ({ content_type: "application/json", content: JSON.stringify(value) });
const file = { name: "a.png", content_type: "image/png" };

const rows: readonly [string, Json, unknown[]][] = [
  ["a text", "hello", [words("hello")]],
  ["an object of one text", { text: "hello" }, [words("hello")]],
  ["an object of one prompt", { prompt: "hello" }, [words("hello")]],
  ["a text that is none", { text: 7 }, [json({ text: 7 })]],
  ["a text with more", { text: "hello", n: 1 }, [json({ text: "hello", n: 1 })]],
  ["a list", [1, 2], [json([1, 2])]],
  ["nothing", null, [json(null)]],
  [
    "attachments by their places",
    { text: "look", attachments: ["http://x/a", { uri: "file:///b", title: "b" }, { url: "http://x/c" }] },
    [
      words("look"),
      { content_url: "http://x/a" },
      { name: "b", content_url: "file:///b" },
      { content_url: "http://x/c" },
    ],
  ],
  [
    "attachments with what is in them",
    {
      text: "look",
      attachments: [
        { name: "a.txt", text: "in it" },
        { name: "a.png", mimeType: "image/png", data: "aGk=" },
      ],
    },
    [
      words("look"),
      { content_type: "text/plain", name: "a.txt", content: "in it" },
      { ...file, content: "aGk=", content_encoding: "base64" },
    ],
  ],
  ["attachments that are null", { text: "look", attachments: null }, [words("look")]],
  [
    "attachments without a text",
    { n: 1, attachments: ["http://x/a"] },
    [json({ n: 1 }), { content_url: "http://x/a" }],
  ],
];

test.each(rows)("%s", (_what, payload, expected) => {
  const { messages } = inputOf(taskOf(payload), dialectOf("aethrolink"));
  expect((messages as unknown[]).slice(1)).toEqual(expected);
});

test.each<[Json, string]>([
  [[{ uri: "file:///a" }, { artifact_id: "01J" }], "payload.attachments[1]"],
  [[{ name: "a" }], "payload.attachments[0]"],
  [[7], "payload.attachments[0]"],
  [[""], "payload.attachments[0]"],
  ["all", "payload.attachments is no list"],
])("%j as attachments is refused, since something would be missing", (attachments, message) => {
  expect(() => inputOf(taskOf({ text: "look", attachments }), dialectOf("acp"))).toThrow(
    expect.objectContaining({ kind: "submit_failed", message: expect.stringContaining(message) }),
  );
});

test("who wants what comes first, in a message where the dialect has such", () => {
  const task = taskOf("hello", { sender: "editor", intent: "write" });
  const { input } = inputOf(task, dialectOf("acp"));
  expect(input).toEqual([
    { role: "user", parts: [{ content_type: controlType, content: expect.any(String) }, words("hello")] },
  ]);
  const [{ parts }] = input as [{ parts: [{ content: string }] }];
  expect(JSON.parse(parts[0].content)).toMatchObject({
    protocol: "aethrolink/0.1-local",
    task_id: task.task_id,
    sender: "editor",
    intent: "write",
  });
});
