import { describe, expect, test } from "vitest";
import { createLineSplitter } from "#src/adapters/acp/lines.ts";

function split(limit: number, chunks: readonly Buffer[]): { lines: string[]; overflows: number } {
  const seen = { lines: [] as string[], overflows: 0 };
  const take = createLineSplitter(limit, {
    line: (bytes) => void seen.lines.push(bytes.toString("utf8")),
    overflow: () => {
      seen.overflows += 1;
    },
  });
  for (const chunk of chunks) take(chunk);
  return seen;
}

describe("the line splitter", () => {
  const text = Buffer.from('{"a":"é€😀"}\n\n{"b":"naïve 漢字"}\r\nrest\n');
  const lines = ['{"a":"é€😀"}', '{"b":"naïve 漢字"}\r', "rest"];

  test("gives whole lines for every place where two chunks may be cut", () => {
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(split(1000, [text.subarray(0, cut), text.subarray(cut)]).lines).toEqual(lines);
    }
  });

  test("gives whole lines when every byte comes alone", () => {
    const bytes = Array.from({ length: text.length }, (_, at) => text.subarray(at, at + 1));
    expect(split(1000, bytes).lines).toEqual(lines);
  });

  test("keeps back a line that has no end yet", () => {
    expect(split(1000, [Buffer.from("one\ntwo")]).lines).toEqual(["one"]);
  });

  test("lets a line of the limit pass, and stops at one byte more", () => {
    for (const size of [1, 7, 16, 17]) {
      const line = "x".repeat(16);
      const chunks = (of: string): Buffer[] => {
        const bytes = Buffer.from(of);
        return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
          bytes.subarray(n * size, (n + 1) * size),
        );
      };
      expect(split(16, chunks(`${line}\nnext\n`))).toEqual({ lines: [line, "next"], overflows: 0 });
      expect(split(16, chunks(`before\n${line}y\nnext\n`))).toEqual({ lines: ["before"], overflows: 1 });
    }
  });
});
