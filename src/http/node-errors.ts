/** Errors of the node protocol's task calls, whoever refuses them. */
import type { Request, Response } from "express";
import { nodeErrorOf, nodeTaskCallOf } from "#src/engine/node-task-calls.ts";
import type { RequestError } from "#src/errors.ts";

/** Answers with an error as other nodes read it; false: the request is none of theirs. */
export function sendNodeError(req: Request, res: Response, error: RequestError): boolean {
  const found = nodeTaskCallOf(req.method, req.originalUrl);
  if (found === undefined) return false;
  const { status, json } = nodeErrorOf(found.call, error);
  if (error.retryAfterS !== undefined) res.setHeader("Retry-After", String(error.retryAfterS));
  res.status(status).type("application/json").end(JSON.stringify(json));
  return true;
}
