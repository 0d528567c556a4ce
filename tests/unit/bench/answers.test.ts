/** The client of the benchmarks reads answers right, however they are cut. */
import { describe, expect, it } from "vitest";
import { answersReader } from "../../bench/answers.ts";
import { framesReader } from "../../bench/laps.ts";

const bytes = Buffer.from(
  "HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\nfirst" +
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsec\n\r\n3\r\nond\r\n0\r\n\r\n" +
    "HTTP/1.1 204 No Content\r\n\r\n",
);

function readIn(pieces: readonly Buffer[]): { status: number; text: string }[] {
  const found: { status: number; text: string }[] = [];
  let text = "";
  const read = answersReader({
    part: (part) => {
      text += part.toString();
    },
    end: (status) => {
      found.push({ status, text });
      text = "";
    },
  });
  for (const piece of pieces) read(piece);
  return found;
}

const wanted = [
  { status: 202, text: "first" },
  { status: 200, text: "sec\nond" },
  { status: 204, text: "" },
];

describe("answers that come over one connection", () => {
  it("are read when they come at once, and byte by byte", () => {
    expect(readIn([bytes])).toEqual(wanted);
    expect(readIn([...bytes].map((byte) => Buffer.from([byte])))).toEqual(wanted);
  });

  it("are read wherever they are cut in two", () => {
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(readIn([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(wanted);
    }
  });
});

describe("frames of a stream", () => {
  it("are read wherever they are cut, without what isn't an event", () => {
    const stream = 'id: 1\ndata: {"a":1}\n\n: keepalive\n\nevent: task.event\nid: 2\ndata: {"b":2}\n\n';
    for (let cut = 0; cut <= stream.length; cut++) {
      const found: (readonly [number, string])[] = [];
      const read = framesReader((id, data) => found.push([id, data]));
      read(stream.slice(0, cut));
      read(stream.slice(cut));
      expect(found).toEqual([
        [1, '{"a":1}'],
        [2, '{"b":2}'],
      ]);
    }
  });
});
