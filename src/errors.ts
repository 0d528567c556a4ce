/**
 * The caller's mistakes, and a node that can't start. A task that went wrong is neither: it is an
 * event. Anything else that is thrown is our own fault.
 */
import { type ErrorCode, errorTable } from "#contracts/errors.ts";

/** A row of the error table, with what is wrong here. */
export class RequestError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly { path: string; message: string }[] | undefined;
  /** Seconds after which the same request may succeed. */
  readonly retryAfterS: number | undefined;
  /** The start that failed. */
  readonly launchId: string | undefined;
  constructor(code: ErrorCode, detail: string, more: FailMore = {}) {
    super(detail, { cause: more.cause });
    this.name = "RequestError";
    this.code = code;
    this.errors = more.errors;
    this.launchId = more.launchId;
    this.retryAfterS = more.retryAfterS ?? (errorTable[code].retry ? 1 : undefined);
  }
}

interface FailMore {
  readonly errors?: readonly { path: string; message: string }[];
  readonly retryAfterS?: number;
  readonly launchId?: string;
  readonly cause?: unknown;
}

/**
 * Refuses a request.
 * @param code its row in the error table
 * @param detail what is wrong here and what to do; shown to the caller
 * @throws RequestError always
 */
export function fail(code: ErrorCode, detail: string, more?: FailMore): never {
  throw new RequestError(code, detail, more);
}

/** Exit codes of `alink-node`, after sysexits.h. */
export const exitCodes = {
  data: 65,
  unavailable: 69,
  cantCreate: 73,
  noPermission: 77,
  config: 78,
} as const;

interface StartErrorMore {
  readonly cause?: unknown;
  readonly mistakes?: readonly { path: string; message: string }[];
}

/** Why a node can't start: one clear line and an exit code. */
export class StartError extends Error {
  readonly exitCode: number;
  /** Of a file that was checked: each mistake by itself. */
  readonly mistakes: readonly { path: string; message: string }[] | undefined;
  constructor(exit: keyof typeof exitCodes, message: string, options: StartErrorMore = {}) {
    super(message, { cause: options.cause });
    this.name = "StartError";
    this.exitCode = exitCodes[exit];
    this.mistakes = options.mistakes;
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
