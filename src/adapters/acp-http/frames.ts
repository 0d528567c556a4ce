/** The events of a stream (WHATWG HTML, server-sent events): the data of each, as JSON. */
import type { JsonObject } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import { parsed } from "./json.ts";

/**
 * Reads a stream. What is no event with an object as its data is passed over.
 * @param limit the most bytes of an event
 * @throws AdapterFault protocol_error for a larger one; whatever the stream itself throws
 */
export async function* framesOf(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<JsonObject, void, undefined> {
  let data: string[] = [];
  let size = 0;
  for await (const line of linesOf(stream, limit)) {
    if (line === "") {
      const value = parsed(data.join("\n"));
      data = [];
      size = 0;
      if (isJsonObject(value)) yield value;
    } else if (line.startsWith("data:")) {
      const text = line.slice(line.startsWith("data: ") ? 6 : 5);
      size += text.length;
      if (size > limit) throw tooLarge(limit);
      data.push(text);
    }
  }
}

const tooLarge = (limit: number) =>
  new AdapterFault("protocol_error", `an event of more than ${limit} bytes came`);

const newline = 0x0a;

/** Decoded line by line, since a chunk may end in the middle of a character. */
async function* linesOf(stream: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<string> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      held.push(chunk.subarray(from, at));
      if (size + at - from > limit) throw tooLarge(limit);
      yield Buffer.concat(held).toString("utf8").replace(/\r$/, "");
      held = [];
      size = 0;
      from = at + 1;
    }
    held.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > limit) throw tooLarge(limit);
  }
}
