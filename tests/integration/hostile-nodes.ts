/** Messages that no node may believe, made from one that it would. */

import type { IdentityProvider, MessageClaims } from "#src/core/network-ports.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { claimsOf } from "../signing.ts";

/** What is sent, as bytes and headers. */
export interface Sent {
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly body: string;
  readonly headers: { readonly [name: string]: string };
}

/** The keys that take part. */
export interface Cast {
  /** The node that is attacked. */
  readonly node: string;
  readonly trusted: IdentityProvider;
  readonly blocked: IdentityProvider;
  readonly pending: IdentityProvider;
  readonly stranger: IdentityProvider;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Numbers from 0 to 1 that are the same at each run. */
export function rollsFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Signing {
  readonly by: IdentityProvider;
  readonly claims?: Partial<MessageClaims>;
  /** Of the second signature. */
  readonly also?: Partial<MessageClaims>;
  /** In place of what is signed. */
  readonly sent?: Partial<Sent>;
  /** In place of the chain of the claims. */
  readonly chain?: string;
}

/** A change of key as it should be, but for what is given: what would be believed changes the node. */
export async function rotation({ node, now }: Cast, signing: Signing): Promise<Sent> {
  const { by } = signing;
  const next = ed25519Identity(makeKey());
  const body = JSON.stringify({ new_node_id: next.nodeId });
  const message = {
    by,
    to: node,
    message_type: "node.rotate",
    method: "POST",
    path: "/v1/node/rotate",
  } as const;
  const claims = { ...claimsOf({ ...message, body, nowMs: now() }), ...signing.claims };
  const second = {
    ...claimsOf({ ...message, by: next, body, nowMs: now() }),
    chain: claims.chain,
    ...signing.also,
  };
  const headers = {
    "AethroLink-Signature": (await by.sign(claims)) ?? "",
    "AethroLink-Signature-New": (await next.sign(second)) ?? "",
    "AethroLink-Chain": signing.chain ?? claims.chain.join(", "),
  };
  return { path: message.path, method: "POST", body, headers, ...signing.sent };
}

type Roll = () => number;
type Attack = (cast: Cast, roll: Roll, good: Sent) => Promise<Sent> | Sent;

const below = (roll: Roll, count: number) => Math.floor(roll() * count);

/** A text with another character at some place. */
function flipped(text: string, roll: Roll): string {
  const at = below(roll, text.length);
  const other = text[at] === "A" ? "B" : "A";
  return text.slice(0, at) + other + text.slice(at + 1);
}

const withHeader = (sent: Sent, name: string, value: string): Sent => ({
  ...sent,
  headers: { ...sent.headers, [name]: value },
});

const signatureOf = ({ headers }: Sent) => headers["AethroLink-Signature"] ?? "";
const day = 86_400;

/** The last character of a signature has bits that mean nothing: those before it are changed. */
const changedSignature: Attack = async (cast, roll) => {
  const sent = await rotation(cast, { by: cast.trusted });
  const signature = signatureOf(sent);
  return withHeader(
    sent,
    "AethroLink-Signature",
    flipped(signature.slice(0, -1), roll) + signature.slice(-1),
  );
};

const unsignedJws = (claims: object) => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  return `${encode({ alg: "none" })}.${encode(claims)}.`;
};

/** By name; `good` was believed a moment ago. */
export const attacks: { readonly [name: string]: Attack } = {
  "with changed bytes": async (cast, roll) => {
    const sent = await rotation(cast, { by: cast.trusted });
    // Within the key, so that it stays JSON that the node understands.
    const at = sent.body.indexOf("z6Mk") + 4;
    return {
      ...sent,
      body: sent.body.slice(0, at) + flipped(sent.body.slice(at, -2), roll) + sent.body.slice(-2),
    };
  },
  "with a changed signature": changedSignature,
  "with another's body": async (cast) => {
    const { body } = await rotation(cast, { by: cast.stranger });
    return rotation(cast, { by: cast.trusted, sent: { body } });
  },
  "that is old": (cast, roll) => {
    const iat = Math.floor(cast.now() / 1000) - 61 - below(roll, day);
    return rotation(cast, { by: cast.trusted, claims: { iat, exp: iat + 60 } });
  },
  "from the future": (cast, roll) => {
    const iat = Math.floor(cast.now() / 1000) + 62 + below(roll, day);
    return rotation(cast, { by: cast.trusted, claims: { iat, exp: iat + 60 } });
  },
  "that holds for longer than it may": (cast, roll) => {
    const iat = Math.floor(cast.now() / 1000);
    return rotation(cast, { by: cast.trusted, claims: { iat, exp: iat + 61 + below(roll, day) } });
  },
  "that was believed before": (_cast, _roll, good) => good,
  "for somebody else": (cast) => rotation(cast, { by: cast.trusted, claims: { aud: cast.stranger.nodeId } }),
  "of an unknown node": (cast) => rotation(cast, { by: cast.stranger }),
  "of a blocked peer": (cast) => rotation(cast, { by: cast.blocked }),
  "of a peer that is not trusted yet": (cast) => rotation(cast, { by: cast.pending }),
  "in a trusted peer's name": (cast, roll) => {
    const by = roll() < 0.5 ? cast.stranger : cast.blocked;
    const { nodeId } = cast.trusted;
    return rotation(cast, { by: { ...by, nodeId }, claims: { iss: nodeId } });
  },
  "with a forged chain": (cast, roll) => {
    const { nodeId } = cast.trusted;
    const forged = [`${cast.node}, ${nodeId}`, cast.stranger.nodeId, "", nodeId.slice(0, -1)];
    return rotation(cast, { by: cast.trusted, chain: forged[below(roll, forged.length)] ?? "" });
  },
  "whose chain ends with another": (cast) =>
    rotation(cast, { by: cast.trusted, claims: { chain: [cast.trusted.nodeId, cast.stranger.nodeId] } }),
  "that was signed for something else": (cast, roll) => {
    const others: Partial<MessageClaims>[] = [
      { message_type: "targets.list" },
      { path: "/v1/targets" },
      { path: "/v1/node/rotate?x=1" },
      { method: "GET" },
      { headers: { "aethrolink-question": "1" } },
      { status: 200, re: "a request of before" },
    ];
    return rotation(cast, { by: cast.trusted, claims: others[below(roll, others.length)] ?? {} });
  },
  "with a signed header more": async (cast) =>
    withHeader(await rotation(cast, { by: cast.trusted }), "AethroLink-Question", "1"),
  "whose second signature is for another": (cast) =>
    rotation(cast, { by: cast.trusted, also: { aud: cast.stranger.nodeId } }),
  "without a signature": async (cast) => {
    const sent = await rotation(cast, { by: cast.trusted });
    const { "AethroLink-Signature": _dropped, ...headers } = sent.headers;
    return { ...sent, headers };
  },
  "that says it needs none": async (cast) => {
    const sent = await rotation(cast, { by: cast.trusted });
    const [, payload = ""] = signatureOf(sent).split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
    return withHeader(sent, "AethroLink-Signature", unsignedJws(claims));
  },
  "that is no signature": async (cast, roll) => {
    const texts = ["", "x", "a.b.c", ".", "..", "x".repeat(9000), '{"payload":"","signatures":[]}'];
    return withHeader(
      await rotation(cast, { by: cast.trusted }),
      "AethroLink-Signature",
      texts[below(roll, texts.length)] ?? "",
    );
  },
};
