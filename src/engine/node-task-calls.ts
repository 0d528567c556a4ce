/**
 * The task calls of the node protocol, from a request to its answer: HTTP and loopback both end here, so
 * that they can't differ.
 */
import { createHash } from "node:crypto";
import type { MessageType } from "#contracts/enums.ts";
import { type ErrorCode, errorTable } from "#contracts/errors.ts";
import {
  type NodeErrorCode,
  type NodeRefusal,
  type NodeTaskCall,
  NodeTaskCancel,
  NodeTaskQuery,
  NodeTaskResume,
  NodeTaskSubmit,
  nodeTaskRoutes,
} from "#contracts/node-tasks.ts";
import type { AnswerBody, FrameBody, Headers, PeerCaller, RequestBody } from "#src/core/network-ports.ts";
import type { Json } from "#src/core/ports.ts";
import { fail, RequestError } from "#src/errors.ts";
import type { Engine } from "./engine.ts";
import type { Follower, Sink } from "./follow.ts";
import {
  acceptNodeTask,
  cancelNodeTask,
  followNodeTask,
  nodeArtifact,
  resumeNodeTask,
} from "./node-tasks.ts";

interface Asked {
  readonly caller: PeerCaller;
  readonly params: { readonly task_id: string; readonly artifact_id: string };
  readonly query: { readonly [name: string]: string };
  readonly headers: Headers;
  readonly content: Json;
}

/** What a call is answered: JSON, bytes, or a stream that `follow` writes. */
export interface NodeTaskAnswer {
  readonly status: number;
  readonly json?: object;
  readonly bytes?: Uint8Array;
  readonly follow?: (sink: Sink) => Follower;
}

interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
}

function checked<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return fail(
    "invalid_request",
    `${issue?.path.map(String).join(".") || "it"}: ${issue?.message ?? "is not valid"}`,
  );
}

/** That a body and its path name the same task. */
class Mismatch extends RequestError {}

function steering<T extends { destination_task_id: string }>(
  schema: Schema<T>,
  { content, params }: Asked,
): T {
  const body = checked(schema, content);
  if (body.destination_task_id === params.task_id) return body;
  throw new Mismatch("invalid_request", "destination_task_id is not the task that the path names.");
}

/** An answer with a status that the call declares. */
type AnswerOf<Call extends NodeTaskCall> = NodeTaskAnswer & {
  readonly status: (typeof nodeTaskRoutes)[Call] extends { responses: infer R } ? keyof R : never;
};

const calls: {
  readonly [Call in NodeTaskCall]: (engine: Engine, asked: Asked) => Promise<AnswerOf<Call>>;
} = {
  submit: async (engine, { caller, content, headers }) => ({
    status: 202,
    json: await acceptNodeTask(engine, caller, checked(NodeTaskSubmit, content), headers),
  }),
  async events(engine, { caller, params, query, headers }) {
    const { origin_proxy_task_id } = checked(NodeTaskQuery, query);
    const after = headers["last-event-id"] ?? "0";
    if (!/^\d{1,15}$/.test(after)) fail("invalid_request", "Last-Event-ID must be the seq of an event.");
    const follow = followNodeTask(engine, caller, {
      task_id: params.task_id,
      origin_proxy_task_id,
      after: Number(after),
    });
    return follow === undefined ? { status: 204 } : { status: 200, follow };
  },
  resume: async (engine, asked) => ({
    status: 202,
    json: await resumeNodeTask(engine, asked.caller, steering(NodeTaskResume, asked), asked.headers),
  }),
  async cancel(engine, asked) {
    const { over, task_id, status } = await cancelNodeTask(
      engine,
      asked.caller,
      steering(NodeTaskCancel, asked),
    );
    return { status: over ? 200 : 202, json: { task_id, status } };
  },
  artifact: async (engine, { caller, params, query }) => ({
    status: 200,
    bytes: await nodeArtifact(engine, caller, { ...params, ...checked(NodeTaskQuery, query) }),
  }),
};

const patterns = Object.entries(nodeTaskRoutes).map(([call, { method, path }]) => ({
  call: call as NodeTaskCall,
  method,
  // As all other paths: whatever the case, with or without a slash at the end.
  pattern: new RegExp(`^${path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}/?$`, "i"),
}));

