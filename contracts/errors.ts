/**
 * Every error of the wire: one closed table. A code is stable; its status, whether trying again can
 * help, and the exit code of the command line follow from the row.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";

/** Exit codes of `alink-cli` that aren't about one error row; `alink-node` uses sysexits' (see docs/operations.md). */
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
  doctor_found: 9,
  task_failed: 10,
  task_cancelled: 11,
  task_timed_out: 12,
  task_asks: 13,
  task_unfinished: 14,
} as const;

type Row<Status extends number = number> = {
  readonly status: Status;
  readonly title: string;
  /** Whether the same request may succeed later, unchanged. */
  readonly retry: boolean;
  readonly exit: number;
};

const row = <Status extends number>(
  status: Status,
  exit: keyof typeof exitCodes,
  title: string,
  retry = false,
): Row<Status> => ({
  status,
  title,
  retry,
  exit: exitCodes[exit],
});

export const errorTable = {
  invalid_request: row(400, "invalid", "The request is not valid"),
  unauthorized: row(401, "not_allowed", "A valid token is needed"),
  forbidden: row(403, "not_allowed", "This token may not do that"),
  launch_not_allowed: row(403, "not_allowed", "Only the operator may say how an agent is reached"),
  not_found: row(404, "not_found", "There is no such path"),
  agent_not_found: row(404, "not_found", "There is no such agent"),
  task_not_found: row(404, "not_found", "There is no such task"),
  target_not_found: row(404, "not_found", "There is no such target"),
  runtime_not_found: row(404, "not_found", "There is no such runtime"),
  route_not_found: row(404, "not_found", "Nothing serves this intent"),
  artifact_not_found: row(404, "not_found", "There is no such artifact"),
  thread_not_found: row(404, "not_found", "There is no such thread"),
  participant_not_found: row(404, "not_found", "There is no such participant"),
  peer_not_found: row(404, "not_found", "There is no such peer"),
  token_not_found: row(404, "not_found", "There is no such token"),
  method_not_allowed: row(405, "invalid", "This path has no such method"),
  route_ambiguous: row(409, "conflict", "More than one target serves this intent"),
  loop_detected: row(409, "conflict", "The task would wait for itself, or is too deep"),
  parent_ambiguous: row(409, "conflict", "More than one task may be the parent"),
  parent_not_open: row(409, "conflict", "The parent can't have children any more"),
  name_taken: row(409, "conflict", "Another participant has this name"),
  runtime_busy: row(409, "conflict", "The runtime has open tasks", true),
  not_awaiting_input: row(409, "conflict", "The task asks for nothing"),
  question_closed: row(409, "conflict", "That question is not open any more"),
  thread_busy: row(409, "conflict", "The thread has an open turn", true),
  token_in_use: row(409, "conflict", "The node's own token can't be revoked"),
  pairing_refused: row(409, "conflict", "The other node refused to be paired"),
  position_gone: row(410, "not_found", "That position is older than what is kept"),
  payload_too_large: row(413, "invalid", "The body is too large"),
  unsupported_media_type: row(415, "invalid", "The body must be application/json"),
  range_not_satisfiable: row(416, "invalid", "The range lies outside the artifact"),
  misdirected: row(421, "not_allowed", "This Host is not served here"),
  target_cannot_satisfy_intent: row(422, "invalid", "The target does not offer this intent"),
  answer_rejected: row(422, "invalid", "The answer does not fit the question"),
  invalid_participants: row(422, "invalid", "Those are not the two of a thread"),
  nothing_to_say: row(422, "invalid", "The speaker has no intent or no payload"),
  idempotency_key_reused: row(422, "invalid", "The key was used for another request"),
  registry_invalid: row(422, "invalid", "The registry has mistakes"),
  queue_full: row(429, "unavailable", "The target's queue is full", true),
  internal: row(500, "unexpected", "The node made a mistake"),
  artifact_corrupt: row(500, "unexpected", "The artifact's bytes are damaged"),
  launch_failed: row(502, "unavailable", "The runtime could not be started"),
  peer_unreachable: row(502, "unreachable", "The other node does not answer"),
  unavailable: row(503, "unavailable", "The node can't take this now", true),
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof errorTable;
export const errorCodes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** The codes that an answer of this status may carry. */
export const codesOf = (status: number): ErrorCode[] =>
  errorCodes.filter((code) => errorTable[code].status === status);

export const problemMediaType = "application/problem+json";

/** RFC 9457, with `error` as the detail once more for clients that look for a string there. */
export const Problem = z
  .object({
    type: z
      .string()
      .meta({ description: "Names the code.", examples: ["urn:aethrolink:error:task_not_found"] }),
    title: z.string().meta({ description: "What kind of error it is.", examples: ["There is no such task"] }),
    status: z.int().meta({ description: "The status once more.", examples: [404] }),
    code: z
      .enum(errorCodes)
      .meta({ id: "ErrorCode", description: "Stable; decide on this, never on texts." }),
    detail: z.string().meta({
      description: "What is wrong here, and what to do.",
      examples: ["There is no task 01KAT3Q4V5W6X7Y8Z9A0B1C2D3."],
    }),
    error: z.string().meta({ description: "The detail once more, for older clients." }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({
        description: "Where a request is not valid.",
        examples: [[{ path: "intent", message: "required" }]],
      }),
    launch_id: z
      .string()
      .optional()
      .meta({
        description: "The start that failed, of launch_failed.",
        examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D7"],
      }),
    request_id: z.string().meta({
      description: "Names this request in the node's log.",
      examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D4"],
    }),
  })
  .meta({ id: "Problem", description: "An error (RFC 9457)." });
export type Problem = z.infer<typeof Problem>;

/** A problem document, but for the request's id. */
export function problemFields(code: ErrorCode, detail: string) {
  const { status, title } = errorTable[code];
  return { type: `urn:aethrolink:error:${code}`, title, status, code, detail, error: detail };
}

type StatusOf<Code extends ErrorCode> = (typeof errorTable)[Code]["status"];
const problemAnswer = initContract().otherResponse({ contentType: problemMediaType, body: Problem });
type ProblemAnswer = typeof problemAnswer;

/**
 * What an operation adds to its answers for the errors that it names.
 * @param codes the rows of the table that the operation may answer with
 * @returns `responses` for the contract, one a status, and the codes themselves for its metadata
 */
export function failures<Code extends ErrorCode>(...codes: Code[]) {
  const responses = Object.fromEntries(codes.map((code) => [errorTable[code].status, problemAnswer]));
  return { codes, responses: responses as { [Status in StatusOf<Code>]: ProblemAnswer } };
}

/** What every operation may answer: the guard's refusals. Those that are open need no token. */
export const everywhere = failures("invalid_request", "unauthorized", "forbidden", "misdirected");
/** What an operation may answer besides that reads or writes the node's storage. */
export const storageFaults = ["internal", "unavailable"] as const satisfies ErrorCode[];
/** What every operation with a body may answer besides. */
export const withBody = failures("payload_too_large", "unsupported_media_type");
