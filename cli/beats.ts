/** Heartbeats in a row: one that fails is sent again soon, as long as that can help. */
import { setTimeout as after } from "node:timers/promises";
import { AethrolinkError, UnreachableError } from "@aethrolink/client";

interface Beats<Answer> {
  readonly everyMs: number;
  /** Ends them. */
  readonly signal: AbortSignal;
  beat(): Promise<Answer>;
  told(answer: Answer): void;
  /** One failed, and is sent again in so long. */
  failed(thrown: Error, againMs: number): void;
}

const soonestMs = 1000;
const latestMs = 30_000;
/** No timer lasts longer (2^31 - 1 ms); a longer one would be over at once. */
const longestMs = 2_147_483_647;

/** Whether the same heartbeat may succeed later; of what the node says for certain, it can't. */
export function mayPass(thrown: unknown): thrown is Error {
  if (thrown instanceof UnreachableError) return true;
  return thrown instanceof AethrolinkError && (thrown.status >= 500 || thrown.status === 429);
}

/**
 * Beats until the signal.
 * @throws what the node says for certain, such as that it has no such agent
 */
export async function beatOn<Answer>(beats: Beats<Answer>): Promise<void> {
  const { signal } = beats;
  const everyMs = Math.min(beats.everyMs, longestMs);
  let failures = 0;
  while (!signal.aborted) {
    const againMs = Math.min(everyMs, latestMs, soonestMs * 2 ** failures);
    const kept = await once(beats, againMs);
    failures = kept ? 0 : failures + 1;
    await after(kept ? everyMs : againMs, undefined, { signal }).catch(() => undefined);
  }
}

async function once<Answer>(
  { beat, told, failed, signal }: Beats<Answer>,
  againMs: number,
): Promise<boolean> {
  try {
    told(await beat());
    return true;
  } catch (thrown) {
    if (signal.aborted) return true;
    if (!mayPass(thrown)) throw thrown;
    failed(thrown, againMs);
    return false;
  }
}
