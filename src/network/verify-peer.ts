/**
 * Whom this node believes, and what it says back.
 *
 * 1. The sender is known, by the key that was pinned, and trusted; whoever isn't gets no further.
 * 2. A message is taken once: its id is written down before anything that it brings about.
 * 3. An answer says which request it is for, and is signed for the node that asked.
 */

import { answerTypeOf, windowS } from "#src/core/claims.ts";
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
  readonly clock: Clock;
}

/** Checks what comes in. */
export function verifyPeer({ identity, peers, seen, clock }: Believing): VerifyPeer {
  const takeOnce = ({ jti, iss, iat, body_sha256 }: MessageClaims, sha256: string) => {
    if (body_sha256 !== sha256) return "its body is not what was signed";
    return seen.take(jti, iss, (iat + windowS + 1) * 1000);
  };
  return async ({ signature, also, strangers, ...message }) => {
    const expected = { ...message, now: clock.now(), aud: identity.nodeId };
    const verified = await identity.verify(signature, expected);
    if (!verified.ok) return verified.reason;
    const { claims } = verified;
    const caller = callerOf(claims, peers, strangers);
    if (typeof caller === "string") return caller;
    if (also === undefined) return { caller, claims, take: (sha256) => takeOnce(claims, sha256) };
    const second = await identity.verify(also, expected);
    if (!second.ok) return `the second signature: ${second.reason}`;
    return {
      caller: { ...caller, also: second.claims.iss },
      claims,
      take: (sha256) => takeOnce(claims, sha256) ?? takeOnce(second.claims, sha256),
    };
  };
}

function callerOf({ iss, chain }: MessageClaims, peers: PeerKeys, strangers: boolean): PeerCaller | string {
  if (chain.at(-1) !== iss) return "its chain of nodes does not end with its sender";
  const peer = peers.byNodeId(iss);
  if (peer?.trust === "blocked") return `the peer ${peer.peer_id} is blocked`;
  if (peer?.trust === "trusted") return { kind: "peer", peer_id: peer.peer_id, node_id: iss, chain };
  if (strangers) return { kind: "stranger", node_id: iss };
  return peer === undefined ? "its sender is not a peer" : `the peer ${peer.peer_id} is not trusted yet`;
}

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
