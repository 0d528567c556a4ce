/**
 * Which messages are believed.
 *
 * 1. Everything that a receiver knows by itself must be in the claims, and be the same there.
 * 2. A message is taken within 60 s of its making, by either clock, and never for longer than it says.
 */
import type { MessageType } from "#contracts/enums.ts";
import type { ExpectedClaims, Headers, MessageClaims } from "./network-ports.ts";

/** How long a signature holds, and how far two clocks may differ. */
export const windowS = 60;

/** Headers that change what a message means, and so are signed with it. */
const signedHeader = /^(aethrolink-(?!signature|chain)[a-z-]+|last-event-id)$/;

/** The part of a message's headers that is signed. */
export const signedHeaders = (headers: { readonly [name: string]: unknown }): Headers =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      signedHeader.test(name) && typeof value === "string" ? [[name, value] as const] : [],
    ),
  );

/** The nodes of a header AethroLink-Chain. */
export const chainOf = (header: string | undefined): string[] =>
  (header ?? "")
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");

const sameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((each, index) => each === b[index]);

const sameHeaders = (a: Headers, b: Headers) =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, value]) => b[name] === value);

/** Why claims can't be those of a message; undefined: they can. */
export function mismatch(claims: MessageClaims, expected: ExpectedClaims): string | undefined {
  if (expected.iss !== undefined && claims.iss !== expected.iss) return "it is signed by another node";
  if (claims.aud !== expected.aud) return "it is for another node";
  return untimely(claims, expected.now) ?? otherMessage(claims, expected) ?? otherChain(claims, expected);
}

function untimely({ iat, exp }: MessageClaims, nowMs: number): string | undefined {
  if (exp <= iat || exp - iat > windowS) return "it claims to hold for too long";
  const nowS = nowMs / 1000;
  const ageS = nowS - iat;
  if (ageS > windowS || nowS > exp) return "it is too old";
  return ageS < -windowS ? "it comes from the future; compare the clocks of the two machines" : undefined;
}

function otherMessage(claims: MessageClaims, expected: ExpectedClaims): string | undefined {
  const isSame =
    claims.message_type === expected.message_type &&
    claims.method === expected.method &&
    claims.path === expected.path &&
    claims.status === expected.status &&
    claims.re === expected.re &&
    sameHeaders(claims.headers, expected.headers) &&
    (expected.body_sha256 === undefined || claims.body_sha256 === expected.body_sha256);
  return isSame ? undefined : "it is not what was signed";
}

const otherChain = ({ chain }: MessageClaims, expected: ExpectedClaims): string | undefined =>
  sameList(chain, expected.chain) ? undefined : "its chain of nodes is not what was signed";

/** What an answer is about. */
export function answerTypeOf(asked: MessageType, status: number): MessageType {
  if (status >= 400) return "error";
  return asked === "task.submit" ? "task.accepted" : asked;
}

/** Requests by which two nodes become peers: whoever signs them need not be one yet. */
export const strangersMay: ReadonlySet<MessageType> = new Set(["node.health", "node.pair"]);
