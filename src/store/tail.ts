/**
 * The newest events of a stream as encoded frames, shared by all of its readers, and the bell that
 * wakes them.
 *
 * 1. Only what is on disk is in a tail.
 * 2. A tail holds a run of ids without gaps, at most `limit` bytes of it; what is older is read from
 *    the log.
 * 3. The bell only wakes: a reader that missed it reads the same later.
 * 4. A reader gets a handful at a time, so that one that stalls holds no more than that.
 */

/** Frames as they go over the wire, with the id of the last of them. */
export interface Frames {
  readonly bytes: Uint8Array;
  readonly last: number;
}

/** So many characters of frames go to a reader at a time: what one that stalls holds, and no more. */
export const handful = 256 * 1024;

export interface Tail {
  /** A handful of frames behind `after`; undefined where the tail does not reach back so far, or holds nothing newer. */
  since(after: number): Frames | undefined;
  /** The id of the newest frame. */
  last(): number;
  push(id: number, frame: string): void;
  /** Begins again behind `id`, when frames were left out because nobody listened. */
  skip(id: number): void;
  /** Calls `wake` at each ring, until the answer is called. */
  listen(wake: () => void): () => void;
  ring(): void;
  readonly listeners: () => number;
}

interface Frame {
  readonly id: number;
  readonly text: string;
}

/**
 * @param last the id behind which the tail begins
 * @param limit how many characters it keeps
 */
export function openTail(last: number, limit = 1024 * 1024): Tail {
  let frames: Frame[] = [];
  let size = 0;
  let newest = last;
  let before = last;
  const wakes = new Set<() => void>();
  // All readers at the same place share the same bytes.
  let joined: { readonly after: number; readonly full: boolean; readonly frames: Frames } | undefined;

  const dropOldest = () => {
    let cut = 0;
    for (const { id, text } of frames.slice(0, -1)) {
      if (size <= limit) break;
      size -= text.length;
      before = id;
      cut++;
    }
    frames = frames.slice(cut);
  };

  return {
    since(after) {
      if (after < before || after >= newest) return undefined;
      if (joined?.after === after && (joined.full || joined.frames.last === newest)) return joined.frames;
      let text = "";
      let end = after;
      let full = false;
      // From the end, where nearly all readers are.
      for (const frame of frames.slice(frames.findLastIndex(({ id }) => id <= after) + 1)) {
        full = text !== "" && text.length + frame.text.length > handful;
        if (full) break;
        text += frame.text;
        end = frame.id;
      }
      // Bytes of their own: small ones would be a part of a pool, and keep all of it.
      const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
      bytes.write(text);
      const found = { bytes, last: end };
      joined = { after, full, frames: found };
      return found;
    },
    last: () => newest,
    push(id, text) {
      frames.push({ id, text });
      size += text.length;
      newest = id;
      if (size > limit) dropOldest();
    },
    skip(id) {
      frames = [];
      size = 0;
      newest = id;
      before = id;
    },
    listen(wake) {
      wakes.add(wake);
      return () => {
        wakes.delete(wake);
      };
    },
    ring() {
      for (const wake of wakes) wake();
    },
    listeners: () => wakes.size,
  };
}
