/** Server-sent events as frames of an answer. */
import type { FrameBody } from "#src/core/network-ports.ts";
import type { Json } from "#src/core/ports.ts";

const largestFrame = 1024 * 1024;

/**
 * The frames of a stream, as they come; comments, and fields that mean nothing here, are passed over. What is
 * no JSON is passed on as text, for whoever knows what should have been there: asking again would bring the
 * same again. Behind one that is too large there is nothing more.
 */
export async function* framesOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<FrameBody, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const frame = frameOf(block);
      if (frame !== undefined) yield frame;
    }
    if (rest.length <= largestFrame) continue;
    yield { kind: "frame", id: null, content: "a frame that is too large" };
    return;
  }
}

function frameOf(block: string): FrameBody | undefined {
  const lines = block.split(/\r?\n/);
  const valuesOf = (field: string) =>
    lines.flatMap((line) =>
      line.startsWith(`${field}:`) ? [line.slice(field.length + 1).replace(/^ /, "")] : [],
    );
  const data = valuesOf("data");
  if (data.length === 0) return undefined;
  return { kind: "frame", id: valuesOf("id").at(-1) ?? null, content: contentOf(data.join("\n")) };
}

function contentOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
