/**
 * Identity by an Ed25519 key: a message's signature is a compact JWS (EdDSA) over its claims.
 *
 * 1. Only EdDSA is understood, and only the key that the node id itself is.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { CompactSign, compactVerify, decodeJwt } from "jose";
import { z } from "zod";
import { messageTypes } from "#contracts/enums.ts";
import { mismatch } from "#src/core/claims.ts";
import type { IdentityProvider, MessageClaims, Verified } from "#src/core/network-ports.ts";
import { messageOf } from "#src/errors.ts";
import { nodeIdOf, publicKeyOf } from "./did-key.ts";

const alg = "EdDSA";
const longest = 16_384;

const Claims = z.strictObject({
  iss: z.string().min(1),
  aud: z.string().min(1),
  iat: z.int(),
  exp: z.int(),
  jti: z.string().min(16).max(64),
  message_type: z.enum(messageTypes),
  method: z.string(),
  path: z.string(),
  body_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  headers: z.record(z.string(), z.string()),
  chain: z.array(z.string()),
  status: z.int().optional(),
  re: z.string().optional(),
});

/** A new key, as it is kept. */
export function makeKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * The identity of a key.
 * @param pem what `makeKey` made
 * @throws Error for anything else
 */
export function ed25519Identity(pem: string): IdentityProvider {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== "ed25519") throw new Error("it is no Ed25519 key");
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return {
    nodeId: nodeIdOf(Buffer.from(x, "base64url")),
    signs: true,
    sign: (claims) =>
      new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ alg }).sign(key),
    async verify(signature, expected) {
      if (signature === null) return refused("it is not signed");
      const checked = await claimsOf(signature);
      if (typeof checked === "string") return refused(checked);
      const reason = mismatch(checked, expected);
      return reason === undefined ? { ok: true, claims: checked } : refused(reason);
    },
  };
}

const refused = (reason: string): Verified => ({ ok: false, reason });

/** The claims that a signature proves, or why it proves none. */
async function claimsOf(signature: string): Promise<MessageClaims | string> {
  if (signature.length > longest) return "its signature is too long";
  try {
    const key = keyOf(decodeJwt(signature).iss ?? "");
    if (key === undefined) return "its sender's node id is no key";
    const { payload } = await compactVerify(signature, key, { algorithms: [alg] });
    const { status, re, ...claims } = Claims.parse(JSON.parse(Buffer.from(payload).toString()));
    return { ...claims, ...(status === undefined ? {} : { status }), ...(re === undefined ? {} : { re }) };
  } catch (thrown) {
    return `its signature does not hold (${messageOf(thrown).split("\n")[0]?.slice(0, 100)})`;
  }
}

const keys = new Map<string, KeyObject>();
const keysKept = 256;

/** The key that a node id is; making one costs as much as using it. */
function keyOf(nodeId: string): KeyObject | undefined {
  const known = keys.get(nodeId);
  if (known !== undefined) return known;
  const bytes = publicKeyOf(nodeId);
  if (bytes === undefined) return undefined;
  const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(bytes).toString("base64url") };
  const key = createPublicKey({ key: jwk, format: "jwk" });
  if (keys.size >= keysKept) keys.clear();
  keys.set(nodeId, key);
  return key;
}
