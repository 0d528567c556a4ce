import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { framesOf } from "#src/adapters/acp-http/frames.ts";
import type { JsonObject } from "#src/core/ports.ts";

async function read(chunks: readonly Uint8Array[], limit = 1000): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for await (const frame of framesOf(Readable.from(chunks), limit)) found.push(frame);
  return found;
}

describe("the frames of a stream", () => {
  const text =
    'data: {"a":"ä€😀"}\r\n\r\n: a comment\nid: 3\ndata:{"b":\ndata: 2}\n\ndata: no json\n\ndata: [1]\n\n';

  test("are the same wherever the bytes are cut", async () => {
    const bytes = Buffer.from(text);
    for (let at = 0; at <= bytes.length; at++) {
      expect(await read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual([{ a: "ä€😀" }, { b: 2 }]);
    }
  });

  test("that aren't ended don't count", async () => {
    expect(await read([Buffer.from('data: {"a":1}\n\ndata: {"b":2}')])).toEqual([{ a: 1 }]);
  });

  test.each([
    ["one line", [`data: "${"x".repeat(1000)}"\n\n`]],
    ["one line without an end", ["data: ", "x".repeat(600), "x".repeat(600)]],
    ["several lines", Array.from({ length: 11 }, () => `data: ${"x".repeat(100)}\n`)],
  ])("of more bytes than the limit in %s break the stream", async (_in, chunks) => {
    const reading = read(chunks.map((chunk) => Buffer.from(chunk)));
    await expect(reading).rejects.toMatchObject({ kind: "protocol_error" });
  });

  test("that nest too deep are passed over", async () => {
    const deep = `data: {"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}\n\ndata: {"b":1}\n\n`;
    expect(await read([Buffer.from(deep)], 1_000_000)).toEqual([{ b: 1 }]);
  });
});
