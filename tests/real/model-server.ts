/**
 * A model that always answers the same, behind the API that runtimes speak to models: OpenAI's chat
 * completions, streamed or whole. The user's words steer it:
 *
 * - `HISTORY` is answered with what the user said before in this conversation
 * - `SLOW:n` with n words, a pause before each but the first
 * - `MEET:n` when n such requests are open at once, and not before
 * - a request for a title with one
 * - anything else with `echo: ` and itself
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";

const Content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() })), z.null()]);
const ChatRequest = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content: Content.optional() })),
  stream: z.boolean().default(false),
});
type ChatRequest = z.output<typeof ChatRequest>;

/** What was asked, and how it ended. */
export interface ModelCall {
  readonly kind: "turn" | "title";
  /** The user's latest words. */
  readonly said: string;
  /** Undefined: it is still being answered. */
  end: "answered" | "gone" | undefined;
}

export interface ModelServer extends AsyncDisposable {
  /** For a runtime's `base_url`. */
  readonly url: string;
  /** All calls, in the order of their arrival. */
  readonly calls: readonly ModelCall[];
}

const pauseMs = 40;

/** Listens at a free port of this machine. */
export async function startModelServer(): Promise<ModelServer> {
  const calls: ModelCall[] = [];
  const meeting = createMeeting();
  const server = createServer((request, response) => {
    answer(request, response, calls, meeting).catch((thrown: unknown) => response.destroy(thrown as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
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
  if (request.url?.startsWith("/v1/models")) {
    return send(response, { object: "list", data: [{ id: "fake-model", object: "model" }] });
  }
  const chat = ChatRequest.parse(await json(request));
  const said = wordsOf(chat, "user").at(-1) ?? "";
  const call: ModelCall = { kind: isForTitle(chat) ? "title" : "turn", said, end: undefined };
  calls.push(call);
  response.once("close", () => {
    call.end = response.writableFinished ? "answered" : "gone";
  });
  const words = call.kind === "title" ? ["A", " title"] : await wordsFor(chat, said, meeting);
  const usage = usageOf(said, words.join(""));
  if (!chat.stream) {
    return send(response, { ...head("chat.completion"), choices: [whole(words.join(""))], usage });
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const pauses = said.startsWith("SLOW:") && call.kind === "turn";
  for (const [index, content] of words.entries()) {
    if (pauses && index > 0) await pause(pauseMs);
    if (response.destroyed) return;
    frame(response, { choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }] });
  }
  frame(response, { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  frame(response, { choices: [], usage });
  response.end("data: [DONE]\n\n");
}

const head = (object: string) => ({ id: "chatcmpl-1", object, created: 1, model: "fake-model" });

const whole = (content: string) => ({
  index: 0,
  message: { role: "assistant", content },
  finish_reason: "stop",
});

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function frame(response: ServerResponse, part: object): void {
  response.write(`data: ${JSON.stringify({ ...head("chat.completion.chunk"), ...part })}\n\n`);
}

/** A token is a word. Only the latest words of the user count, so that a turn's cost doesn't hang on its history. */
function usageOf(said: string, answered: string) {
  const [prompt_tokens, completion_tokens] = [said, answered].map((text) => text.trim().split(/\s+/).length);
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: (prompt_tokens ?? 0) + (completion_tokens ?? 0),
  };
}

function wordsOf({ messages }: ChatRequest, role: string): string[] {
  return messages.flatMap((message) => (message.role === role ? [textOf(message.content)] : []));
}

function textOf(content: ChatRequest["messages"][number]["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join("");
}

const isForTitle = (chat: ChatRequest) =>
  wordsOf(chat, "system").some((text) => /\btitle\b/.test(text) && text.length < 1000);

async function wordsFor(chat: ChatRequest, said: string, meeting: Meeting): Promise<string[]> {
  const [mode, count] = said.split(/[: ]/);
  if (mode === "HISTORY") return inPieces(wordsOf(chat, "user").slice(0, -1).join(" | ") || "nothing");
  if (mode === "SLOW") return Array.from({ length: Number(count) }, (_, index) => `w${index} `);
  if (mode === "MEET") await meeting(Number(count));
  return inPieces(`echo: ${said}`);
}

/** As a model sends it: by a few letters at a time. */
function inPieces(text: string): string[] {
  return text.match(/[\s\S]{1,6}/gu) ?? [];
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
