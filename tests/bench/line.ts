/**
 * A connection over which requests go one after the other. It does as little as a client can do, since it
 * shares the cores with what it measures.
 */
import { connect, type Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";
import { answersReader } from "./answers.ts";

/** Where a server answers. */
export interface Place {
  readonly url: string;
  readonly token?: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Line {
  /** One request, with its whole answer. */
  ask(method: string, path: string, body?: string, headers?: string): Promise<Answer>;
  /**
   * Follows a stream.
   * @param hear its text, as it comes
   * @returns its status, when it has ended
   */
  follow(path: string, hear: (text: string) => void): Promise<number>;
  /** What is under way rejects. The next request opens it again. */
  close(): void;
}

interface Exchange {
  readonly part: (bytes: Buffer) => void;
  readonly outcome: PromiseWithResolvers<number>;
}

/** Opens it at the first request. */
export function openLine({ url, token }: Place): Line {
  const { hostname, port, host } = new URL(url);
  const always = `Host: ${host}\r\n${token === undefined ? "" : `Authorization: Bearer ${token}\r\n`}`;
  let socket: Socket | undefined;
  let current: Exchange | undefined;

  const fail = (thrown: Error) => {
    const { outcome } = current ?? {};
    current = undefined;
    socket?.destroy();
    socket = undefined;
    outcome?.reject(thrown);
  };
  const open = () => {
    const opened = connect({ host: hostname, port: Number(port), noDelay: true });
    const read = answersReader({
      part: (bytes) => current?.part(bytes),
      end: (status) => {
        const { outcome } = current ?? {};
        current = undefined;
        outcome?.resolve(status);
      },
    });
    opened.on("data", read);
    opened.on("error", fail);
    opened.on("close", () => {
      if (socket === opened) fail(new Error("the server closed the connection"));
    });
    return opened;
  };
  const send = (request: string, part: Exchange["part"]): Promise<number> => {
    current = { part, outcome: Promise.withResolvers() };
    socket ??= open();
    socket.write(request);
    return current.outcome.promise;
  };

  return {
    async ask(method, path, body, headers = "") {
      const parts: Buffer[] = [];
      const about =
        body === undefined
          ? "\r\n"
          : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
      const request = `${method} ${path} HTTP/1.1\r\n${always}${headers}${about}`;
      const status = await send(request, (bytes) => parts.push(bytes));
      return { status, text: Buffer.concat(parts).toString() };
    },
    follow(path, hear) {
      const decoder = new StringDecoder("utf8");
      const request = `GET ${path} HTTP/1.1\r\n${always}Accept: text/event-stream\r\n\r\n`;
      return send(request, (bytes) => hear(decoder.write(bytes)));
    },
    close: () => fail(new Error("closed")),
  };
}
