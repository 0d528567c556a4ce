/**
 * The messages of one agent: what comes in, numbered and in order, and what goes out. It needs two
 * byte streams, wherever they come from.
 *
 * Invariants:
 * 1. Only JSON objects are handed on. Whatever else comes is counted and never answered: an agent
 *    that doesn't read its stdin must not be able to hang us.
 * 2. What is sent in one turn of the event loop is one write.
 * 3. After `ended` or `overflow` nothing is handed on any more.
 */
import type { Readable, Writable } from "node:stream";
import type { Json, JsonObject } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import { createLineSplitter } from "./lines.ts";

/** The longest line that is read: 64 MiB. */
export const defaultLineLimit = 64 * 1024 * 1024;

export interface MessageReader {
  /** @param number of the message, counted from 1 */
  message(message: JsonObject, number: number): void;
  /** A line was longer than the limit. */
  overflow(): void;
  /** The agent closed its output. */
  ended(): void;
}

export interface MessageStream {
  /** Begins to read; called once. */
  read(reader: MessageReader): void;
  send(message: object): void;
  /**
   * Resolves when the pipe has taken all that was sent so far.
   * @throws Error when the pipe is broken
   */
  flushed(): Promise<void>;
  /** How many messages were handed on, and how many lines were none. */
  counts(): { readonly consumed: number; readonly skipped: number };
}

/** @param limit the longest line in bytes */
export function createMessageStream(
  input: Readable,
  output: Writable,
  limit: number = defaultLineLimit,
): MessageStream {
  let consumed = 0;
  let skipped = 0;
  const writes = createJoinedWrites(output);

  const read = (reader: MessageReader): void => {
    let over = false;
    const splitter = createLineSplitter(limit, {
      line(bytes) {
        const message = parseObject(bytes);
        if (message === undefined) {
          skipped += 1;
          return;
        }
        consumed += 1;
        reader.message(message, consumed);
      },
      overflow() {
        over = true;
        reader.overflow();
      },
    });
    input.on("data", splitter);
    input.once("end", () => {
      if (!over) reader.ended();
    });
    input.on("error", () => {}); // its end, or the process's, follows
    input.resume();
  };
  return { read, ...writes, counts: () => ({ consumed, skipped }) };
}

const brace = 0x7b;
const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d]);

/** The object that a line holds; undefined: it holds none. */
function parseObject(bytes: Buffer): JsonObject | undefined {
  let start = 0;
  while (blanks.has(bytes[start] ?? brace)) start += 1;
  if (bytes[start] !== brace) return undefined; // spares an exception for most noise
  try {
    const value: Json = JSON.parse(bytes.toString("utf8"));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function createJoinedWrites(output: Writable): Pick<MessageStream, "send" | "flushed"> {
  let pending = "";
  let batch: PromiseWithResolvers<void> | undefined;

  const flush = (): void => {
    const written = batch;
    const text = pending;
    pending = "";
    batch = undefined;
    output.write(text, (error) => {
      if (error) written?.reject(error);
      else written?.resolve();
    });
  };

  return {
    send(message) {
      pending += `${JSON.stringify(message)}\n`;
      if (batch !== undefined) return;
      batch = Promise.withResolvers<void>();
      batch.promise.catch(() => {}); // told to whoever asks; the process's end tells the rest
      // Behind all that this callback of the event loop still says, and before its next commit.
      process.nextTick(flush);
    },
    flushed: () => batch?.promise ?? Promise.resolve(),
  };
}
