/**
 * Whom this node believes, and what it says back.
 *
 * 1. The sender is known, by the key that was pinned, and trusted; whoever isn't gets no further.
 * 2. Trust is looked at when a message comes, and again when its body has been read.
 * 3. A message is taken once: its id is written down before anything that it brings about. One that anybody
 *    may send takes no room from those of peers, and what asks only whether the node is there takes none.
 * 4. An answer says which request it is for, and is signed for the node that asked.
 */
import { answerTypeOf, strangersMay, windowS } from "#src/core/claims.ts";
import type {
  IdentityProvider,
  MessageClaims,
  PeerCaller,
  PeerKeys,
  SeenSignatures,
  SignAnswer,
  VerifyPeer,
} from "#src/core/network-ports.ts";
import type { Clock } from "#src/core/ports.ts";
import { newJti } from "./jti.ts";

export interface Believing {
  readonly identity: IdentityProvider;
  readonly peers: PeerKeys;
  readonly seen: SeenSignatures;
  /** Those that anybody may send. */
  readonly seenOfAnybody: SeenSignatures;
  readonly clock: Clock;
}

/** Checks what comes in. */
export function verifyPeer({ identity, peers, seen, seenOfAnybody, clock }: Believing): VerifyPeer {
  const takeOnce = ({ jti, iss, iat, body_sha256, message_type }: MessageClaims, sha256: string) => {
    if (body_sha256 !== sha256) return "its body is not what was signed";
    if (message_type === "node.health") return undefined;
    const among = strangersMay.has(message_type) ? seenOfAnybody : seen;
    return among.take(jti, iss, (iat + windowS + 1) * 1000);
  };
  return async ({ signature, also, strangers, ...message }) => {
    const expected = { ...message, now: clock.now(), aud: identity.nodeId };
    const verified = await identity.verify(signature, expected);
    if (!verified.ok) return verified.reason;
    const { claims } = verified;
    const caller = callerOf(claims, peers, strangers);
    if (typeof caller === "string") return caller;
    const take = (sha256: string) =>
      changeOf(caller, callerOf(claims, peers, strangers)) ?? takeOnce(claims, sha256);
    if (also === undefined) return { caller, claims, take };
    const second = await identity.verify(also, expected);
    if (!second.ok) return `the second signature: ${second.reason}`;
    return {
      caller: { ...caller, also: second.claims.iss },
      claims,
      take: (sha256) => take(sha256) ?? takeOnce(second.claims, sha256),
    };
  };
}

function callerOf({ iss, chain }: MessageClaims, peers: PeerKeys, strangers: boolean): PeerCaller | string {
  if (chain.at(-1) !== iss) return "its chain of nodes does not end with its sender";
  const peer = peers.byNodeId(iss);
  if (peer?.trust === "blocked") return `the peer ${peer.peer_id} is blocked`;
  if (peer?.trust === "trusted") {
    const { peer_id, pairing_id } = peer;
    return { kind: "peer", peer_id, pairing_id, node_id: iss, chain };
  }
  if (strangers) return { kind: "stranger", node_id: iss };
  return peer === undefined ? "its sender is not a peer" : `the peer ${peer.peer_id} is not trusted yet`;
}

/** Why a caller is not the one any more that began the request; undefined: it is. */
function changeOf(before: PeerCaller, now: PeerCaller | string): string | undefined {
  if (typeof now === "string") return now;
  return pairingOf(before) === pairingOf(now) ? undefined : "its peer was changed while it was read";
}

const pairingOf = (caller: PeerCaller) => (caller.kind === "peer" ? caller.pairing_id : undefined);

/** Signs what goes back. */
export function signAnswer(identity: IdentityProvider, clock: Clock): SignAnswer {
  return ({ iss, jti, message_type, method, path }, { status, body_sha256 }) => {
    const iat = Math.floor(clock.now() / 1000);
    return identity.sign({
      iss: identity.nodeId,
      aud: iss,
      iat,
      exp: iat + windowS,
      jti: newJti(),
      message_type: answerTypeOf(message_type, status),
      method,
      path,
      body_sha256,
      headers: {},
      chain: [],
      status,
      re: jti,
    });
  };
}
