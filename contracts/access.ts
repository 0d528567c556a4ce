/**
 * Who may call which operation. An operation that says nothing in its metadata may be read by everybody
 * but processes, and done by the operator alone. What a caller sees of it is the node's part.
 */
import type { CallerKind } from "./enums.ts";

interface Called {
  readonly method: string;
  readonly metadata: object;
}

const readers: readonly CallerKind[] = ["operator", "reader", "agent"];

/** Whose token an operation takes. */
export function callersOf({ method, metadata }: Called): readonly CallerKind[] {
  if ("callers" in metadata) return metadata.callers as readonly CallerKind[];
  return method === "GET" ? readers : ["operator"];
}

/** `callers` of operations that agents may do too. */
export const agentsToo = ["operator", "agent"] as const satisfies CallerKind[];
/** `callers` of operations that processes of the node may do too. */
export const processesToo = ["operator", "agent", "runtime"] as const satisfies CallerKind[];
/** `callers` of what processes of the node may read too. */
export const readByProcessesToo = ["operator", "reader", "agent", "runtime"] as const satisfies CallerKind[];
/** `callers` of what the operator alone may read. */
export const operatorOnly = ["operator"] as const satisfies CallerKind[];
