/**
 * What the node needs of other nodes, as types. Transports move envelopes and know nothing of tasks or
 * keys; identities sign and verify and know nothing of wires; discovery tells which targets there are.
 */
import type { MessageType, PeerTrust } from "#contracts/enums.ts";
import type { Json, Target } from "./ports.ts";

/** Header names in lower case, with their values. */
export type Headers = { readonly [name: string]: string };

/** What is asked of another node. */
export interface RequestBody {
  readonly kind: "request";
  readonly method: "GET" | "POST";
  /** With its query; without the path of the other node's base URL. */
  readonly path: string;
  readonly headers?: Headers;
  readonly content: Json;
}

/** What it answers. */
export interface AnswerBody {
  readonly kind: "answer";
  readonly status: number;
  readonly headers?: Headers;
  /** JSON; of other bytes `{base64}`; null: nothing, or a stream whose frames follow. */
  readonly content: Json;
  /** SHA-256 of the bytes that carried the content, in hex, where they were not its plain JSON. */
  readonly sha256?: string;
}

/** A part of an answer that goes on. */
export interface FrameBody {
  readonly kind: "frame";
  readonly id: string | null;
  readonly content: Json;
}

/** What goes from node to node, whatever carries it. */
export interface NetworkEnvelope<Body = RequestBody | AnswerBody | FrameBody> {
  readonly envelope_id: string;
  readonly conversation_id: string | null;
  readonly task_id: string | null;
  readonly sender_node: string;
  readonly recipient_node: string;
  readonly message_type: MessageType;
  readonly body: Body;
  readonly created_at: string;
  /** Compact JWS over {@link MessageClaims}; null: unsigned. */
  readonly signature: string | null;
}

/** Carries envelopes to an address. */
export interface TransportAdapter {
  readonly name: string;
  /** Whether it can go to an address. */
  reaches(address: string): boolean;
  /**
   * Sends one envelope and yields what comes back, an answer first, then the frames of a stream, until
   * there are no more.
   * @param signal ends it; the iteration then throws
   * @throws PeerFault unreachable as long as nothing was sent, broken after it
   */
  exchange(
    address: string,
    envelope: NetworkEnvelope<RequestBody>,
    signal: AbortSignal,
  ): AsyncIterable<NetworkEnvelope<AnswerBody | FrameBody>>;
}

export const peerFaultKinds = ["unreachable", "broken", "untrusted"] as const;
export type PeerFaultKind = (typeof peerFaultKinds)[number];

/**
 * Why another node did not answer. `unreachable`: it has not got the request; `broken`: it may have got it;
 * `untrusted`: what answered could not prove to be that node.
 */
export class PeerFault extends Error {
  readonly kind: PeerFaultKind;
  constructor(kind: PeerFaultKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "PeerFault";
    this.kind = kind;
  }
}

/** What a signature says. Times are seconds since the epoch. */
export interface MessageClaims {
  /** The node that signs. */
  readonly iss: string;
  /** The node that it is for. */
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  /** Names this message; never used again. */
  readonly jti: string;
  readonly message_type: MessageType;
  readonly method: string;
  readonly path: string;
  /** SHA-256 of the body's bytes, in hex; of a stream that of nothing. */
  readonly body_sha256: string;
  /** The headers that change what a message means. */
  readonly headers: Headers;
  /** The nodes that a request came through, the one that signs last; empty in answers. */
  readonly chain: readonly string[];
  /** Of an answer: its status, and the `jti` of the request. */
  readonly status?: number;
  readonly re?: string;
}

/** What a receiver knows of a message by itself, to hold against its claims. */
export interface ExpectedClaims
  extends Pick<MessageClaims, "aud" | "message_type" | "method" | "path" | "headers" | "chain"> {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The node that it must come from; undefined: any that signs it with its own key. */
  readonly iss?: string;
  /** undefined: it is held against the claims later, when the bytes are there. */
  readonly body_sha256?: string;
  readonly status?: number;
  readonly re?: string;
}

/** The claims of a signature that holds, or why it doesn't. */
export type Verified =
  | { readonly ok: true; readonly claims: MessageClaims }
  | { readonly ok: false; readonly reason: string };

/** Who this node is, and how it proves it. */
export interface IdentityProvider {
  readonly nodeId: string;
  /** Whether its signatures prove anything. */
  readonly signs: boolean;
  /** @returns null where messages aren't signed */
  sign(claims: MessageClaims): Promise<string | null>;
  /** Checks the signature, by the key of the node that it names, and then each claim. */
  verify(signature: string | null, expected: ExpectedClaims): Promise<Verified>;
}

