/**
 * Carries envelopes by HTTP, as the node protocol has them: a request and its answer, or a stream of
 * server-sent events.
 *
 * 1. `unreachable` is said only while there is no connection: afterwards the other node may have the request.
 * 2. Nobody is followed elsewhere: a redirect is an answer like any other.
 */
import { createHash } from "node:crypto";
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { TLSSocket } from "node:tls";
import {
  type AnswerBody,
  type Headers,
  type NetworkEnvelope,
  PeerFault,
  type RequestBody,
  type TransportAdapter,
} from "#src/core/network-ports.ts";
import type { Json } from "#src/core/ports.ts";
import { messageOf } from "#src/errors.ts";
import { framesOf } from "./event-stream.ts";

export const signatureHeader = "aethrolink-signature";
export const chainHeader = "aethrolink-chain";

export interface HttpOptions {
  /** How long a connection may take. */
  readonly connectMs?: number;
  /** A stream says something every 15 s; one that is silent for so long has broken. */
  readonly silenceMs?: number;
  /** More bytes of an answer are not read. */
  readonly largestAnswer?: number;
}

export interface HttpTransport extends TransportAdapter {
  /** Closes the connections that are kept. */
  close(): void;
}

/** The transport. */
export function createHttpTransport(options: HttpOptions = {}): HttpTransport {
  const { connectMs = 3000, largestAnswer = 64 * 1024 * 1024, silenceMs = 45_000 } = options;
  const agents = {
    "http:": new HttpAgent({ keepAlive: true }),
    "https:": new HttpsAgent({ keepAlive: true }),
  };
  return {
    name: "http",
    reaches: (address) => /^https?:\/\//.test(address),
    async *exchange(address, envelope, signal) {
      const answer = await send(address, envelope, { agents, connectMs, signal });
      const reply = (body: AnswerBody) => replyTo(envelope, answer, body);
      const { status, headers } = headOf(answer);
      if (/^text\/event-stream/.test(headers["content-type"] ?? "")) {
        answer.setTimeout(silenceMs, () => answer.destroy(new Error(`no sign of life in ${silenceMs} ms`)));
        yield reply({ kind: "answer", status, headers, content: null });
        for await (const frame of broken(framesOf(answer)))
          yield { ...replyTo(envelope, answer, frame), signature: null };
        return;
      }
      const bytes = await bytesOf(answer, largestAnswer);
      const content = contentOf(bytes, headers["content-type"]);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      yield reply({ kind: "answer", status, headers, content, sha256 });
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

interface Sending {
  readonly agents: { readonly "http:": HttpAgent; readonly "https:": HttpsAgent };
  readonly connectMs: number;
  readonly signal: AbortSignal;
}

function send(
  address: string,
  { body, signature }: NetworkEnvelope<RequestBody>,
  { agents, connectMs, signal }: Sending,
): Promise<IncomingMessage> {
  const url = new URL(address.replace(/\/+$/, "") + body.path);
  const isTls = url.protocol === "https:";
  const sent = body.method === "GET" ? "" : JSON.stringify(body.content);
  const headers = {
    accept: "application/json, text/event-stream",
    ...body.headers,
    "user-agent": "aethrolink",
    ...(sent === ""
      ? {}
      : { "content-type": "application/json", "content-length": String(Buffer.byteLength(sent)) }),
    ...(signature === null ? {} : { [signatureHeader]: signature }),
  };
  return new Promise((resolve, reject) => {
    const agent = isTls ? agents["https:"] : agents["http:"];
    const outgoing = (isTls ? httpsRequest : httpRequest)(url, {
      method: body.method,
      headers,
      agent,
      signal,
    });
    const connected = watchConnection(outgoing, connectMs, isTls);
    outgoing.on("error", (thrown) => {
      const kind = connected() ? "broken" : "unreachable";
      reject(
        new PeerFault(
          kind,
          `${url.origin} ${kind === "broken" ? "broke off" : "can't be reached"}: ${why(thrown)}`,
          { cause: thrown },
        ),
      );
    });
    outgoing.on("response", resolve);
    outgoing.end(sent);
  });
}

/** @returns whether there is a connection, so that the request may be on its way */
function watchConnection(outgoing: ClientRequest, connectMs: number, isTls: boolean): () => boolean {
  let connected = false;
  const tooLong = setTimeout(
    () => outgoing.destroy(new Error(`no connection in ${connectMs} ms`)),
    connectMs,
  );
  const note = () => {
    connected = true;
    clearTimeout(tooLong);
  };
  outgoing.on("socket", (socket) => {
    if (outgoing.reusedSocket || (!socket.connecting && (!isTls || (socket as TLSSocket).authorized))) note();
    else socket.once(isTls ? "secureConnect" : "connect", note);
  });
  outgoing.on("close", () => clearTimeout(tooLong));
  return () => connected;
}

/** A system's own words say more than "aborted" or an empty text. */
const why = (thrown: Error & { code?: unknown }) =>
  thrown.name === "AbortError" ? "it was given up" : thrown.message || String(thrown.code ?? thrown.name);

function headOf(answer: IncomingMessage): { status: number; headers: Headers } {
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : [],
  );
  return { status: answer.statusCode ?? 0, headers: Object.fromEntries(headers) };
}

function replyTo<Body>(
  envelope: NetworkEnvelope<RequestBody>,
  answer: IncomingMessage,
  body: Body,
): NetworkEnvelope<Body> {
  const signature = answer.headers[signatureHeader];
  return {
    ...envelope,
    sender_node: envelope.recipient_node,
    recipient_node: envelope.sender_node,
    body,
    signature: typeof signature === "string" ? signature : null,
  };
}

async function bytesOf(answer: IncomingMessage, largest: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of broken(answer as AsyncIterable<Buffer>)) {
    size += part.length;
    if (size > largest) {
      answer.destroy();
      throw new PeerFault("broken", `the answer has more than ${largest} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Bytes that aren't JSON go as base64, as any transport can carry them. */
function contentOf(bytes: Buffer, type: string | undefined): Json {
  if (bytes.length === 0) return null;
  if (!/[/+]json\b/.test(type ?? "")) return { base64: bytes.toString("base64") };
  try {
    return JSON.parse(bytes.toString()) as Json;
  } catch (thrown) {
    throw new PeerFault("broken", "the answer says that it is JSON, and is not", { cause: thrown });
  }
}

/** What breaks while it is read is a fault of the link. */
async function* broken<T>(items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* items;
  } catch (thrown) {
    if (thrown instanceof PeerFault) throw thrown;
    throw new PeerFault("broken", `the answer broke off: ${messageOf(thrown)}`, { cause: thrown });
  }
}
