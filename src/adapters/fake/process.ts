/** A process of the runtime in memory: started once, leased by many, ended once. */
import type { Lease, Target } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import type { FakeTurn } from "./turn.ts";

/** One start; whoever drives it calls `ready` or `fail`, once. */
export interface FakeStart {
  readonly launch_id: string;
  readonly target: Target;
  /** Aborted when nobody waits for it any more, and when its process ends. */
  readonly unwanted: AbortSignal;
  ready(): void;
  fail(message: string): void;
}

export interface FakeProcess {
  readonly target_id: string;
  readonly start: FakeStart;
  readonly turns: Set<FakeTurn>;
  /** Sticky keys whose session is open. */
  readonly sessions: Set<string>;
  lease(): Lease | undefined;
  /** The lease for a caller that waits until `signal` aborts. */
  wait(signal: AbortSignal): Promise<Lease>;
  /** Ends it and its runs; `detail` says how. */
  end(detail: string): void;
}

/** @param forget called when it ends, before its runs hear of it */
export function createFakeProcess(
  target: Target,
  subcontext_key: string,
  launch_id: string,
  forget: () => void,
): FakeProcess {
  const gone = new AbortController();
  const turns = new Set<FakeTurn>();
  const waiting = new Set<AbortSignal>();
  const settled = Promise.withResolvers<Lease>();
  settled.promise.catch(() => {}); // each caller has a view of its own
  let lease: Lease | undefined;

  const end = (detail: string): void => {
    if (gone.signal.aborted) return;
    forget();
    gone.abort(new Error(detail));
    settled.reject(new AdapterFault("launch_failed", detail));
    for (const turn of turns) {
      if (turn.cancelled.aborted) turn.emit({ kind: "cancelled", how: "process_ended" });
      else turn.fail(`${detail}, see launch ${launch_id}`);
    }
    turns.clear();
  };

  const ready = (): void => {
    if (gone.signal.aborted || lease !== undefined) return;
    const runtime_id = target.target_id;
    const lease_id = `lease-${launch_id}`;
    const about = { lease_id, runtime_id, subcontext_key, launch_id };
    lease = { ...about, process_id: null, metadata: {}, gone: gone.signal };
    settled.resolve(lease);
  };

  const wait = (signal: AbortSignal): Promise<Lease> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.delete(signal);
        reject(new AdapterFault("unavailable", "the caller no longer waits for this start"));
        if (waiting.size === 0 && lease === undefined) end("nobody waits for it");
      };
      waiting.add(signal);
      signal.addEventListener("abort", leave, { once: true });
      settled.promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });

  return {
    target_id: target.target_id,
    start: { launch_id, target, unwanted: gone.signal, ready, fail: end },
    turns,
    sessions: new Set(),
    lease: () => lease,
    wait,
    end,
  };
}