/** Where all of them are. */
const below = nodeTaskRoutes.submit.path;

/** The call that a method and a path, with its query, are; undefined: they are none. */
export function nodeTaskCallOf(method: string, path: string) {
  if (path.slice(0, below.length).toLowerCase() !== below) return undefined;
  const [pathname = "", search = ""] = path.split("?", 2);
  for (const { call, method: of, pattern } of patterns) {
    const match = of === method ? pattern.exec(pathname) : null;
    if (match === null) continue;
    const { task_id = "", artifact_id = "" } = match.groups ?? {};
    return { call, params: { task_id, artifact_id }, query: Object.fromEntries(new URLSearchParams(search)) };
  }
  return undefined;
}

/** As the parser of bodies names it. */
const isNoJson = ({ cause }: RequestError) =>
  (cause as { type?: unknown } | undefined)?.type === "entity.parse.failed";

/** How these calls say that something is wrong. */
export function nodeErrorOf(call: NodeTaskCall, thrown: RequestError): { status: number; json: NodeRefusal } {
  const { status, retry } = errorTable[thrown.code];
  const { invalid, failed } = nodeTaskRoutes[call].metadata;
  const named: { readonly [Code in ErrorCode]?: NodeErrorCode } = {
    invalid_request:
      thrown instanceof Mismatch ? "task_id_mismatch" : isNoJson(thrown) ? "invalid_json" : invalid,
    unauthorized: "unauthorized",
    loop_detected: "loop_detected",
  };
  const code = named[thrown.code] ?? failed;
  return { status, json: { message_type: "error", code, message: thrown.message, retryable: retry } };
}

/** Answers a call; a refusal is an answer. */
export async function answerNodeTask(
  engine: Engine,
  caller: PeerCaller,
  message_type: MessageType,
  { method, path, headers = {}, content }: RequestBody,
): Promise<NodeTaskAnswer | undefined> {
  const found = nodeTaskCallOf(method, path);
  // What it is about decides who may say it, so that it must be true.
  if (found === undefined || nodeTaskRoutes[found.call].metadata.message !== message_type) return undefined;
  try {
    return await calls[found.call](engine, { ...found, caller, headers, content });
  } catch (thrown) {
    if (thrown instanceof RequestError) return nodeErrorOf(found.call, thrown);
    throw thrown;
  }
}

/** The same for what carries no bytes: a body of the envelope, with its frames. */
export function envelopeAnswer({ status, json, bytes, follow }: NodeTaskAnswer): AnswerBody & {
  readonly frames?: AsyncIterable<FrameBody>;
} {
  if (follow !== undefined) {
    const headers = { "content-type": "text/event-stream" };
    return { kind: "answer", status, headers, content: null, frames: framesOf(follow) };
  }
  if (bytes !== undefined) {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const headers = { "content-type": "application/octet-stream" };
    return {
      kind: "answer",
      status,
      headers,
      content: { base64: Buffer.from(bytes).toString("base64") },
      sha256,
    };
  }
  const headers = { "content-type": "application/json" };
  const content = json === undefined ? null : (JSON.parse(JSON.stringify(json)) as Json);
  return { kind: "answer", status, headers, content };
}

/** What a follower writes, frame by frame. */
async function* framesOf(follow: (sink: Sink) => Follower) {
  const pages: Uint8Array[] = [];
  let isOver = false;
  let wake = () => {};
  const follower = follow({
    write(bytes) {
      pages.push(bytes);
      wake();
      return false;
    },
    end(bytes) {
      if (bytes !== undefined) pages.push(bytes);
      isOver = true;
      wake();
    },
  });
  try {
    follower.pull();
    for (;;) {
      const page = pages.shift();
      if (page !== undefined) {
        yield* framesIn(page);
        continue;
      }
      if (isOver) return;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      follower.pull();
      if (pages.length === 0 && !isOver) await woken;
    }
  } finally {
    follower.close();
  }
}

function* framesIn(page: Uint8Array) {
  for (const block of Buffer.from(page).toString("utf8").split("\n\n")) {
    const id = /^id: (\d+)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (id === undefined || data === undefined) continue;
    yield { kind: "frame" as const, id, content: JSON.parse(data) as Json };
  }
}
