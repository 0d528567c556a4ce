import { describe, expect, it } from "vitest";
import { type Frame, framesOf } from "#generated/client/src/frames.ts";

/** A body that comes in pieces of a size. */
function inPieces(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

async function read(text: string, size: number) {
  const frames: Frame[] = [];
  const retries: number[] = [];
  const options = { silenceMs: 5_000, onRetry: (delayMs: number) => void retries.push(delayMs) };
  for await (const frame of framesOf(inPieces(text, size), options)) frames.push(frame);
  return { frames, retries };
}

const text =
  ': keepalive\n\nid: 1\nevent: task.event\ndata: {"text":"größer ✓ 🙂"}\n\nretry: 50\nid: 2\ndata: a\ndata: b\n\nid: 3\ndata: cut';

describe("the frames of a body", () => {
  it.each([1, 2, 3, 5, 64, 4096])("are whole when it comes in pieces of %i bytes", async (size) => {
    const { frames, retries } = await read(text, size);
    expect(frames).toEqual([
      { id: "1", event: "task.event", data: '{"text":"größer ✓ 🙂"}' },
      { id: "2", event: undefined, data: "a\nb" },
    ]);
    expect(retries).toEqual([50]);
  });

  it("understand all line ends", async () => {
    const { frames } = await read("id: 1\r\ndata: a\r\n\r\nid: 2\rdata: b\r\rid: 3\ndata: c\n\n", 1);
    expect(frames.map(({ id, data }) => `${id}${data}`)).toEqual(["1a", "2b", "3c"]);
  });
});
