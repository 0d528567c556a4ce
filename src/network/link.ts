/**
 * The joint between nodes: the only file that knows transports and identities both.
 *
 * 1. What goes to a peer that signs is signed for that peer; what comes from it counts only if it is signed
 *    by the key that is pinned, for this node, and for the very request.
 * 2. Waiting has an end: for the connection (the transport's), and for the answer.
 * 3. A peer that isn't believed is told nothing but what makes two nodes peers.
 */
import { createHash } from "node:crypto";
import { answerTypeOf, signedHeaders, strangersMay, windowS } from "#src/core/claims.ts";
import {
  type AnswerBody,
  type FrameBody,
  type IdentityProvider,
  type KnownPeer,
  type MessageClaims,
  type NetworkEnvelope,
  PeerFault,
  type PeerLink,
  type PeerRequest,
  type RequestBody,
  type TransportAdapter,
} from "#src/core/network-ports.ts";
import type { Clock, Json } from "#src/core/ports.ts";
import { unsignedIdentity } from "./identity/unsigned.ts";
import { newJti } from "./jti.ts";

export interface LinkOptions {
  readonly identity: IdentityProvider;
  readonly transports: readonly TransportAdapter[];
  readonly clock: Clock;
  readonly newId: () => string;
}

const usualAnswerMs = 10_000;

/** The way to other nodes. */
export function createLink(options: LinkOptions): PeerLink {
  const { identity, transports, clock } = options;
  return {
    nodeId: identity.nodeId,
    reaches: (address) => transports.some((transport) => transport.reaches(address)),
    async ask(peer, request, signal) {
      refuse(peer, request);
      const transport = transports.find((each) => each.reaches(peer.base_url));
      if (transport === undefined)
        throw new PeerFault("unreachable", `nothing here goes to ${peer.base_url}`);
      const { envelope, ...asked } = await envelopeFor(options, peer, request);
      const life = lifeOf(clock, request.answerMs ?? usualAnswerMs, signal);
      const items = transport.exchange(peer.base_url, envelope, life.signal)[Symbol.asyncIterator]();
      try {
        const answer = await firstOf(items);
        life.answered();
        const node_id = await believed(clock, answer, asked);
        const { status, headers = {}, content } = answer.body;
        // Any other answer has nothing behind it, whatever it says: what nobody reads would stay open.
        const goesOn = isStream(answer.body) && request.message_type === "task.event" && status === 200;
        if (!goesOn) await end(items, life);
        return { node_id, status, headers, content, frames: goesOn ? framesIn(items, life) : none() };
      } catch (thrown) {
        await end(items, life);
        throw life.isLate() && thrown instanceof PeerFault
          ? new PeerFault(thrown.kind, "it did not answer in time", { cause: thrown })
          : thrown;
      }
    },
  };
}

/** How long an exchange is waited for. */
interface Life {
  readonly signal: AbortSignal;
  /** From here on only the caller ends it. */
  answered(): void;
  over(): void;
  isLate(): boolean;
}

function lifeOf(clock: Clock, answerMs: number, caller: AbortSignal | undefined): Life {
  const giveUp = new AbortController();
  let late = false;
  const abort = () => giveUp.abort();
  if (caller?.aborted) abort();
  caller?.addEventListener("abort", abort, { once: true });
  const answered = clock.after(answerMs, () => {
    late = true;
    abort();
  });
  return {
    signal: giveUp.signal,
    answered,
    over() {
      answered();
      caller?.removeEventListener("abort", abort);
    },
    isLate: () => late,
  };
}

async function end(items: Items, life: Life): Promise<void> {
  life.over();
  await items.return?.(undefined);
}

const isStream = ({ headers }: AnswerBody) => /^text\/event-stream/.test(headers?.["content-type"] ?? "");

function refuse({ peer_id, trust }: KnownPeer, { message_type }: PeerRequest): void {
  if (trust === "blocked") throw new PeerFault("untrusted", `the peer ${peer_id} is blocked`);
  if (trust === "pending" && !strangersMay.has(message_type))
    throw new PeerFault("untrusted", `the peer ${peer_id} is not trusted yet`);
}

