/** Identity without any proof: for nodes that can't sign, where the operator allows them. */
import type { IdentityProvider } from "#src/core/network-ports.ts";

/**
 * An identity that signs nothing and believes what isn't signed.
 * @param nodeId any text; it proves nothing
 */
export function unsignedIdentity(nodeId: string): IdentityProvider {
  return {
    nodeId,
    signs: false,
    sign: async () => null,
    async verify(signature, expected) {
      if (signature !== null)
        return { ok: false, reason: "it is signed, and signatures are not understood here" };
      const { now, iss = "unsigned", body_sha256 = "", ...claims } = expected;
      const iat = Math.floor(now / 1000);
      return { ok: true, claims: { ...claims, iss, body_sha256, iat, exp: iat, jti: "" } };
    },
  };
}
