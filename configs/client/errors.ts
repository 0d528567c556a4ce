/** What can go wrong between this client and a node. */
import type { ErrorCode, Problem } from "#generated/client/src/api.schemas.ts";
import { errorTable } from "#generated/client/src/error-table.ts";

/** Statuses that say "not now", whoever answers them: a node, or a proxy before it. */
const passing = new Set([429, 502, 503, 504]);

const isCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);

/** A node refused a request, or could not fulfil it. */
export class AethrolinkError extends Error {
  override readonly name = "AethrolinkError";
  /** Stable; decide on this. `unrecognized` where the answer was no problem document. */
  readonly code: ErrorCode | "unrecognized" | (string & {});
  readonly status: number;
  /** What is wrong, and what to do; for people. */
  readonly detail: string;
  /** Where a request is not valid. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];
  /** Names the request in the node's log. */
  readonly requestId: string | undefined;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** How long the node asks to wait before that. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, problem: Partial<Problem>, retryAfterMs?: number) {
    const detail = problem.detail ?? `The server answered ${status} without saying why.`;
    super(detail);
    this.code = problem.code ?? "unrecognized";
    this.status = status;
    this.detail = detail;
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id;
    this.retryable = isCode(this.code) ? errorTable[this.code].retry : passing.has(status);
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer came: nothing listens there, the connection broke, or what came was no whole answer. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
  /** Where an answer was expected from. */
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super(`No answer from ${URL.canParse(url) ? new URL(url).origin : url}: ${reasonOf(cause)}`, { cause });
    this.url = url;
  }
}

/** The innermost reason: fetch wraps what the system said. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.cause instanceof Error) return reasonOf(thrown.cause);
  return thrown.message || String("code" in thrown ? thrown.code : thrown.name);
}

/** Whether trying again later can help. */
export const mayPass = (thrown: unknown): boolean =>
  thrown instanceof UnreachableError || (thrown instanceof AethrolinkError && passing.has(thrown.status));
