/** Every error that leaves the node: RFC 9457, one row of the table, never a stack, a path or a secret. */
import type { NextFunction, Request, Response } from "express";
import {
  type ErrorCode,
  errorTable,
  type Problem,
  problemFields,
  problemMediaType,
} from "#contracts/errors.ts";
import { RequestError } from "#src/errors.ts";
import type { Logger } from "#src/log.ts";
import { sendNodeError } from "./node-errors.ts";

/** The problem document of an error. */
export function problemOf(error: RequestError, request_id: string): Problem {
  return {
    ...problemFields(error.code, error.message),
    ...(error.errors === undefined ? {} : { errors: [...error.errors] }),
    ...(error.launchId === undefined ? {} : { launch_id: error.launchId }),
    request_id,
  };
}

/** Answers with an error. */
export function sendProblem(res: Response, error: RequestError): void {
  const request_id = String(res.locals["request_id"] ?? "");
  if (error.code === "unauthorized") res.setHeader("WWW-Authenticate", 'Bearer realm="aethrolink"');
  if (error.retryAfterS !== undefined) res.setHeader("Retry-After", String(error.retryAfterS));
  const { status } = errorTable[error.code];
  res
    .status(status)
    .type(problemMediaType)
    .send(JSON.stringify(problemOf(error, request_id)));
}

/** What the operator should look at; anything else is the caller's or a runtime's. */
const ours: ReadonlySet<ErrorCode> = new Set(["internal", "artifact_corrupt", "unavailable"]);

/** The last middleware: whatever was thrown becomes a problem document. */
export function answerErrors(logger: Logger) {
  return (thrown: unknown, req: Request, res: Response, _next: NextFunction): void => {
    const error = requestErrorOf(thrown);
    const request_id = res.locals["request_id"];
    const about = { request_id, method: req.method, path: req.path, code: error.code };
    if (ours.has(error.code)) logger.error({ ...about, err: thrown }, "a request failed");
    else logger.debug(about, "a request was refused");
    // The head of a stream has gone already: all that is left is to cut it off.
    if (res.headersSent) res.destroy();
    else if (!sendNodeError(req, res, error)) sendProblem(res, error);
  };
}

/** What express and its body parser throw, by their `type`. */
const bodyFaults: { readonly [type: string]: readonly [ErrorCode, string] } = {
  "entity.parse.failed": ["invalid_request", "The body is not valid JSON."],
  "entity.too.large": [
    "payload_too_large",
    "The body is larger than 1 MiB; keep large inputs in files and name them.",
  ],
  "encoding.unsupported": ["unsupported_media_type", "This Content-Encoding is not understood."],
  "charset.unsupported": ["unsupported_media_type", "The body must be in UTF-8."],
  "request.size.invalid": ["invalid_request", "The body has not the length that its header says."],
  "request.aborted": ["invalid_request", "The body was not sent to its end."],
};

const unwritable =
  /^SQLITE_(FULL|IOERR|READONLY|CORRUPT|NOTADB|CANTOPEN)|^(ENOSPC|EDQUOT|EIO|EROFS|EMFILE|ENFILE)$/;

function requestErrorOf(thrown: unknown): RequestError {
  if (thrown instanceof RequestError) return thrown;
  const { type, code, status } = (thrown ?? {}) as {
    type?: unknown;
    code?: unknown;
    status?: unknown;
  };
  const known = bodyFaults[String(type)];
  if (known !== undefined) return new RequestError(known[0], known[1], { cause: thrown });
  if (unwritable.test(String(code))) {
    const detail = "The node can't write to its storage now; nothing of this request was kept.";
    return new RequestError("unavailable", detail, { cause: thrown, retryAfterS: 5 });
  }
  // A path that can't be decoded, and the like.
  if (status === 400)
    return new RequestError("invalid_request", "The request can't be understood.", { cause: thrown });
  return new RequestError("internal", "The node made a mistake; its log says more under this request id.", {
    cause: thrown,
  });
}
