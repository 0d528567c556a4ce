/**
 * The calls that nodes alone make: each with every status that it declares, at a node that is asked with real
 * signatures. What is answered has the declared form, and the declared media type.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NodeTaskCall, nodeTaskRoutes } from "#contracts/node-tasks.ts";
import { nodeTaskOperations, type Operation } from "#contracts/openapi/operations.ts";
import type { MessageClaims } from "#src/core/network-ports.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { fakeTarget } from "../../open-engine.ts";
import { openServer, type Reply } from "../../open-server.ts";
import { signed } from "../../signing.ts";
import { alteredFetch } from "./altered-fetch.ts";

type Message = Parameters<typeof signed>[0];

const giver = ed25519Identity(makeKey());
const other = ed25519Identity(makeKey());

interface Asked {
  /** The path's parameters and its query. */
  readonly path?: string;
  readonly body?: object;
  readonly headers?: { readonly [name: string]: string };
  readonly claims?: Partial<MessageClaims>;
  readonly by?: typeof giver | "nobody";
}

/** A node whose only peer is the one that asks. */
async function openPlace() {
  const server = await openServer({
    targets: [
      fakeTarget({ target_id: "able" }),
      fakeTarget({ target_id: "full", queue: 1, max_concurrency: 1 }),
    ],
  });
  await server.call("POST", "/v1/peers", {
    peer_id: "giver",
    base_url: "http://127.0.0.1:9",
    node_id: giver.nodeId,
  });

  async function proofOf(about: Pick<Message, "method" | "path" | "message_type">, asked: Asked) {
    const { body, headers = {}, claims, by = giver } = asked;
    if (by === "nobody") return {};
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const { engine, clock } = server.node;
    const message = { ...about, ...text, headers, by, to: engine.network.nodeId, nowMs: clock.now() };
    return signed(message, claims);
  }

  async function ask(call: NodeTaskCall, asked: Asked): Promise<Reply> {
    const { method, metadata, path: template } = nodeTaskRoutes[call];
    const path = template.replace(/\/:.*$/, "") + (asked.path ?? "");
    const proof = await proofOf({ method, path, message_type: metadata.message }, asked);
    const headers = { authorization: null, ...proof, ...asked.headers };
    if (!("host" in headers)) return server.call(method, path, asked.body, headers);
    // Which fetch itself would not send.
    const send = alteredFetch({ ...proof, ...asked.headers, "content-type": "application/json" });
    const text = asked.body === undefined ? {} : { body: JSON.stringify(asked.body) };
    const answer = await send(server.url + path, { method, ...text });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }

  let made = 0;
  const submission = (changes: object = {}) => ({
    origin_node_id: giver.nodeId,
    origin_proxy_task_id: `proxy-${++made}`,
    target_agent_id: "able",
    intent: "test.run",
    payload: { text: "hello" } as object,
    trace: { trace_id: "t" },
    submitted_at: "2026-11-23T09:00:00.123456789Z",
    ...changes,
  });

  /** A task of the peer's, as it stands then. */
  async function given(payload: object, status: string) {
    const body = submission({ payload });
    const { body: accepted } = await ask("submit", { body });
    const id = (accepted as { destination_task_id: string }).destination_task_id;
    await server.node.reaches(id, status);
    const proxy = body.origin_proxy_task_id;
    const steer = (more: object = {}) => ({
      origin_node_id: giver.nodeId,
      origin_proxy_task_id: proxy,
      destination_task_id: id,
      trace: { trace_id: "t" },
      requested_at: "2026-11-23T09:00:00Z",
      ...more,
    });
    return { id, query: `?origin_proxy_task_id=${proxy}`, steer };
  }

  return { server, ask, submission, given, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

type Place = Awaited<ReturnType<typeof openPlace>>;
type Make = (place: Place) => Promise<Asked>;

const done = { text: "hello" };
const asks = { mode: "await_then_resume" };
const runs = { mode: "cancelled" };

/** A call that is answered well, by which the refusals of all calls are made. */
const well: { readonly [Call in NodeTaskCall]: Make } = {
  submit: async ({ submission }) => ({ body: submission() }),
  async events({ given }) {
    const { id, query } = await given(done, "completed");
    return { path: `/${id}/events${query}` };
  },
  async resume({ given }) {
    const { id, steer } = await given(asks, "awaiting_input");
    return { path: `/${id}/resume`, body: steer({ payload: { approved: true } }) };
  },
  async cancel({ given }) {
    const { id, steer } = await given(runs, "running");
    return { path: `/${id}/cancel`, body: steer({ reason: "no more" }) };
  },
  async artifact({ given, server }) {
    const { id, query } = await given({ mode: "flood", chunks: 2000, size: 16 }, "completed");
    return { path: `/${id}/artifacts/${server.node.record(id).result_artifact_id ?? ""}${query}` };
  },
};

const changed =
  (make: Make, change: (asked: Asked) => Asked): Make =>
  async (place) =>
    change(await make(place));

const withHeaders = (make: Make, headers: Asked["headers"]) =>
  changed(make, (asked) => ({ ...asked, headers: headers ?? {} }));

/** What comes of a store that does not do what it should. */
const broken =
  (make: Make, thrown: object): Make =>
  async (place) => {
    const asked = await make(place);
    const fails = () => {
      throw Object.assign(new Error("the table can't be read"), thrown);
    };
    const { relays } = place.server.node.engine;
    const { nodeTask, nodeTaskOf } = relays;
    Object.assign(relays, { nodeTask: fails, nodeTaskOf: fails });
    mend = () => void Object.assign(relays, { nodeTask, nodeTaskOf });
    return asked;
  };
let mend = () => {};

/** The refusals that all calls share. */
const common = (make: Make) => ({
  400: withHeaders(make, { "last-event-id": "no number", "aethrolink-question": "none" }),
  401: changed(make, (asked) => ({ ...asked, by: "nobody" })),
  403: withHeaders(make, { origin: "https://elsewhere.example", "sec-fetch-site": "cross-site" }),
  421: withHeaders(make, { host: "elsewhere.example" }),
  500: broken(make, {}),
  503: broken(make, { code: "SQLITE_IOERR_READ" }),
});

const bodies = (make: Make) => ({
  400: changed(make, (asked) => ({ ...asked, body: { ...(asked.body as object), more: 1 } })),
  413: changed(make, (asked) => ({
    ...asked,
    body: { ...(asked.body as object), more: "x".repeat(1024 * 1024 + 64 * 1024) },
  })),
  415: withHeaders(make, { "content-type": "text/plain" }),
});

const unknown = (make: Make) =>
  changed(make, (asked) => ({
    ...asked,
    path: (asked.path ?? "").replace(/proxy-\d+/, "other"),
    ...(asked.body === undefined
      ? {}
      : { body: { ...(asked.body as object), origin_proxy_task_id: "other" } }),
  }));

const submitting =
  (changes: object): Make =>
  async ({ submission }) => ({ body: submission(changes) });

const cases: { readonly [Call in NodeTaskCall]: { readonly [status: number]: Make } } = {
  submit: {
    ...common(well.submit),
    ...bodies(well.submit),
    202: well.submit,
    404: submitting({ target_agent_id: "nobody" }),
    409: async (place) => ({
      ...(await well.submit(place)),
      claims: { chain: [place.server.node.engine.network.nodeId, giver.nodeId] },
    }),
    422: submitting({ intent: "test.other" }),
    429: async ({ ask, submission, server }) => {
      const body = () => submission({ target_agent_id: "full", payload: runs });
      for (let n = 0; n < 2; n++) {
        const { body: accepted } = await ask("submit", { body: body() });
        const { destination_task_id } = accepted as { destination_task_id: string };
        if (n === 0) await server.node.reaches(destination_task_id, "running");
      }
      return { body: body() };
    },
  },
  events: {
    ...common(well.events),
    200: well.events,
    204: async ({ given, server }) => {
      const { id, query } = await given(done, "completed");
      const end = String(server.node.kinds(id).length);
      return { path: `/${id}/events${query}`, headers: { "last-event-id": end } };
    },
    404: unknown(well.events),
  },
  resume: {
    ...common(well.resume),
    ...bodies(well.resume),
    202: well.resume,
    404: unknown(well.resume),
    409: async ({ given }) => {
      const { id, steer } = await given(runs, "running");
      return { path: `/${id}/resume`, body: steer({ payload: {} }) };
    },
    422: async ({ given }) => {
      const { id, steer } = await given(asks, "awaiting_input");
      return { path: `/${id}/resume`, body: steer({ payload: { option_id: "none" } }) };
    },
  },
  cancel: {
    ...common(well.cancel),
    ...bodies(well.cancel),
    200: async ({ given }) => {
      const { id, steer } = await given(done, "completed");
      return { path: `/${id}/cancel`, body: steer() };
    },
    202: well.cancel,
    404: unknown(well.cancel),
  },
  artifact: {
    ...common(well.artifact),
    200: well.artifact,
    404: unknown(well.artifact),
    400: changed(well.artifact, (asked) => ({ ...asked, path: (asked.path ?? "").replace(/\?.*/, "") })),
  },
};

let place: Place;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place[Symbol.asyncDispose]());

const typeOf = ({ headers }: Reply) => headers.get("content-type")?.split(";")[0];

/** The parts of an answer that its schema describes. */
function partsOf({ body }: Reply, contentType: string): unknown[] {
  if (contentType === "application/octet-stream") return [];
  if (contentType !== "text/event-stream") return [body];
  const frames = String(body)
    .split("\n\n")
    .filter((frame) => frame.startsWith("event: task.event\n"));
  expect(frames.length).toBeGreaterThan(0);
  return frames.map((frame) => JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? "null"));
}

