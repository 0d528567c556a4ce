import { PassThrough, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { createMessageStream, defaultLineLimit } from "#src/adapters/acp/message-stream.ts";
import type { JsonObject } from "#src/core/ports.ts";
import { tellFigures } from "../../../soak/figures.ts";

interface Seen {
  messages: [number, JsonObject][];
  ends: string[];
}

/** Reads all that is written to `input`, until it ends or overflows. */
async function readAll(
  limit: number,
  write: (input: PassThrough) => void,
): Promise<Seen & { skipped: number }> {
  const input = new PassThrough();
  const seen: Seen = { messages: [], ends: [] };
  const stream = createMessageStream(input, new PassThrough(), limit);
  await new Promise<void>((resolve) => {
    const over = (why: string) => () => {
      seen.ends.push(why);
      resolve();
    };
    stream.read({
      message: (message, number) => void seen.messages.push([number, message]),
      overflow: over("overflow"),
      ended: over("ended"),
    });
    write(input);
    input.end();
  });
  return { ...seen, skipped: stream.counts().skipped };
}

describe("the message stream", () => {
  test("hands on objects only, numbered; noise is counted", async () => {
    const noise = ["warning: something", "[]", "[{}]", "1", "null", '"x"', '{"half":', "{oops}", "\u0000"];
    const { messages, skipped } = await readAll(1000, (input) => {
      for (const line of noise) input.write(`${line}\n{"after":${JSON.stringify(line)}}\r\n`);
    });
    expect(messages).toEqual(noise.map((line, n) => [n + 1, { after: line }]));
    expect(skipped).toBe(noise.length);
  });

  test("never loses a character, wherever the bytes are cut", async () => {
    const bytes = Buffer.from('{"text":"é€😀漢字"}\n');
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const { messages } = await readAll(1000, (input) => {
        input.write(bytes.subarray(0, cut));
        input.write(bytes.subarray(cut));
      });
      expect(messages).toEqual([[1, { text: "é€😀漢字" }]]);
    }
  });

  test("takes a line of 64 MiB, and ends at one byte more", { timeout: 30_000 }, async () => {
    const line = (bytes: number): Buffer => {
      const text = Buffer.alloc(bytes + 1, "x");
      text.write('{"a":"');
      text.write('"}\n', bytes - 2);
      return text;
    };
    const fits = await readAll(defaultLineLimit, (input) => void input.write(line(defaultLineLimit)));
    expect(fits.ends).toEqual(["ended"]);
    expect(String(fits.messages[0]?.[1].a)).toHaveLength(defaultLineLimit - 8);
    const over = await readAll(defaultLineLimit, (input) => {
      input.write('{"before":1}\n');
      input.write(line(defaultLineLimit + 1));
      input.write('{"after":1}\n');
    });
    expect(over.ends).toEqual(["overflow"]);
    expect(over.messages).toEqual([[1, { before: 1 }]]);
    tellFigures("G12", { lineMib: defaultLineLimit / 2 ** 20 });
  });

  test("joins what is sent in one turn of the event loop into one write", async () => {
    const writes: string[] = [];
    const output = new Writable({
      write(chunk, _encoding, taken) {
        writes.push(String(chunk));
        taken();
      },
    });
    const stream = createMessageStream(new PassThrough(), output);
    stream.send({ n: 1 });
    stream.send({ n: 2 });
    await stream.flushed();
    stream.send({ n: 3 });
    await stream.flushed();
    expect(writes).toEqual(['{"n":1}\n{"n":2}\n', '{"n":3}\n']);
  });

  test("tells that the pipe is broken to who waits for it", async () => {
    const output = new Writable({ write: (_chunk, _encoding, taken) => taken(new Error("broken")) });
    output.on("error", () => {});
    const stream = createMessageStream(new PassThrough(), output);
    stream.send({});
    await expect(stream.flushed()).rejects.toThrow("broken");
  });
});
