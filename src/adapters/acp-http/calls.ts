/**
 * Calls to a server, bounded in time and size.
 *
 * Invariants:
 * 1. Each call has a connection of its own: one that is used again may have been closed meanwhile, and then
 *    it is unknown whether the server got what was sent.
 * 2. No redirect is followed: headers go to the address in the registry and to no other.
 * 3. No more of an answer is read than its limit.
 * 4. Where the server is isn't told in why it doesn't answer: that is shown to more people than may know it.
 */
import * as http from "node:http";
import * as https from "node:https";
import type { Clock, Json } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { parsed } from "./json.ts";

/** A server, as it is called. */
export interface Server {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly headers: { readonly [name: string]: string };
  readonly clock: Clock;
  /** From a call to the head of its answer, and from there to the end of it. */
  readonly callMs: number;
  /** The most bytes of an answer, or of a line of a stream. */
  readonly limit: number;
  /** Masks secrets in what is told of it. */
  readonly mask: (text: string) => string;
}

export interface Call {
  readonly method: "GET" | "POST";
  /** Behind the endpoint; or a whole URL. */
  readonly path: string;
  readonly body?: Json;
  /** What it is called, where its path is nobody's business. */
  readonly name?: string;
  /** Gives the call up. */
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly json: Json | undefined;
}

/** The head of an answer, and what comes behind it. */
export interface Opened {
  readonly status: number;
  readonly type: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: http.IncomingMessage;
}

/** There was no answer. */
export class NoAnswer extends Error {
  /** The server may have got the call. */
  readonly sent: boolean;
  constructor(message: string, sent: boolean, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "NoAnswer";
    this.sent = sent;
  }
}

/**
 * Calls; resolves with the head of the answer.
 * @throws NoAnswer
 */
export function open(server: Server, call: Call): Promise<Opened> {
  const url = /^https?:/.test(call.path) ? call.path : server.endpoint + call.path;
  const { request } = url.startsWith("https:") ? https : http;
  const bytes = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
  return new Promise((resolve, reject) => {
    let sent = false;
    const refuse = (why: string, cause?: unknown): void => {
      over();
      asked.destroy();
      reject(new NoAnswer(server.mask(`${nameOf(call)}: ${why}`), sent, { cause }));
    };
    const giveUp = (): void => refuse("it was given up");
    const over = (): void => {
      takeBack();
      call.signal?.removeEventListener("abort", giveUp);
    };
    const headers = { accept: "*/*", ...headersFor(server, url), ...lengthOf(bytes) };
    const asked = request(url, { method: call.method, agent: false, headers }, (body) => {
      over();
      resolve({
        status: body.statusCode ?? 0,
        type: body.headers["content-type"] ?? "",
        headers: body.headers,
        body,
      });
    });
    const takeBack = server.clock.after(server.callMs, () => refuse(`no answer in ${server.callMs} ms`));
    asked.on("error", (error) => refuse(codeOf(error), error));
    asked.on("socket", (socket) => {
      socket.setKeepAlive(true, 15_000); // a machine that has gone is noticed
      socket.once(url.startsWith("https:") ? "secureConnect" : "connect", () => {
        sent = true;
      });
    });
    call.signal?.addEventListener("abort", giveUp, { once: true });
    if (call.signal?.aborted) giveUp();
    asked.end(bytes);
  });
}

/** Secrets go to the server itself, not to another that tells of its health (invariant 2). */
const headersFor = ({ endpoint, headers }: Server, url: string): Server["headers"] =>
  new URL(url).origin === new URL(endpoint).origin ? headers : {};

const nameOf = ({ name, method, path }: Call) => name ?? `${method} ${path}`;
/** Without the address that a message has (invariant 4). */
const codeOf = (error: Error & { readonly code?: unknown }) => String(error.code ?? "the connection failed");

function lengthOf(bytes: Buffer | undefined): { [name: string]: string } {
  if (bytes === undefined) return {};
  return { "content-type": "application/json", "content-length": String(bytes.length) };
}

/**
 * Calls; resolves with the whole answer.
 * @throws NoAnswer, or AdapterFault protocol_error for an answer over the limit
 */
export async function callFor(server: Server, call: Call): Promise<Answer> {
  return restOf(server, await open(server, call));
}

/** The rest of an answer whose head has come; see {@link callFor}. */
export async function restOf(server: Server, { status, body }: Opened): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let late = false;
  const takeBack = server.clock.after(server.callMs, () => {
    late = true;
    body.destroy(new Error(`the answer did not end in ${server.callMs} ms`));
  });
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > server.limit) {
        throw new AdapterFault("protocol_error", `an answer of more than ${server.limit} bytes came`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AdapterFault) throw error;
    const why = late ? "it did not end in time" : "the connection broke";
    throw new NoAnswer(`the answer came in part only: ${why}`, true, { cause: error });
  } finally {
    takeBack();
    body.destroy();
  }
  return { status, json: parsed(Buffer.concat(chunks).toString("utf8")) };
}