const all = (Object.keys(nodeTaskRoutes) as NodeTaskCall[]).flatMap((call, at) => {
  const operation = nodeTaskOperations()[at] as Operation;
  return Object.keys(operation.responses).map((status) => ({ call, operation, status }));
});

describe("a call of another node", () => {
  it.each(all)("$call is answered $status as it declares", async ({ call, operation, status }) => {
    const make = (cases[call] as { readonly [status: string]: Make })[status];
    if (make === undefined) throw new Error("no case brings it about");
    const asked = await make(place);
    const reply = await place.ask(call, asked).finally(() => mend());
    expect({ status: reply.status, said: reply.body }).toMatchObject({ status: Number(status) });
    const declared = operation.responses[status];
    if (declared === undefined) throw new Error("it is not declared");
    if (declared === null) {
      expect(reply.body).toBe("");
      return;
    }
    expect(typeOf(reply)).toBe(declared.contentType);
    for (const part of partsOf(reply, declared.contentType)) expect(declared.body.parse(part)).toEqual(part);
  });

  it("with a signature that is none is refused for that, whatever its body is", async () => {
    for (const call of Object.keys(well) as NodeTaskCall[]) {
      const { path = "", ...asked } = await well[call](place);
      const headers = {
        "aethrolink-signature": "eyJhbGciOiJFZERTQSJ9.e30.c2ln",
        "content-type": "text/plain",
      };
      const reply = await place.ask(call, { ...asked, path, by: "nobody", headers });
      expect(reply).toMatchObject({ status: 401, body: { code: "unauthorized" } });
    }
  });

  it("is none of a key that nobody knows", async () => {
    for (const call of Object.keys(well) as NodeTaskCall[]) {
      const asked = await well[call](place);
      expect(await place.ask(call, { ...asked, by: other })).toMatchObject({ status: 401 });
    }
  });
});
