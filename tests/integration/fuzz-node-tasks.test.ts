/**
 * Messages of a trusted peer about tasks, changed in some way. Changed behind its signature, each is refused;
 * changed before it, each that has not the shape is refused. A refusal is one of the declared errors, and
 * changes nothing. To repeat a failure or to try more: tests/fuzz.ts.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MessageType } from "#contracts/enums.ts";
import { Problem } from "#contracts/errors.ts";
import {
  NodeRefusal,
  type NodeTaskCall,
  NodeTaskCancel,
  NodeTaskResume,
  NodeTaskSubmit,
  nodeTaskRoutes,
} from "#contracts/node-tasks.ts";
import type { Json } from "#contracts/shared.ts";
import { nodeTaskCallOf } from "#src/engine/node-task-calls.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { fuzzed, fuzzTimeout } from "../fuzz.ts";
import { fakeTarget } from "../open-engine.ts";
import { type OpenServer, openServer, type Reply } from "../open-server.ts";
import { signed } from "../signing.ts";
import { tellFigures } from "../soak/figures.ts";

const peer = ed25519Identity(makeKey());
const proxy = "proxy-of-all";
let server: OpenServer;
let task_id: string;

beforeAll(async () => {
  server = await openServer({ targets: [fakeTarget({ target_id: "build" })] });
  await server.call("POST", "/v1/peers", {
    peer_id: "alice",
    base_url: "http://127.0.0.1:9",
    node_id: peer.nodeId,
  });
  // It asks, so that all that can be done to a task could be done to this one.
  const { method, path, message_type, body } = messages().submit;
  const asked = { ...body, origin_proxy_task_id: proxy, payload: { mode: "await_then_resume" } };
  const answer = await send({ method, path, message_type, body: asked });
  expect(answer.status).toBe(202);
  task_id = (answer.body as { destination_task_id: string }).destination_task_id;
  await server.node.reaches(task_id, "awaiting_input");
});
afterAll(() => server[Symbol.asyncDispose]());

interface Message {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly message_type: MessageType;
  readonly body?: Json;
}

/** A right message of each call. */
function messages() {
  const steering = {
    origin_node_id: peer.nodeId,
    origin_proxy_task_id: proxy,
    destination_task_id: task_id,
    trace: { trace_id: "t" },
    requested_at: "2026-11-23T09:00:00Z",
  };
  const of = (call: NodeTaskCall, query = "") => {
    const { method, path, metadata } = nodeTaskRoutes[call];
    const filled = path.replace(":task_id", task_id).replace(":artifact_id", "01KAT3Q4V5W6X7Y8Z9A0B1C2D5");
    return { method, path: filled + query, message_type: metadata.message };
  };
  const query = `?origin_proxy_task_id=${proxy}`;
  return {
    submit: {
      ...of("submit"),
      body: {
        origin_node_id: peer.nodeId,
        origin_proxy_task_id: "never-given",
        target_agent_id: "build",
        intent: "test.run",
        payload: { text: "hello" },
        runtime_options: {},
        trace: { trace_id: "t", parent_task_id: "" },
        delivery: { mode: "stream", launch_if_down: true, timeout_ms: 60_000 },
        submitted_at: "2026-11-23T09:00:00.123456789Z",
      },
    },
    events: of("events", query),
    resume: { ...of("resume"), body: { ...steering, payload: { approved: true } } },
    cancel: { ...of("cancel"), body: { ...steering, reason: "not needed" } },
    artifact: of("artifact", query),
  } satisfies { readonly [Call in NodeTaskCall]: Message };
}

const textOf = ({ body }: Message) => (body === undefined ? undefined : JSON.stringify(body));

async function headersOf(message: Message): Promise<{ readonly [name: string]: string }> {
  const { engine, clock } = server.node;
  const { method, path, message_type } = message;
  const text = textOf(message);
  const base = { method, path, message_type, by: peer, to: engine.network.nodeId, nowMs: clock.now() };
  return signed({ ...base, ...(text === undefined ? {} : { body: text }) });
}

