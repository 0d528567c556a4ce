import { describe, expect, test } from "vitest";
import { createMasker, createStderrTail } from "#src/processes/stderr-tail.ts";

describe("the tail of stderr", () => {
  test("keeps the last of what was written", () => {
    const tail = createStderrTail(10, createMasker([]), 0);
    for (const text of ["abc", "defghijk", "lmnop"]) tail.add(Buffer.from(text));
    expect(tail.text()).toBe("ghijklmnop");
  });

  test("masks a secret wherever the chunks and the limit cut it", () => {
    const secret = "canary-secret";
    const text = `before ${secret} after`;
    for (let limit = 1; limit <= text.length; limit += 1) {
      for (let cut = 0; cut <= text.length; cut += 1) {
        const tail = createStderrTail(limit, createMasker([secret]), secret.length);
        tail.add(Buffer.from(text.slice(0, cut)));
        tail.add(Buffer.from(text.slice(cut)));
        expect("before *** after".endsWith(tail.text())).toBe(true);
      }
    }
  });

  test("masks the longer of two secrets that overlap, and what JSON makes of one, and leaves short values", () => {
    const masker = createMasker(["secret-12", "secret-12-and-more", 'with"quote', "short"]);
    expect(masker("secret-12-and-more, secret-12, short")).toBe("***, ***, short");
    expect(masker(JSON.stringify({ a: 'with"quote' }))).toBe('{"a":"***"}');
  });
});
