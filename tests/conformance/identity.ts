/** What every identity does. */
import { describe, expect, it } from "vitest";
import type { ExpectedClaims, IdentityProvider, MessageClaims } from "#src/core/network-ports.ts";
import { claimsOf, sha256Of } from "../signing.ts";

export interface IdentitySetup {
  readonly name: string;
  /** A node of its own each time. */
  make(): IdentityProvider;
  /** Whether its signatures prove anything. */
  readonly proves: boolean;
}

const nowMs = Date.parse("2026-11-23T09:00:00.000Z");

/** What the receiver of a message knows of it by itself. */
function expectedOf({
  aud,
  message_type,
  method,
  path,
  headers,
  chain,
  body_sha256,
}: MessageClaims): ExpectedClaims {
  return { now: nowMs, aud, message_type, method, path, headers, chain, body_sha256 };
}

/** Each differs in one thing from what was signed. */
const others: readonly (readonly [string, Partial<ExpectedClaims>])[] = [
  ["for another node", { aud: "another" }],
  ["about something else", { message_type: "task.cancel" }],
  ["of another method", { method: "GET" }],
  ["to another path", { path: "/v1/node/tasks/2" }],
  ["with another body", { body_sha256: sha256Of("{}") }],
  ["with another header", { headers: { "aethrolink-question": "2" } }],
  ["without its header", { headers: {} }],
  ["with a header more", { headers: { "aethrolink-question": "1", "last-event-id": "7" } }],
  ["with a forged chain", { chain: ["a", "b"] }],
  ["without its chain", { chain: [] }],
  ["from another node", { iss: "another" }],
  ["older than a minute", { now: nowMs + 61_000 }],
  ["from a minute ahead", { now: nowMs - 61_000 }],
  ["that is an answer", { status: 200, re: "a request" }],
];

/** @param setup makes identities */
export function identityConformance({ name, make, proves }: IdentitySetup): void {
  const by = make();
  const to = make();
  const claims = claimsOf({
    by,
    to: to.nodeId,
    message_type: "task.resume",
    method: "POST",
    path: "/v1/node/tasks/1/resume",
    body: '{"payload":{}}',
    headers: { "aethrolink-question": "1", accept: "application/json" },
    nowMs,
  });

  const refusals = () => {
    it.each(others)("refuses what comes %s", async (_, other) => {
      const refused = await to.verify(await by.sign(claims), { ...expectedOf(claims), ...other });
      expect(refused).toMatchObject({ ok: false, reason: expect.stringMatching(/\w/) });
    });

    it("refuses what isn't signed, and what claims to hold for longer than a minute", async () => {
      expect(await to.verify(null, expectedOf(claims))).toMatchObject({ ok: false });
      const long = await by.sign({ ...claims, exp: claims.iat + 61 });
      expect(await to.verify(long, expectedOf(claims))).toMatchObject({ ok: false });
    });

    it("refuses what one signs in another's name", async () => {
      const forged = await make().sign(claims);
      expect(await to.verify(forged, expectedOf(claims))).toMatchObject({ ok: false });
    });
  };

  describe(`the identity ${name}`, () => {
    it("says whether it proves anything", () => {
      expect(by.signs).toBe(proves);
    });

    it("gives back the claims of a message that is what was expected", async () => {
      const verified = await to.verify(await by.sign(claims), expectedOf(claims));
      expect(verified).toMatchObject({ ok: true, claims: { ...expectedOfClaims(claims) } });
    });

    it("signs headers that change what a message means, and no others", () => {
      expect(claims.headers).toEqual({ "aethrolink-question": "1" });
    });

    it("allows clocks that differ by a minute", async () => {
      for (const difference of [-60_000, 60_000]) {
        const expected = { ...expectedOf(claims), now: nowMs + difference };
        expect(await to.verify(await by.sign(claims), expected)).toMatchObject({ ok: true });
      }
    });

    it("says why it refuses a signature that is no such thing", async () => {
      const refused = await to.verify("no signature", expectedOf(claims));
      expect(refused).toMatchObject({ ok: false, reason: expect.stringMatching(/\w/) });
    });

    if (proves) refusals();
  });
}

const expectedOfClaims = ({ aud, message_type, method, path, chain }: MessageClaims) => ({
  aud,
  message_type,
  method,
  path,
  chain,
});
