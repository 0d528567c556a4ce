import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import type { Json } from "#src/core/ports.ts";
import { createHttpTransport } from "#src/network/transports/http.ts";
import { createLoopback } from "#src/network/transports/loopback.ts";
import { freePort } from "../free-port.ts";
import { type Answering, transportConformance } from "./transport.ts";

async function openLoopback(answering: Answering) {
  const transport = createLoopback();
  const address = "loopback://there";
  transport.listen(address, async function* receive(envelope) {
    const { frames, ...body } = await answering(envelope.body);
    const reply = { ...envelope, sender_node: "there", recipient_node: "here", signature: null };
    yield { ...reply, body };
    for await (const frame of frames ?? []) yield { ...reply, body: frame };
  });
  return { transport, address, nowhere: "loopback://nobody", async [Symbol.asyncDispose]() {} };
}

/** A server that does with a request what `answering` says. */
function serverOf(answering: Answering) {
  const respond = async (req: IncomingMessage, res: ServerResponse) => {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part);
    const text = Buffer.concat(parts).toString();
    const content = (text === "" ? null : JSON.parse(text)) as Json;
    const headers = Object.fromEntries(
      Object.entries(req.headers).flatMap(([name, value]) =>
        typeof value === "string" ? [[name, value]] : [],
      ),
    );
    const method = req.method === "GET" ? "GET" : "POST";
    const answer = await answering({ kind: "request", method, path: req.url ?? "", headers, content });
    res.writeHead(answer.status, answer.headers);
    if (answer.frames === undefined) {
      res.end(answer.content === null ? "" : JSON.stringify(answer.content));
      return;
    }
    res.write(": hello\n\n");
    for await (const { id, content: data } of answer.frames)
      res.write(`event: task.event\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
    res.end();
  };
  return createServer((req, res) => void respond(req, res).catch(() => res.destroy()));
}

async function openHttp(answering: Answering) {
  const server = serverOf(answering);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const transport = createHttpTransport({ connectMs: 500 });
  return {
    transport,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    nowhere: `http://127.0.0.1:${await freePort()}`,
    async [Symbol.asyncDispose]() {
      transport.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

transportConformance({ name: "by loopback", open: openLoopback });
transportConformance({ name: "by HTTP", open: openHttp });

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("the transport by HTTP", () => {
  const envelope = {
    ...{
      envelope_id: "e",
      conversation_id: null,
      task_id: null,
      sender_node: "here",
      recipient_node: "there",
    },
    ...{ message_type: "task.artifact" as const, created_at: "", signature: null },
    body: { kind: "request" as const, method: "GET" as const, path: "/", content: null },
  };
  const patient = new AbortController().signal;

  it("carries bytes that are no JSON as base64, and tells their digest", async () => {
    const text = "no { JSON";
    await using server = await openRaw((res) =>
      res.writeHead(200, { "content-type": "text/markdown" }).end(text),
    );
    const items = await allOf(server.transport.exchange(server.address, envelope, patient));
    expect(items.map(({ body }) => body.content)).toEqual([{ base64: Buffer.from(text).toString("base64") }]);
    expect(items).toMatchObject([{ body: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }]);
  });

  it("follows nobody elsewhere", async () => {
    await using server = await openRaw((res) => res.writeHead(302, { location: "/elsewhere" }).end());
    const items = await allOf(server.transport.exchange(server.address, envelope, patient));
    expect(items).toMatchObject([{ body: { status: 302, content: null } }]);
  });

  it("does not read an answer without end", async () => {
    await using server = await openRaw((res) => {
      res.writeHead(200, { "content-type": "application/json" });
      const more = () => void (res.destroyed || res.write("x".repeat(65_536), more));
      more();
    });
    const reading = allOf(server.transport.exchange(server.address, envelope, patient));
    await expect(reading).rejects.toMatchObject({ kind: "broken" });
  });

  it("says broken where a stream is cut in the middle of a frame", async () => {
    await using server = await openRaw((res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write('id: 1\ndata: {"seq":1}\n\nid: 2\ndata: {"se', () => res.destroy());
    });
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const { body } of server.transport.exchange(server.address, envelope, patient))
        seen.push(body.content);
    })();
    await expect(reading).rejects.toMatchObject({ kind: "broken" });
    expect(seen).toEqual([null, { seq: 1 }]);
  });
});

async function openRaw(respond: (res: ServerResponse) => void) {
  const server = createServer((_, res) => respond(res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const transport = createHttpTransport({ largestAnswer: 1024 * 1024 });
  return {
    transport,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      transport.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