async function send(message: Message): Promise<Reply> {
  const { method, path } = message;
  return server.call(method, path, textOf(message), { authorization: null, ...(await headersOf(message)) });
}

/** All that a message could change. */
function standing(): string {
  const { storage, engine } = server.node;
  engine.log.batch.flush();
  const tables = ["tasks", "task_events", "node_tasks", "artifacts", "peer_targets", "runtime_leases"];
  return JSON.stringify(tables.map((name) => storage.reader.prepare(`SELECT * FROM ${name}`).all()));
}

/** Fails unless it is one of the errors that are declared of such a request. */
function expectRefusal({ method, path }: Pick<Message, "method" | "path">, { status, body }: Reply): void {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  const found = nodeTaskCallOf(method, path);
  if (found === undefined) {
    expect(Problem.safeParse(body).error).toBeUndefined();
    return;
  }
  expect(NodeRefusal.strict().safeParse(body).error).toBeUndefined();
  expect(Object.keys(nodeTaskRoutes[found.call].responses)).toContain(String(status));
}

const calls = Object.keys(nodeTaskRoutes) as NodeTaskCall[];
const withBody = ["submit", "resume", "cancel"] as const;
const shapes = {
  submit: NodeTaskSubmit,
  resume: NodeTaskResume,
  cancel: NodeTaskCancel,
};

/** What becomes of a body: a field goes, comes, or is another. */
interface BodyChange {
  readonly call: (typeof withBody)[number];
  /** Which field; past the last: a new one. */
  readonly at: number;
  /** Whether it is done to a field inside, where there are some. */
  readonly inside: boolean;
  /** Null: the field goes. */
  readonly value: { readonly json: Json } | null;
}

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(
    "",
    null,
    -1,
    1.5,
    1e300,
    "x".repeat(2000),
    "é",
    " ",
    "../..",
    "\u0000",
    [],
    {},
    true,
  ),
  fc.integer({ min: 60, max: 3000 }).map((levels) => nested(levels)),
);
const bodyChange: fc.Arbitrary<BodyChange> = fc.record({
  call: fc.constantFrom(...withBody),
  at: fc.nat(11),
  inside: fc.boolean(),
  value: fc.option(fc.record({ json: anything })),
});

function nested(levels: number): Json {
  let value: Json = 1;
  for (let n = 0; n < levels; n++) value = [value];
  return value;
}

function changed(body: Json, { at, inside, value }: Omit<BodyChange, "call">): Json {
  const fields = Object.entries(body as { [name: string]: Json });
  const [name = "unheard_of", old] = fields[at] ?? [];
  if (inside && typeof old === "object" && old !== null && !Array.isArray(old)) {
    const inner = changed(old, { at: at % (Object.keys(old).length + 1), inside: false, value });
    return { ...(body as object), [name]: inner };
  }
  const { [name]: _gone, ...others } = body as { [name: string]: Json };
  return value === null ? others : { ...others, [name]: value.json };
}

it(
  "a message that its peer signed and that has not the shape is refused, and changes nothing",
  async () => {
    const options = fuzzed<BodyChange>("node-messages", Number(process.env["FUZZ_RUNS"] ?? 150));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(bodyChange, async (change) => {
        const right = messages()[change.call];
        const body = changed(right.body, change);
        const schema = shapes[change.call];
        // What still has the shape may be done; of that only a fault of the node would be wrong.
        const isRight = schema.safeParse(JSON.parse(JSON.stringify(body))).success;
        if (isRight && change.call !== "submit") return;
        const before = standing();
        const answer = await send({ ...right, body });
        if (isRight) {
          expect(answer.status).toBeLessThan(500);
          return;
        }
        refused++;
        expectRefusal(right, answer);
        expect(answer.status).toBe(400);
        expect(standing()).toBe(before);
      }),
      options,
    );
    expect(refused).toBeGreaterThanOrEqual(Math.floor(options.numRuns / 20));
    tellFigures("G16", { misshapen: refused });
  },
  fuzzTimeout,
);

