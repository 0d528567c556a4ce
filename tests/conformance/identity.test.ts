import { createHmac, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { nodeIdPattern } from "#contracts/peers.ts";
import { nodeIdOf, publicKeyOf } from "#src/network/identity/did-key.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { unsignedIdentity } from "#src/network/identity/unsigned.ts";
import { claimsOf } from "../signing.ts";
import { identityConformance } from "./identity.ts";

identityConformance({ name: "by an Ed25519 key", make: () => ed25519Identity(makeKey()), proves: true });
identityConformance({ name: "without proof", make: () => unsignedIdentity("local-node"), proves: false });

describe("a node id", () => {
  it("is the public key as did:key writes it", () => {
    // Of the examples of the did:key specification, section "Ed25519".
    const id = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
    const hex = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29";
    expect(nodeIdOf(Buffer.from(hex, "hex"))).toBe(id);
    expect(Buffer.from(publicKeyOf(id) ?? []).toString("hex")).toBe(hex);
    expect(id).toMatch(nodeIdPattern);
  });

  it.each([
    "",
    "local-node",
    "did:key:z",
    "did:key:z6Mk0",
    "did:web:example.org",
    `did:key:z${"1".repeat(60)}`,
  ])("can't be %j", (text) => expect(publicKeyOf(text)).toBeUndefined());

  it("of many keys is read as it was written", () => {
    for (let n = 0; n < 50; n++) {
      const { nodeId } = ed25519Identity(makeKey());
      expect(nodeId).toMatch(nodeIdPattern);
      expect(nodeIdOf(publicKeyOf(nodeId) ?? new Uint8Array())).toBe(nodeId);
    }
  });
});

describe("a signature by an Ed25519 key", () => {
  const by = ed25519Identity(makeKey());
  const to = ed25519Identity(makeKey());
  const claims = claimsOf({
    by,
    to: to.nodeId,
    message_type: "node.health",
    method: "GET",
    path: "/v1/node/health",
  });
  const { iss: _iss, iat: _iat, exp: _exp, jti: _jti, ...expected } = claims;
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

  it.each([
    ["none", ""],
    [
      "HS256",
      createHmac("sha256", by.nodeId)
        .update(`${encode({ alg: "HS256" })}.${encode(claims)}`)
        .digest("base64url"),
    ],
  ])("can't be one by %s", async (alg, signature) => {
    const forged = `${encode({ alg })}.${encode(claims)}.${signature}`;
    expect(await to.verify(forged, { ...expected, now: Date.now() })).toMatchObject({ ok: false });
  });

  it("is of exactly the claims that are known", async () => {
    const more = await by.sign({ ...claims, more: "than known" } as typeof claims);
    expect(await to.verify(more, { ...expected, now: Date.now() })).toMatchObject({ ok: false });
  });

  it("is by no other kind of key", () => {
    const pem = generateKeyPairSync("ed448").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    expect(() => ed25519Identity(pem)).toThrow("no Ed25519 key");
  });
});
