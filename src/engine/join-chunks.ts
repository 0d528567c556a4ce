/**
 * Joins the chunks of a text, so that a fast runtime doesn't make an event of each word: the first
 * goes out at once, what follows within 50 ms goes out together, at most 8 KB at a time.
 *
 * 1. Nothing is lost or reordered, and messages are never joined with thoughts.
 * 2. A state goes out with the text that it came with, in the same turn.
 */
import type { Clock, JsonObject } from "#src/core/ports.ts";

export type ChunkType = "message" | "thought";

export interface Chunks {
  /** @param state what is to be kept together with the text */
  add(type: ChunkType, text: string, state?: JsonObject): void;
  /** Lets out what is held back. */
  flush(): void;
}

const holdMs = 50;
const largest = 8192;
/** Room for the rest of the event's data. */
const largestEncoded = 16_000;

/**
 * @param emit gets texts whose data fits into an event
 */
export function joinChunks(
  clock: Clock,
  emit: (type: ChunkType, text: string, state?: JsonObject) => void,
): Chunks {
  let held = "";
  let heldType: ChunkType = "message";
  let heldState: JsonObject | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  let disarm: (() => void) | undefined;

  const flush = () => {
    disarm?.();
    disarm = undefined;
    if (held === "") return;
    const text = held;
    held = "";
    lastAt = clock.now();
    for (const piece of pieces(text)) emit(heldType, piece, heldState);
  };

  return {
    add(type, text, state) {
      if (held !== "" && (type !== heldType || held.length + text.length > largest)) flush();
      heldType = type;
      heldState = state;
      held += text;
      const dueInMs = lastAt + holdMs - clock.now();
      if (dueInMs <= 0 || held.length >= largest) flush();
      else disarm ??= clock.after(dueInMs, flush);
    },
    flush,
  };
}

/** Cuts a text into pieces that fit into an event each; a character is never cut in two. */
export function pieces(text: string, size = largest): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + size);
    if (end < text.length && isLeadSurrogate(text.charCodeAt(end - 1))) end++;
    const piece = text.slice(at, end);
    if (encodedFits(piece)) found.push(piece);
    // Control characters take six times their room as JSON.
    else found.push(...pieces(piece, size / 8));
    at = end;
  }
  return found;
}

const encodedFits = (text: string) =>
  text.length * 6 <= largestEncoded || Buffer.byteLength(JSON.stringify(text)) <= largestEncoded;
const isLeadSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
