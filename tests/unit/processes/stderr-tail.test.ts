import { describe, expect, test } from "vitest";
import { createMasker, createStderrTail } from "#src/processes/stderr-tail.ts";

describe("the tail of stderr", () => {
  test("keeps the last of what was written", () => {
    const tail = createStderrTail(10, []);
    for (const text of ["abc", "defghijk", "lmnop"]) tail.add(Buffer.from(text));
    expect(tail.text()).toBe("ghijklmnop");
  });

  test("masks a secret wherever the chunks and the limit cut it", () => {
    const secret = "canary-secret";
    const text = `before ${secret} after`;
    for (let limit = 1; limit <= text.length; limit += 1) {
      for (let cut = 0; cut <= text.length; cut += 1) {
        const tail = createStderrTail(limit, [secret]);
        tail.add(Buffer.from(text.slice(0, cut)));
        tail.add(Buffer.from(text.slice(cut)));
        expect("before *** after".endsWith(tail.text())).toBe(true);
      }
    }
  });

  test("shows no part of a secret that was cut, however often masks made the text shorter", () => {
    const secret = "canary-0123456789-abcdefghijklmnopqrstuvwxyz";
    const parts = [...secret].map((_, at) => secret.slice(-8 - at)).filter((part) => part !== secret);
    for (let pad = 0; pad < 60; pad += 1) {
      const tail = createStderrTail(1000, [secret]);
      const line = Buffer.from(`${"x".repeat(pad)} bearer ${secret}\n`);
      for (let lines = 0; lines < 100; lines += 1) tail.add(line);
      const text = tail.text();
      expect(text).toContain("bearer ***");
      expect(parts.filter((part) => text.includes(part))).toEqual([]);
    }
  });

  test("masks the longer of two secrets that overlap, and what JSON makes of one, and leaves short values", () => {
    const masker = createMasker(["secret-12", "secret-12-and-more", 'with"quote', "short"]);
    expect(masker("secret-12-and-more, secret-12, short")).toBe("***, ***, short");
    expect(masker(JSON.stringify({ a: 'with"quote' }))).toBe('{"a":"***"}');
  });
});