export const sha256Of = (bytes: string | Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

/** Of the bytes that carry a content: its JSON; nothing has none. */
export const digestOf = (content: Json): string => sha256Of(content === null ? "" : JSON.stringify(content));

interface Addressed {
  readonly envelope: NetworkEnvelope<RequestBody>;
  /** What it says, which the answer must be for. */
  readonly claims: MessageClaims;
  /** How this node shows who it is, and believes that peer. */
  readonly by: IdentityProvider;
}

async function envelopeFor(
  { identity, clock, newId }: LinkOptions,
  peer: KnownPeer,
  request: PeerRequest,
): Promise<Addressed> {
  const { message_type, method, path, content = null } = request;
  const chain = [...(request.chain ?? []), identity.nodeId];
  const isSigned = peer.trust !== "unsigned" && peer.node_id !== null;
  const by = isSigned ? identity : unsignedIdentity(identity.nodeId);
  const iat = Math.floor(clock.now() / 1000);
  const claims: MessageClaims = {
    iss: identity.nodeId,
    aud: peer.node_id ?? "",
    iat,
    exp: iat + windowS,
    jti: newJti(),
    message_type,
    method,
    path,
    body_sha256: digestOf(content),
    headers: signedHeaders(request.headers ?? {}),
    chain,
  };
  const { also } = request;
  const second = also && (await also.sign({ ...claims, iss: also.nodeId, jti: newJti() }));
  const headers = {
    ...request.headers,
    "aethrolink-chain": chain.join(", "),
    ...(second ? { "aethrolink-signature-new": second } : {}),
  };
  const envelope = {
    envelope_id: newId(),
    conversation_id: request.conversation_id ?? null,
    task_id: request.task_id ?? null,
    sender_node: identity.nodeId,
    recipient_node: peer.node_id ?? "",
    message_type,
    body: { kind: "request" as const, method, path, headers, content },
    created_at: new Date(clock.now()).toISOString(),
    signature: await by.sign(claims),
  };
  return { envelope, claims, by };
}

type Items = AsyncIterator<NetworkEnvelope<AnswerBody | FrameBody>>;

async function firstOf(items: Items): Promise<NetworkEnvelope<AnswerBody>> {
  const first = await items.next();
  if (first.done || first.value.body.kind !== "answer") throw new PeerFault("broken", "there was no answer");
  return { ...first.value, body: first.value.body };
}

/** @returns the node that the answer is certainly from; null where nothing is signed */
async function believed(
  clock: Clock,
  { signature, body }: NetworkEnvelope<AnswerBody>,
  { by, claims: asked }: Omit<Addressed, "envelope">,
): Promise<string | null> {
  const { status, content, sha256 = digestOf(content) } = body;
  const verified = await by.verify(signature, {
    now: clock.now(),
    iss: asked.aud,
    aud: asked.iss,
    message_type: answerTypeOf(asked.message_type, status),
    method: asked.method,
    path: asked.path,
    headers: {},
    chain: [],
    body_sha256: isStream(body) ? sha256Of("") : sha256,
    status,
    re: asked.jti,
  });
  if (verified.ok) return by.signs ? verified.claims.iss : null;
  // Nothing was heard of the peer, and it may have got the request.
  if (signature === null && ofProxies.has(status))
    throw new PeerFault("broken", `something on the way answers ${status} in its place`);
  const said = signature === null ? unsignedSays[status] : undefined;
  throw new PeerFault("untrusted", said ?? `an answer (${status}) is not believed: ${verified.reason}`);
}

/** What whoever stands in front of a node says while that is away. */
const ofProxies: ReadonlySet<number> = new Set([502, 503, 504]);

const unsignedSays: { readonly [status: number]: string } = {
  401: "it does not know this node as a trusted peer, or believes another key of it",
  421: "it does not serve the host of this address; add it to allowed_hosts there",
};

async function* framesIn(items: Items, life: Life): AsyncGenerator<FrameBody, void, undefined> {
  try {
    for (let next = await items.next(); !next.done; next = await items.next()) {
      if (next.value.body.kind === "frame") yield next.value.body;
    }
  } finally {
    await end(items, life);
  }
}

async function* none(): AsyncGenerator<FrameBody, void, undefined> {}
