/** What the command line takes for an answer of a node, and what it doesn't. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { nodeFetch } from "../../../cli/node-fetch.ts";

/** Asks a server that answers so. */
async function asking(answer: RequestListener, path = "/v1/tasks", init?: RequestInit): Promise<Response> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const response = await nodeFetch(`http://127.0.0.1:${port}${path}`, init);
    return new Response(response.status === 204 ? null : await response.text(), response);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const answers =
  (status: number, headers: Record<string, string>, body = ""): RequestListener =>
  (_req, res) => {
    res.writeHead(status, headers);
    res.end(body);
  };

describe("an answer", () => {
  it.each([
    [200, { "content-type": "application/json" }, "/v1/tasks"],
    [200, { "content-type": "text/event-stream; charset=utf-8" }, "/v1/events"],
    [200, { "content-type": "text/html" }, "/artifacts/1"],
    [404, { "content-type": "text/plain" }, "/v1/tasks"],
    [204, {}, "/v1/tasks"],
  ])("%i with %j to %s is a node's", async (status, headers, path) => {
    expect((await asking(answers(status, headers as Record<string, string>), path)).status).toBe(status);
  });

  it.each([
    [200, { "content-type": "text/html" }, "sends text/html"],
    [200, {}, "sends something that it doesn't name"],
    [302, { location: "http://127.0.0.1:1/" }, "answers 302"],
  ])("%i with %j is nobody's that is asked here", async (status, headers, words) => {
    const asked = asking(answers(status, headers as Record<string, string>));
    await expect(asked).rejects.toThrow(`what listens there is no node: it ${words}`);
  });
});

it("a request goes with its method, headers and body, and its answer comes with all of its headers", async () => {
  const echo: RequestListener = async (req, res) => {
    let body = "";
    for await (const chunk of req) body += String(chunk);
    res.writeHead(200, [...["Content-Type", "application/json"], ...["X-Kind", "a"], ...["X-Kind", "b"]]);
    res.end(JSON.stringify({ method: req.method, token: req.headers.authorization, body }));
  };
  const response = await asking(echo, "/v1/tasks", {
    method: "POST",
    headers: { authorization: "Bearer t" },
    body: "{}",
  });
  expect(await response.json()).toEqual({ method: "POST", token: "Bearer t", body: "{}" });
  expect(response.headers.get("x-kind")).toBe("a, b");
});

it("a request that is given up ends", async () => {
  const giveUp = new AbortController();
  const silent: RequestListener = () => giveUp.abort();
  await expect(asking(silent, "/v1/tasks", { signal: giveUp.signal })).rejects.toThrow(/abort/);
});