/** Which targets there are, and where. */
export interface DiscoveryProvider {
  readonly name: string;
  /** Under their full names. The same map as before, where nothing has changed. */
  targets(): ReadonlyMap<string, Target>;
}

/** As much of a peer as messages need. */
export interface KnownPeer {
  readonly peer_id: string;
  readonly base_url: string;
  readonly node_id: string | null;
  readonly trust: PeerTrust;
}

/** A peer that is kept. */
export interface KeptPeer extends KnownPeer {
  /** What is its own goes by this, since a name may be another node's one day, and a key changes. */
  readonly pairing_id: string;
}

/** The pinned keys: a node id is its key. */
export interface PeerKeys {
  byNodeId(node_id: string): KeptPeer | undefined;
}

/** The messages that were taken already. */
export interface SeenSignatures {
  /**
   * Takes a message, once.
   * @param until milliseconds since the epoch when it is too old anyway
   * @returns why it is not taken; undefined: it was never seen before
   */
  take(jti: string, iss: string, until: number): string | undefined;
}

interface Signer {
  readonly node_id: string;
  /** The node id of a second signature of the same request. */
  readonly also?: string;
}

/** Who speaks as another node. */
export type PeerCaller =
  | (Signer &
      Pick<KeptPeer, "peer_id" | "pairing_id"> & { readonly kind: "peer"; readonly chain: readonly string[] })
  /** Somebody who only proves which key is theirs. */
  | (Signer & { readonly kind: "stranger" })
  /** Whoever doesn't sign, where that is allowed; all of them are one. */
  | { readonly kind: "unsigned" };

/** A request that comes with a signature, before its body was read. */
export interface SignedRequest
  extends Pick<MessageClaims, "message_type" | "method" | "path" | "headers" | "chain"> {
  readonly signature: string;
  /** A second signature, by another key, over the same request. */
  readonly also?: string;
  /** Takes also whoever isn't a peer, as long as the signature is by the key that it names. */
  readonly strangers: boolean;
}

/** A request whose signature holds, as far as that can be told without its body. */
export interface VerifiedRequest {
  readonly caller: PeerCaller;
  readonly claims: MessageClaims;
  /** Holds the body against the claims and takes the message; returns why not. */
  take(body_sha256: string): string | undefined;
}

/** Checks a signed request; a text says why it is refused. */
export type VerifyPeer = (request: SignedRequest) => Promise<VerifiedRequest | string>;

/** What a node does with a request from another; the answer's frames, if it has any, follow it. */
export type AnswerPeer = (
  caller: PeerCaller,
  message_type: MessageType,
  request: RequestBody,
  signal: AbortSignal,
) => Promise<AnswerBody & { readonly frames?: AsyncIterable<FrameBody> }>;

/** Signs the answer to a signed request. */
export type SignAnswer = (
  request: MessageClaims,
  answer: { readonly status: number; readonly body_sha256: string },
) => Promise<string | null>;

/** A request to another node, for {@link PeerLink}. */
export interface PeerRequest {
  readonly message_type: MessageType;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Headers;
  readonly content?: Json;
  readonly conversation_id?: string;
  readonly task_id?: string;
  /** The nodes that it came through before this one. */
  readonly chain?: readonly string[];
  /** How long the answer may take; default 10 s. */
  readonly answerMs?: number;
  /** Signs it a second time. */
  readonly also?: IdentityProvider;
}

/** What another node answered; its signature holds, if the peer is one that signs. */
export interface PeerAnswer {
  /** The node that signed it; null: it isn't signed. */
  readonly node_id: string | null;
  readonly status: number;
  readonly headers: Headers;
  readonly content: Json;
  /** Of a stream: its parts, as they come. Throws a PeerFault broken where it breaks. */
  readonly frames: AsyncIterable<FrameBody>;
}

/** The way to other nodes: signs, sends, and checks what comes back. */
export interface PeerLink {
  readonly nodeId: string;
  /** Whether some transport goes to an address. */
  reaches(address: string): boolean;
  /**
   * Asks a peer. One that is pending is asked for nothing but its health and to be paired, one that is
   * blocked for nothing. Without a node id nothing is signed.
   * @throws PeerFault
   */
  ask(peer: KnownPeer, request: PeerRequest, signal?: AbortSignal): Promise<PeerAnswer>;
}
