/**
 * The newest events of what concerns one participant, shared by all who follow as it.
 *
 * 1. A participant's tail is there as long as somebody listens to it, and begins where the log is then.
 * 2. An event is pushed to the tails of its task's sender and target, and to each once.
 */
import type { Parties } from "#src/core/access.ts";
import { openTail, type Tail } from "./tail.ts";

/** What a reader needs of a tail. */
export type Listened = Pick<Tail, "since" | "last" | "listen">;

export interface ViewerTails {
  of(viewer: string): Listened;
  push(
    parties: Parties,
    frames: () => readonly { readonly position: number; readonly frame: string }[],
  ): void;
}

/** @param last the position of the newest event of all */
export function openViewerTails(last: () => number): ViewerTails {
  const tails = new Map<string, Tail>();
  const listen = (viewer: string, wake: () => void) => {
    const tail = tails.get(viewer) ?? openTail(last());
    tails.set(viewer, tail);
    const unlisten = tail.listen(wake);
    return () => {
      unlisten();
      if (tail.listeners() === 0 && tails.get(viewer) === tail) tails.delete(viewer);
    };
  };
  return {
    of: (viewer) => ({
      since: (after) => tails.get(viewer)?.since(after),
      last: () => tails.get(viewer)?.last() ?? last(),
      listen: (wake) => listen(viewer, wake),
    }),
    push({ sender, resolved_runtime }, frames) {
      if (tails.size === 0) return;
      for (const viewer of new Set([sender, resolved_runtime])) {
        const tail = tails.get(viewer);
        if (tail === undefined) continue;
        for (const { position, frame } of frames()) tail.push(position, frame);
        tail.ring();
      }
    },
  };
}
