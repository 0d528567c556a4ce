/** Generated; see configs/generate/client.ts. */

/** Per code: its HTTP status, whether the same request may succeed later, the exit code of a command. */
export const errorTable = {
  invalid_request: { status: 400, retry: false, exit: 3 },
  unauthorized: { status: 401, retry: false, exit: 6 },
  forbidden: { status: 403, retry: false, exit: 6 },
  not_found: { status: 404, retry: false, exit: 4 },
  task_not_found: { status: 404, retry: false, exit: 4 },
  target_not_found: { status: 404, retry: false, exit: 4 },
  runtime_not_found: { status: 404, retry: false, exit: 4 },
  route_not_found: { status: 404, retry: false, exit: 4 },
  artifact_not_found: { status: 404, retry: false, exit: 4 },
  token_not_found: { status: 404, retry: false, exit: 4 },
  method_not_allowed: { status: 405, retry: false, exit: 3 },
  route_ambiguous: { status: 409, retry: false, exit: 5 },
  runtime_busy: { status: 409, retry: true, exit: 5 },
  token_in_use: { status: 409, retry: false, exit: 5 },
  position_gone: { status: 410, retry: false, exit: 4 },
  payload_too_large: { status: 413, retry: false, exit: 3 },
  unsupported_media_type: { status: 415, retry: false, exit: 3 },
  range_not_satisfiable: { status: 416, retry: false, exit: 3 },
  misdirected: { status: 421, retry: false, exit: 6 },
  target_cannot_satisfy_intent: { status: 422, retry: false, exit: 3 },
  idempotency_key_reused: { status: 422, retry: false, exit: 3 },
  internal: { status: 500, retry: false, exit: 1 },
  artifact_corrupt: { status: 500, retry: false, exit: 1 },
  launch_failed: { status: 502, retry: false, exit: 8 },
  unavailable: { status: 503, retry: true, exit: 8 },
} as const;

/** Exit codes of the command line client. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  invalid: 3,
  not_found: 4,
  conflict: 5,
  not_allowed: 6,
  unreachable: 7,
  unavailable: 8,
  task_failed: 10,
  task_cancelled: 11,
  task_timed_out: 12,
  task_asks: 13,
  task_unfinished: 14,
} as const;
