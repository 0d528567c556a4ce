/** Requests byte for byte, for those that no client would send. */
import { connect } from "node:net";

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** In order, duplicates included. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The bytes of a request; `Connection: close` is added, so that the answer has an end. */
export function bytesOf({ method, path, headers, body }: RawRequest): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `${method} ${path} HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body)]);
}

/** The request with a header in another value, or without it. */
export function withHeader(request: RawRequest, name: string, ...values: string[]): RawRequest {
  const others = request.headers.filter(([known]) => known.toLowerCase() !== name.toLowerCase());
  return { ...request, headers: [...others, ...values.map((value) => [name, value] as const)] };
}

/** The request with another body, and its length. */
export function withBody(request: RawRequest, body: string | Uint8Array): RawRequest {
  return { ...withHeader(request, "Content-Length", String(Buffer.byteLength(body))), body };
}

/** Sends bytes and reads to the end of the connection. The first answer counts. */
export function exchange(port: number, bytes: Uint8Array): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const parts: Buffer[] = [];
    socket.on("data", (part) => parts.push(part));
    socket.on("error", (thrown: NodeJS.ErrnoException) => {
      // A body that is refused in the middle: the answer has come before.
      if (parts.length === 0 || !["ECONNRESET", "EPIPE"].includes(thrown.code ?? "")) reject(thrown);
    });
    socket.on("close", () => resolve(answerOf(Buffer.concat(parts).toString("utf8"))));
    socket.write(bytes);
  });
}

function answerOf(text: string): RawAnswer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(":");
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  return { status, headers: new Map(headers), body: rest.join("\r\n\r\n") };
}
