/**
 * A model that always answers the same, behind the APIs that runtimes speak to models: OpenAI's chat
 * completions below `/v1`, and Gemini's. The user's words steer it:
 *
 * - `HISTORY` is answered with what the user said before in this conversation
 * - `SLOW:n` with n words, a pause before each but the first
 * - `MEET:n` when n such requests are open at once, and not before
 * - `RUN: command` by a call of the runtime's shell, then with what that said
 * - `FAIL:401` with that error
 * - `HANG` never
 * - `Say exactly X` with X
 * - anything else with `echo: ` and itself
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { ModelApi } from "./models/api.ts";
import { gemini } from "./models/gemini.ts";
import { openai } from "./models/openai.ts";
import { type Reply, replyTo, tokensOf } from "./models/script.ts";

/** What was asked, and how it ended. */
export interface ModelCall {
  /** `aside`: a question of the runtime's own, for a title for example. */
  readonly kind: "turn" | "aside";
  /** The user's latest words. */
  readonly said: string;
  /** Undefined: it is still being answered. */
  end: "answered" | "gone" | undefined;
}

export interface ModelServer extends AsyncDisposable {
  /** Without a path: as Gemini's CLI wants it. */
  readonly origin: string;
  /** For an OpenAI client's `base_url`. */
  readonly url: string;
  /** All calls, in the order of their arrival. */
  readonly calls: readonly ModelCall[];
}

/** Listens at a free port of this machine. */
export async function startModelServer(): Promise<ModelServer> {
  const calls: ModelCall[] = [];
  const meeting = createMeeting();
  const server = createServer((request, response) => {
    answer(request, response, calls, meeting).catch((thrown: unknown) => response.destroy(thrown as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    url: `${origin}/v1`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  calls: ModelCall[],
  meeting: Meeting,
): Promise<void> {
  const path = request.url ?? "";
  if (path.startsWith("/v1/models")) {
    return send(response, 200, { object: "list", data: [{ id: "fake-model", object: "model" }] });
  }
  if (path.includes(":countTokens")) return send(response, 200, { totalTokens: 1 });
  const api = path.startsWith("/v1/") ? openai : gemini;
  const body = await json(request);
  const asked = api.read(body);
  const said = asked.users.at(-1) ?? "";
  const call: ModelCall = { kind: asked.aside ? "aside" : "turn", said, end: undefined };
  calls.push(call);
  response.once("close", () => {
    call.end = response.writableFinished ? "answered" : "gone";
  });
  await say(response, api, await replyTo(asked, meeting), said, api.streams(path, body));
}

async function say(
  response: ServerResponse,
  api: ModelApi,
  reply: Reply,
  said: string,
  streamed: boolean,
): Promise<void> {
  if (reply.kind === "silence") return;
  if (reply.kind === "failure") return send(response, reply.status, api.failure(reply.status));
  const text = reply.kind === "words" ? reply.pieces.join("") : "";
  const tokens = tokensOf(said, text);
  if (!streamed) return send(response, 200, api.whole(text, tokens));
  response.writeHead(200, { "content-type": "text/event-stream" });
  if (reply.kind === "tool") frame(response, api.call(reply.name, reply.command));
  else await sayPieces(response, api, reply);
  for (const last of api.last(tokens)) frame(response, last);
  response.end(api.closing);
}

async function sayPieces(
  response: ServerResponse,
  api: ModelApi,
  { pieces, pauseMs }: Extract<Reply, { kind: "words" }>,
): Promise<void> {
  for (const [index, piece] of pieces.entries()) {
    if (pauseMs > 0 && index > 0) await pause(pauseMs);
    if (response.destroyed) return;
    frame(response, api.piece(piece));
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function frame(response: ServerResponse, part: object): void {
  if (!response.destroyed) response.write(`data: ${JSON.stringify(part)}\n\n`);
}

type Meeting = (size: number) => Promise<void>;

/** Nobody leaves before all have come. */
function createMeeting(): Meeting {
  let waiting: (() => void)[] = [];
  return (size) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length < size) return;
      for (const leave of waiting) leave();
      waiting = [];
    });
}