/** What becomes of a message after it was signed. */
interface ByteChange {
  readonly call: NodeTaskCall;
  readonly part: "body" | "path" | "signature" | "chain" | "header" | "unsigned" | "method";
  readonly at: number;
  /** What is put there. */
  readonly text: string;
}

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 6,
});
const byteChange: fc.Arbitrary<ByteChange> = fc.record({
  call: fc.constantFrom(...calls),
  part: fc.constantFrom("body", "path", "signature", "chain", "header", "unsigned", "method"),
  at: fc.nat(2000),
  text: visible,
});

/** A text with another in place of as many of its characters. */
function spoiled(whole: string, at: number, text: string): string {
  const place = at % (whole.length + 1);
  return whole.slice(0, place) + text + whole.slice(place + text.length);
}

interface Sent {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: string | undefined;
  readonly headers: { readonly [name: string]: string };
}

const signature = "AethroLink-Signature";
const signedNames = [
  "AethroLink-Question",
  "AethroLink-Payload",
  "AethroLink-Conversation",
  "AethroLink-Question-Timeout",
  "Last-Event-ID",
];

const spoilers: { readonly [Part in ByteChange["part"]]: (sent: Sent, change: ByteChange) => Sent } = {
  body: (sent, { at, text }) => ({ ...sent, body: spoiled(sent.body ?? "", at, text) }),
  // Behind /v1/node/, and nothing that would be sent otherwise than it stands here.
  path: (sent, { at, text }) => {
    const kept = "/v1/node/".length;
    const rest = spoiled(sent.path.slice(kept), at, text.replaceAll(/[^\w?&=-]/g, "x"));
    return { ...sent, path: sent.path.slice(0, kept) + rest };
  },
  // The last characters have bits that mean nothing.
  signature: (sent, { at, text }) => {
    const whole = sent.headers[signature] ?? "";
    const place = at % (whole.length - 8);
    return { ...sent, headers: { ...sent.headers, [signature]: spoiled(whole, place, text) } };
  },
  chain: (sent, { text }) => ({ ...sent, headers: { ...sent.headers, "AethroLink-Chain": text } }),
  header: (sent, { at, text }) => ({
    ...sent,
    headers: { ...sent.headers, [signedNames[at % signedNames.length] ?? ""]: text },
  }),
  unsigned: ({ headers: { [signature]: _gone, ...headers }, ...sent }) => ({ ...sent, headers }),
  method: (sent) => ({ ...sent, method: sent.method === "GET" ? "POST" : "GET", body: undefined }),
};

it(
  "a message that was changed behind its signature is refused, and changes nothing",
  async () => {
    const options = fuzzed<ByteChange>("node-bytes", Number(process.env["FUZZ_RUNS"] ?? 150));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(byteChange, async (change) => {
        const message = messages()[change.call];
        const right = { ...message, body: textOf(message), headers: await headersOf(message) };
        const sent = spoilers[change.part](right, change);
        if (sent.body !== undefined && sent.method === "GET") return; // fetch sends no such thing
        if (JSON.stringify(sent) === JSON.stringify(right)) return;
        const before = standing();
        const { method, path, body, headers } = sent;
        const answer = await server.call(method, path, body, { authorization: null, ...headers });
        refused++;
        expectRefusal(sent, answer);
        expect(standing()).toBe(before);
      }),
      options,
    );
    expect(refused).toBeGreaterThanOrEqual(Math.floor(options.numRuns / 4));
    tellFigures("G16", { spoiled: refused });
  },
  fuzzTimeout,
);

it("the messages that are changed would be followed as they are", async () => {
  const { submit, events, resume, cancel, artifact } = messages();
  expect((await send(submit)).status).toBe(202);
  expect((await send(resume)).status).toBe(202);
  expect([200, 202]).toContain((await send(cancel)).status);
  expect((await send(events)).status).toBe(200);
  expect((await send(artifact)).status).toBe(404);
});
