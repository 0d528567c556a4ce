/** The task calls of the node protocol over HTTP. */
import type { NextFunction, Request, Response } from "express";
import { nodeTaskRoutes } from "#contracts/node-tasks.ts";
import type { Json } from "#src/core/ports.ts";
import { answerNodeTask, type NodeTaskAnswer, nodeTaskCallOf } from "#src/engine/node-task-calls.ts";
import type { Server } from "./app.ts";
import { requirePeer } from "./peer-guard.ts";
import { signStream } from "./sign-answers.ts";

const headersOf = (req: Request) =>
  Object.fromEntries(
    Object.entries(req.headers).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value]] : [],
    ),
  );

/** Answers them; whatever else there is goes on. */
export function nodeTasks({ engine, streams }: Pick<Server, "engine" | "streams">) {
  return async (req: Request, res: Response, next: NextFunction): Promise<void> => {
    const found = nodeTaskCallOf(req.method, req.originalUrl);
    if (found === undefined) {
      next();
      return;
    }
    const { message } = nodeTaskRoutes[found.call].metadata;
    const method = req.method === "POST" ? "POST" : "GET";
    const content = (req.body ?? null) as Json;
    const request = {
      kind: "request",
      method,
      path: req.originalUrl,
      headers: headersOf(req),
      content,
    } as const;
    try {
      const answer = await answerNodeTask(engine, requirePeer(res), message, request);
      if (answer === undefined) next();
      else await send(answer, res, streams);
    } catch (thrown) {
      next(thrown);
    }
  };
}

async function send(
  { status, json, bytes, follow }: NodeTaskAnswer,
  res: Response,
  streams: Server["streams"],
): Promise<void> {
  res.status(status);
  if (follow !== undefined) {
    await signStream(res);
    streams.attach(res, follow);
    return;
  }
  if (bytes !== undefined) res.type("application/octet-stream").end(bytes);
  else if (json === undefined) res.end();
  else res.type("application/json").end(JSON.stringify(json));
}
