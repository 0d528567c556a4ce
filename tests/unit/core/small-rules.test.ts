import { describe, expect, it } from "vitest";
import { stickyModes } from "#contracts/enums.ts";
import { isLoopbackName } from "#src/core/loopback.ts";
import type { Json } from "#src/core/ports.ts";
import { promptText } from "#src/core/prompt-text.ts";
import { stickyKey } from "#src/core/sticky-key.ts";

describe("what a session is kept by", () => {
  const table: readonly [(typeof stickyModes)[number], string | null, string | null][] = [
    ["conversation", "thread", "thread"],
    ["conversation", null, "talk"],
    ["thread", "thread", "thread"],
    ["thread", null, null],
    ["none", "thread", null],
    ["none", null, null],
  ];

  it("is said for every mode", () => {
    expect(new Set(table.map(([mode]) => mode))).toEqual(new Set(stickyModes));
  });

  it.each(table)("in the mode %s with the thread %s is %s", (mode, thread, key) => {
    expect(stickyKey(mode, thread, "talk")).toBe(key);
  });
});

describe("this machine's names", () => {
  it.each(["localhost", "LOCALHOST", "127.0.0.1", "127.9.8.7", "::1", "[::1]"])("%s is one", (name) => {
    expect(isLoopbackName(name)).toBe(true);
  });

  it.each([
    "",
    "localhost.",
    "localhost.evil.example",
    "evil.localhost",
    "127.0.0.1.evil.example",
    "x127.0.0.1",
    "127.0.0.1:80",
    "127.1",
    "2130706433",
    "0.0.0.0",
    "192.168.0.1",
    "::",
    "[::]",
    "::ffff:127.0.0.1",
    "127.0.0.1\n",
  ])("%j is none", (name) => {
    expect(isLoopbackName(name)).toBe(false);
  });
});

describe("a payload as a prompt", () => {
  it.each<[Json, string]>([
    ["plain", "plain"],
    [{ text: "a", prompt: "b" }, "a"],
    [{ prompt: "b" }, "b"],
    [{ text: "" }, ""],
    [{ text: 1, prompt: "b" }, "b"],
    [{ task: "c" }, '{"task":"c"}'],
    [["text"], '["text"]'],
    [null, "null"],
    [0, "0"],
  ])("of %j is %j", (payload, text) => {
    expect(promptText(payload)).toBe(text);
  });
});
