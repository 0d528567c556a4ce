/**
 * The protocol's SDK on our own message stream.
 *
 * Invariants:
 * 1. `session/update` and the answers to prompts are taken out of the stream and told at once, in the
 *    order of the wire. (In the SDK an answer can overtake the notifications before it.)
 * 2. The SDK gets requests, `$/cancel_request`, and answers to what is open; it would answer or print
 *    anything else.
 * 3. `prompt` resolves when the pipe has taken the prompt; its answer comes by `answered`. A reply to
 *    a request of the agent's is told the same way.
 */
import type { AnyMessage, Stream } from "@agentclientprotocol/sdk";
import type { Json, JsonObject } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import type { MessageStream } from "./message-stream.ts";
import type { Prompt } from "./prompt.ts";
import type { Answer } from "./signals.ts";

/** What is said to a request of the agent's. */
export interface Reply {
  readonly result: object;
  /** Settled when the pipe has taken it. */
  readonly told?: PromiseWithResolvers<void>;
}

/** What an agent says without being asked, and its answers to prompts. All are called synchronously. */
export interface AgentEvents {
  update(session_id: string, update: JsonObject): void;
  answered(session_id: string, answer: Answer): void;
  /** session/request_permission; `withdrawn` is aborted when the agent takes it back. */
  permission(params: JsonObject, withdrawn: AbortSignal): Reply | Promise<Reply>;
  /** elicitation/create. */
  elicitation(params: JsonObject, withdrawn: AbortSignal): Reply | Promise<Reply>;
  /** Nothing more can come. */
  over(why: "ended" | "overflow"): void;
}

export interface Connection {
  /** Begins to read; nothing is told before. Called once. */
  read(): void;
  /** Rejects with the SDK's RequestError, or with the reason of `close`. */
  request(method: string, params: object): Promise<Json>;
  prompt(session_id: string, prompt: Prompt): Promise<void>;
  /** Resolves when it was queued. */
  notify(method: string, params: object): Promise<void>;
  /** Rejects what is open; nothing is told afterwards. */
  close(reason: Error): void;
}

/** Connects to an agent. */
export async function connect(messages: MessageStream, events: AgentEvents): Promise<Connection> {
  const sdk = await import("@agentclientprotocol/sdk"); // costs 100 ms: only when an agent is launched
  const wire = createWire(messages, events);
  let closedBy: Error | undefined;
  const replying =
    (ask: AgentEvents["permission"]) =>
    async ({ params, signal, requestId }: AgentRequest): Promise<object> => {
      const { result, told } = await ask(params, signal);
      if (closedBy !== undefined) told?.reject(closedBy);
      else if (told !== undefined) wire.replying.set(requestId, told);
      return result;
    };
  const connection = sdk
    .client({ name: "aethrolink" })
    .onRequest<JsonObject, object>(
      sdk.methods.client.session.requestPermission,
      asObject,
      replying(events.permission),
    )
    .onRequest<JsonObject, object>(
      sdk.methods.client.elicitation.create,
      asObject,
      replying(events.elicitation),
    )
    .connect(wire.stream);
  const { agent } = connection;
  return {
    read: wire.read,
    request: (method, params) => agent.request<Json>(method, params),
    prompt(session_id, prompt) {
      const written = Promise.withResolvers<void>();
      wire.writing.set(session_id, written);
      agent.request<Json, object>(prompted, { sessionId: session_id, ...prompt }).catch(written.reject);
      return written.promise;
    },
    notify: (method, params) => agent.notify<object>(method, params),
    close(reason) {
      closedBy ??= reason;
      for (const told of wire.replying.values()) told.reject(reason);
      wire.replying.clear();
      connection.close(reason);
    },
  };
}

interface AgentRequest {
  readonly params: JsonObject;
  readonly signal: AbortSignal;
  readonly requestId: string | number | null;
}

/** Parameters as they are: they were read as JSON by us. */
function asObject(params: unknown): JsonObject {
  const json = params as Json;
  return isJsonObject(json) ? json : {};
}

const prompted = "session/prompt";

