/** A server that answers each request as a script says, and remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TaskEvent } from "#generated/client/src/index.ts";

/** How one request is answered. */
export type Step = (res: ServerResponse, req: IncomingMessage) => void;

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly baseUrl: string;
  readonly port: number;
  readonly asked: readonly Asked[];
}

/**
 * Starts a server.
 * @param steps the answers, one a request; the last one is repeated
 */
export async function startServer(steps: readonly Step[], port = 0): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const server = createServer((req, res) => {
    let body = "";
    req.on("data", (chunk) => {
      body += String(chunk);
    });
    req.on("end", () => {
      const step = steps[Math.min(asked.length, steps.length - 1)];
      asked.push({ method: req.method ?? "", url: req.url ?? "", headers: req.headers, body });
      step?.(res, req);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    port: address.port,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const kinds: readonly TaskEvent["kind"][] = ["task.created", "task.dispatching", "task.running"];

/** The frame of an event. */
export function frame(seq: number, kind: string = kinds[(seq - 1) % 3] ?? "task.running"): string {
  return `id: ${seq}\nevent: task.event\ndata: ${JSON.stringify({ seq, kind, data: { text: "größer – ✓" } })}\n\n`;
}

/** Sends frames, and then: `end` the answer properly, `cut` the connection, or leave it `open`. */
export const sends =
  (text: string, then: "end" | "cut" | "open"): Step =>
  (res) => {
    res.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
    res.write(text, () => {
      if (then === "cut") res.destroy();
    });
    if (then === "end") res.end();
  };

/** Answers with a status, and JSON or text. */
export const answers =
  (status: number, body?: unknown, headers: { [name: string]: string } = {}): Step =>
  (res) => {
    const type = status >= 400 ? "application/problem+json" : "application/json";
    res.writeHead(status, { ...(body === undefined ? {} : { "Content-Type": type }), ...headers });
    res.end(body === undefined ? undefined : JSON.stringify(body));
  };

/** Answers with a problem document. */
export const refuses = (status: number, code: string, headers?: { [name: string]: string }): Step =>
  answers(status, { code, status, detail: `It is ${code}.`, request_id: "r-1" }, headers);
