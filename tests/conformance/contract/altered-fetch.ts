/**
 * Requests as the client would not send them: its own, with other headers, which the global fetch would
 * correct. It would also ask again where it is answered 421.
 */
// Not by its name: the mocks take the place of what the module holds.
import http, { type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";
import type { Alteration } from "./case.ts";

const foreign = "http://elsewhere.test";

/** Header lines by their names. */
interface HeaderLines {
  readonly [name: string]: string | string[];
}

/** The headers that each alteration sends in place of the client's of the same name. */
export const alterations: { readonly [Each in Alteration]: HeaderLines } = {
  "foreign host": { host: "elsewhere.test" },
  "foreign origin": { origin: foreign },
  "origin twice": { origin: [foreign, foreign] },
  "other media type": { "content-type": "text/plain" },
};

/**
 * A fetch that sends other headers.
 * @param altered in place of those of the same name
 */
export function alteredFetch(altered: HeaderLines): typeof fetch {
  return async (input, init) => {
    const sent = new Request(input, init);
    const body = Buffer.from(await sent.arrayBuffer());
    const length = body.length === 0 ? {} : { "content-length": String(body.length) };
    const headers = { ...Object.fromEntries(sent.headers), ...length, ...altered };
    return responseOf(await exchange(sent, headers, body));
  };
}

function exchange({ method, url }: Request, headers: HeaderLines, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    http.request(url, { method, headers }, resolve).once("error", reject).end(body);
  });
}

function responseOf(message: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const body = Readable.toWeb(message) as NodeStream<Uint8Array>;
  return new Response(body as ReadableStream<Uint8Array>, { status: message.statusCode ?? 0, headers });
}