interface Wire {
  readonly stream: Stream;
  /** Prompts that are on their way to the pipe, by session. */
  readonly writing: Map<string, PromiseWithResolvers<void>>;
  /** Replies that are on their way to the pipe, by the agent's request id. */
  readonly replying: Map<Json, PromiseWithResolvers<void>>;
  read(): void;
}

function createWire(messages: MessageStream, events: AgentEvents): Wire {
  const writing = new Map<string, PromiseWithResolvers<void>>();
  const replying = new Map<Json, PromiseWithResolvers<void>>();
  const open = new Map<Json, string | undefined>(); // request id → its session, if it is a prompt
  let toSdk: ReadableStreamDefaultController<AnyMessage> | undefined;

  const noteWritten = <Key>(waiting: Map<Key, PromiseWithResolvers<void>>, key: Key): void => {
    const written = waiting.get(key);
    waiting.delete(key);
    if (written !== undefined) messages.flushed().then(written.resolve, written.reject);
  };
  const readable = new ReadableStream<AnyMessage>({
    start(controller) {
      toSdk = controller;
    },
    cancel() {
      toSdk = undefined; // closed: what still comes is for nobody
    },
  });
  const writable = new WritableStream<AnyMessage>({
    write(message) {
      messages.send(message);
      if (!("id" in message)) return;
      if (!("method" in message)) return noteWritten(replying, message.id);
      const session_id = message.method === prompted ? sessionOf(message.params) : undefined;
      open.set(message.id, session_id);
      if (session_id !== undefined) noteWritten(writing, session_id);
    },
  });

  const takeAnswer = (message: JsonObject): void => {
    const { id, result = null } = message;
    const error = message.error ?? undefined; // some say null beside a result
    const session_id = id === undefined ? undefined : open.get(id);
    if (id === undefined || !open.delete(id)) return; // a second answer, or one to nothing
    if (session_id !== undefined) events.answered(session_id, error === undefined ? { result } : { error });
    const answer = answerOf(id, result, error);
    if (answer !== undefined) toSdk?.enqueue(answer);
  };

  const takeNotification = (method: string, params: Json | undefined): void => {
    if (method !== "session/update" || !isJsonObject(params)) return;
    const { sessionId, update } = params;
    if (typeof sessionId === "string" && isJsonObject(update)) events.update(sessionId, update);
  };

  const read = (): void =>
    messages.read({
      message(message) {
        const { method, params, id } = message;
        if (method === undefined) return takeAnswer(message);
        if (typeof method !== "string") return;
        if (id === undefined && method !== "$/cancel_request") return takeNotification(method, params);
        const call = callOf(method, params, id);
        if (call !== undefined) toSdk?.enqueue(call);
      },
      overflow: () => events.over("overflow"),
      ended: () => events.over("ended"),
    });
  return { stream: { readable, writable }, writing, replying, read };
}

function sessionOf(params: unknown): string | undefined {
  if (typeof params !== "object" || params === null || !("sessionId" in params)) return undefined;
  return typeof params.sessionId === "string" ? params.sessionId : undefined;
}

function isId(id: Json): id is string | number | null {
  return id === null || typeof id === "string" || typeof id === "number";
}

/** An answer as the SDK takes it, whatever an agent left out. */
function answerOf(id: Json, result: Json, error: Json | undefined): AnyMessage | undefined {
  if (!isId(id)) return undefined;
  if (error === undefined) return { jsonrpc: "2.0", id, result };
  const { code, message, data } = isJsonObject(error) ? error : {};
  const told = {
    code: typeof code === "number" && Number.isInteger(code) ? code : -32603,
    message: typeof message === "string" ? message : "no message",
    ...(data === undefined ? {} : { data }),
  };
  return { jsonrpc: "2.0", id, error: told };
}

function callOf(method: string, params: Json | undefined, id: Json | undefined): AnyMessage | undefined {
  const call = { jsonrpc: "2.0" as const, method, ...(params === undefined ? {} : { params }) };
  if (id === undefined) return call;
  return isId(id) ? { ...call, id } : undefined;
}
