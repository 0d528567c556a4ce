/** A server of the HTTP Agent Communication Protocol that answers as a test says. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json, JsonObject } from "#src/core/ports.ts";

export interface Seen {
  readonly call: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Json;
}

/** A server that answers as it is told; every other call is 404. */
export async function scripted(routes: {
  readonly [call: string]: (res: ServerResponse, body: JsonObject) => void;
}) {
  const seen: Seen[] = [];
  const server = createServer(async (req, res) => {
    let text = "";
    for await (const chunk of req) text += chunk;
    const call = `${req.method} ${req.url}`;
    const body = text === "" ? {} : JSON.parse(text);
    seen.push({ call, headers: req.headers, body });
    const route = routes[call];
    if (route === undefined) json(res, { code: "not_found", message: "Not Found" }, 404);
    else route(res, body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export function json(res: ServerResponse, body: Json, status = 200): void {
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export const up = { "GET /ping": (res: ServerResponse) => json(res, {}) };
export const oneAgent = {
  "GET /agents?limit=1000": (res: ServerResponse) => json(res, { agents: [{ name: "only" }] }),
};
export const ended = (status: string, more: JsonObject = {}): JsonObject => ({
  run_id: "run-1",
  status,
  output: [{ role: "agent", parts: [{ content: "hello" }] }],
  ...more,
});
export const completes = {
  ...up,
  ...oneAgent,
  "POST /runs": (res: ServerResponse) => json(res, ended("created"), 202),
  "GET /runs/run-1": (res: ServerResponse) => json(res, ended("completed")),
};
