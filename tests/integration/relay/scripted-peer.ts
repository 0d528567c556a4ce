/** A trusted peer that is played by a test: it signs and checks like any node, and answers what it is told to. */
import type { AnswerBody, FrameBody, PeerLink, RequestBody } from "#src/core/network-ports.ts";
import type { Json, JsonObject } from "#src/core/ports.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { createReceiver } from "#src/network/receive.ts";
import { createLoopback } from "#src/network/transports/loopback.ts";
import { signAnswer, verifyPeer } from "#src/network/verify-peer.ts";
import { newId } from "#src/store/ulid.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { type OpenEngine, openEngine, until } from "../../open-engine.ts";

export type Call = "submit" | "events" | "resume" | "cancel";
/** What the peer answers; `broken`: it takes the call, and its answer is lost. */
export type Played = AnswerBody & { readonly frames?: AsyncIterable<FrameBody> };
export interface Script {
  submit?(body: JsonObject, times: number): Played | "broken";
  events?(from: number, times: number, signal: AbortSignal): Played | "broken";
  resume?(body: JsonObject, times: number): Played | "broken";
  cancel?(body: JsonObject, times: number): Played | "broken";
}

export const answer = (status: number, content: Json = {}): Played => ({ kind: "answer", status, content });

/** An answer by something on the way, which signs nothing. */
export const unsigned = (status: number): Played => ({ ...answer(status), headers: { "x-unsigned": "yes" } });

/** A stream of frames; `stays`: it doesn't end behind the last, but with the question. */
export function told(frames: readonly JsonObject[], stays?: AbortSignal): Played {
  async function* all(): AsyncGenerator<FrameBody> {
    for (const frame of frames) yield { kind: "frame", id: String(frame.seq), content: frame };
    if (stays !== undefined && !stays.aborted)
      await new Promise((resolve) => stays.addEventListener("abort", resolve, { once: true }));
  }
  const headers = { "content-type": "text/event-stream" };
  return { kind: "answer", status: 200, headers, content: null, frames: all() };
}

export interface WithPeer extends AsyncDisposable {
  readonly node: OpenEngine;
  readonly peerId: string;
  readonly calls: { readonly call: Call; readonly request: RequestBody }[];
  /** How many exchanges with the peer have not ended. */
  open(): number;
  /** How often the peer was called so. */
  count(call: Call): number;
  /** Lets the time pass, a little at a time, until something holds. */
  passing(holds: () => boolean, what: string): Promise<void>;
  /** Lets so many seconds pass, each when the node asks nothing. */
  seconds(count: number): Promise<void>;
}

/** A node whose only peer, `peer`, has one target, `core`, and plays a script. */
export async function openWithPeer(script: Script): Promise<WithPeer> {
  const clock = createFakeClock();
  const identity = ed25519Identity(makeKey());
  const own = ed25519Identity(makeKey());
  const loopback = createLoopback();
  let open = 0;
  const hub = {
    ...loopback,
    async *exchange(...asked: Parameters<typeof loopback.exchange>) {
      open++;
      try {
        for await (const each of loopback.exchange(...asked)) {
          const isUnsigned = each.body.kind === "answer" && each.body.headers?.["x-unsigned"] !== undefined;
          yield isUnsigned ? { ...each, signature: null } : each;
        }
      } finally {
        open--;
      }
    },
  };
  const calls: { readonly call: Call; readonly request: RequestBody }[] = [];
  const count = (call: Call) => calls.filter((each) => each.call === call).length;
  const origin = {
    peer_id: "origin",
    pairing_id: "origin",
    base_url: "loopback://o",
    node_id: own.nodeId,
    trust: "trusted",
  } as const;

  function play(request: RequestBody, signal: AbortSignal): Played {
    if (request.path === "/v1/node/health")
      return answer(200, {
        node_id: identity.nodeId,
        ok: true,
        protocol: "aethrolink.node.v1",
        checked_at: "",
      });
    const [, named] = /^\/v1\/node\/tasks(?:\/[^/]+\/(events|resume|cancel))?/.exec(request.path) ?? [];
    const call = (named ?? "submit") as Call;
    calls.push({ call, request });
    const times = count(call);
    const body = (request.content ?? {}) as JsonObject;
    const from = Number(request.headers?.["last-event-id"] ?? 0);
    const steered = answer(202, { task_id: "there", status: "running" });
    const played = {
      events: () => script.events?.(from, times, signal) ?? told([], signal),
      submit: () => script.submit?.(body, times) ?? acceptance(identity.nodeId, body),
      resume: () => script.resume?.(body, times) ?? steered,
      cancel: () => script.cancel?.(body, times) ?? steered,
    }[call]();
    if (played === "broken") throw new Error("the answer was lost");
    return played;
  }

  hub.listen(
    "loopback://peer",
    createReceiver({
      nodeId: identity.nodeId,
      verify: verifyPeer({
        identity,
        peers: { byNodeId: () => origin },
        seen: { take: () => undefined },
        seenOfAnybody: { take: () => undefined },
        clock,
      }),
      sign: signAnswer(identity, clock),
      answer: async (_caller, _type, request, signal) => play(request, signal),
      allowUnsigned: false,
      refused: (reason) => {
        throw new Error(reason);
      },
      heard: () => {},
    }),
  );
  const node = await openEngine({ targets: [], clock, network: { identity: own, loopback: hub } });
  const asking = countAsking(node);
  const now = new Date(clock.now()).toISOString();
  const { peers } = node.engine.network;
  await peers.put({
    peer_id: "peer",
    pairing_id: newId(),
    display_name: "peer",
    base_url: "loopback://peer",
    node_id: identity.nodeId,
    trust: "trusted",
    status: "online",
    status_reason: null,
    capabilities: [],
    metadata: {},
    registered_at: now,
    updated_at: now,
    last_seen_at: now,
  });
  const core = { target_id: "core", display_name: "core", capabilities: ["test.run"], metadata: {} };
  await peers.setTargets("peer", [{ peer_id: "peer", ...core, synced_at: now }]);
  return {
    node,
    peerId: identity.nodeId,
    calls,
    count,
    open: () => open,
    async passing(holds, what) {
      for (let step = 0; step < 400 && !holds(); step++) {
        // Signatures are made beside this thread: time stands still for them.
        await until(() => asking.size === 0 || holds(), "an answer");
        clock.advance(200);
        for (let turn = 0; turn < 40 && !holds(); turn++)
          await new Promise((resolve) => setImmediate(resolve));
      }
      if (!holds()) throw new Error(`it never came to ${what}`);
    },
    async seconds(count) {
      for (let second = 0; second < count; second++) {
        await until(() => asking.size === 0, "an answer");
        clock.advance(1000);
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
      await until(() => asking.size === 0, "an answer");
    },
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
}

/** What the node asks just now. */
function countAsking({ engine }: OpenEngine): ReadonlySet<object> {
  const asking = new Set<object>();
  const { link } = engine.network;
  const counted: PeerLink = {
    ...link,
    ask(peer, request, signal) {
      asking.add(request);
      return link.ask(peer, request, signal).finally(() => asking.delete(request));
    },
  };
  Object.assign(engine.network, { link: counted });
  return asking;
}

/** What a peer says that has taken a task. */
export const acceptance = (
  node_id: string,
  { origin_proxy_task_id }: JsonObject,
  changes: JsonObject = {},
): Played =>
  answer(202, {
    origin_proxy_task_id: origin_proxy_task_id ?? "",
    destination_node_id: node_id,
    destination_task_id: "there",
    accepted_at: "2026-11-23T09:00:00Z",
    ...changes,
  });
