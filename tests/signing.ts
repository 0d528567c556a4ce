/** Messages as other nodes sign them, and as nobody should. */
import { createHash, randomBytes } from "node:crypto";
import type { MessageType } from "#contracts/enums.ts";
import { signedHeaders } from "#src/core/claims.ts";
import type { Headers, IdentityProvider, MessageClaims } from "#src/core/network-ports.ts";

export const sha256Of = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export interface Message {
  /** Who signs. */
  readonly by: IdentityProvider;
  /** The node id that it is for. */
  readonly to: string;
  readonly message_type: MessageType;
  readonly method: "GET" | "POST";
  readonly path: string;
  /** As it is sent. */
  readonly body?: string;
  readonly headers?: Headers;
  /** Default: now. */
  readonly nowMs?: number;
}

/** The claims of a message that is as it should be. */
export function claimsOf({
  by,
  to,
  message_type,
  method,
  path,
  body = "",
  headers,
  nowMs,
}: Message): MessageClaims {
  const iat = Math.floor((nowMs ?? Date.now()) / 1000);
  return {
    iss: by.nodeId,
    aud: to,
    iat,
    exp: iat + 60,
    jti: randomBytes(16).toString("base64url"),
    message_type,
    method,
    path,
    body_sha256: sha256Of(body),
    headers: signedHeaders(headers ?? {}),
    chain: [by.nodeId],
  };
}

/** A message's headers, with its signature. */
export async function signed(message: Message, changes: Partial<MessageClaims> = {}): Promise<Headers> {
  const claims = { ...claimsOf(message), ...changes };
  return {
    ...message.headers,
    "AethroLink-Signature": (await message.by.sign(claims)) ?? "",
    "AethroLink-Chain": claims.chain.join(", "),
  };
}
