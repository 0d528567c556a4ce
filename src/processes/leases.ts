/** The holds on one process, or on a server that is none of ours: one for each of its subcontexts. */
import type { JsonObject, Lease } from "#src/core/ports.ts";

export interface LeaseOptions {
  readonly runtime_id: string;
  readonly process_id: number | null;
  readonly launch_id?: string;
  readonly metadata: JsonObject;
  readonly newId: () => string;
  /** Aborted when the process has gone, or is being ended. */
  readonly gone: AbortSignal;
}

/** More leases of one process than these are let go, the least recently used first. */
const mostLeases = 1000;

/** @returns the lease of a subcontext, the same for all that share it */
export function createLeases(options: LeaseOptions): (subcontext_key: string) => Lease {
  const { newId, gone, ...process } = options;
  const leases = new Map<string, { readonly lease: Lease; readonly end: AbortController }>();
  const leaseOf = (subcontext_key: string, end: AbortController): Lease => ({
    lease_id: newId(),
    subcontext_key,
    ...process,
    gone: AbortSignal.any([gone, end.signal]),
  });
  return (subcontext_key) => {
    const known = leases.get(subcontext_key);
    leases.delete(subcontext_key);
    const end = known?.end ?? new AbortController();
    const lease = known?.lease ?? leaseOf(subcontext_key, end);
    leases.set(subcontext_key, { lease, end });
    const [oldest] = leases;
    if (leases.size > mostLeases && oldest !== undefined) {
      leases.delete(oldest[0]);
      oldest[1].end.abort(new Error("it was not used for long"));
    }
    return lease;
  };
}
