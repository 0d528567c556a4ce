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

/** Where a handful of frames ends that begins at `from`; it has one at least. */
function endOfHandful(frames: readonly string[], from: number): number {
  let size = frames[from]?.length ?? 0;
  let to = from + 1;
  for (; to < frames.length; to++) {
    size += frames[to]?.length ?? 0;
    if (size > handful) break;
  }
  return to;
}

/**
 * @param last the id behind which the tail begins
 * @param limit how many characters it keeps
 */
export function openTail(last: number, limit = 1024 * 1024): Tail {
  let frames: string[] = [];
  let ids: number[] = [];
  let size = 0;
  let newest = last;
  let before = last;
  const wakes = new Set<() => void>();
  // All readers at the same place share the same bytes.
  let joined: { readonly after: number; readonly full: boolean; readonly frames: Frames } | undefined;

  const dropOldest = () => {
    let cut = 0;
    for (const [n, frame] of frames.slice(0, -1).entries()) {
      if (size <= limit) break;
      size -= frame.length;
      cut = n + 1;
    }
    before = ids[cut - 1] ?? before;
    frames = frames.slice(cut);
    ids = ids.slice(cut);
  };

  return {
    since(after) {
      if (after < before || after >= newest) return undefined;
      if (joined?.after === after && (joined.full || joined.frames.last === newest)) return joined.frames;
      const from = ids.findIndex((id) => id > after);
      const to = endOfHandful(frames, from);
      const all = from === 0 && to === frames.length;
      const text = all ? frames.join("") : frames.slice(from, to).join("");
      const found = { bytes: Buffer.from(text), last: ids[to - 1] ?? newest };
      joined = { after, full: to < frames.length, frames: found };
      return found;
    },
    last: () => newest,
    push(id, frame) {
      frames.push(frame);
      ids.push(id);
      size += frame.length;
      newest = id;
      if (size > limit) dropOldest();
    },
    skip(id) {
      frames = [];
      ids = [];
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
