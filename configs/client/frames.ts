/** Server-sent events, as they come. */
import { createParser, type EventSourceMessage } from "eventsource-parser";

/** A frame that came whole. A frame that was cut off is never one. */
export type Frame = EventSourceMessage;

export interface FrameOptions {
  /** Told what the server wants clients to wait before a reconnect. */
  onRetry: (delayMs: number) => void;
  /** How long nothing at all, not even a comment, may come before the connection counts as dead. */
  silenceMs: number;
}

/**
 * The frames of a body, until it ends.
 * @throws whatever the body's reader throws; Error where it is silent for too long
 */
export async function* framesOf(
  body: ReadableStream<Uint8Array>,
  { onRetry, silenceMs }: FrameOptions,
): AsyncGenerator<Frame, void> {
  const whole: Frame[] = [];
  const parser = createParser({ onEvent: (frame) => whole.push(frame), onRetry });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await within(silenceMs, reader.read());
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* whole.splice(0);
    }
  } finally {
    // The connection is given up, whether it has ended, broken, or is no longer wanted.
    await reader.cancel().catch(() => undefined);
  }
}

/** What a promise gives, if it does so in time. */
async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came for ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
