/** Making and revoking tokens. */
import { randomBytes } from "node:crypto";
import type { TokenRole } from "#contracts/enums.ts";
import type { TokenRecord } from "#contracts/tokens.ts";
import type { Clock } from "#src/core/ports.ts";
import { fail } from "#src/errors.ts";
import type { TokenStore } from "#src/store/tokens.ts";
import { newId } from "#src/store/ulid.ts";

/** The tokens of a node, and the one that its data directory holds. */
export interface Tokens {
  readonly store: TokenStore;
  /** The token that the node itself and the CLI beside it use. */
  readonly ownId: string | undefined;
}

/** 256 random bits. */
export const newTokenText = () => `alink_${randomBytes(32).toString("base64url")}`;

/**
 * Makes a token.
 * @returns its text, which is kept nowhere, and its record
 */
export async function createToken(
  { store }: Pick<Tokens, "store">,
  clock: Clock,
  role: TokenRole,
  name: string,
): Promise<{ token: string; record: TokenRecord }> {
  const token = newTokenText();
  const record = { token_id: newId(), role, name, created_at: new Date(clock.now()).toISOString() };
  await store.add(record, token);
  return { token, record };
}

/**
 * Makes a token invalid from now on.
 * @throws RequestError token_not_found; token_in_use for the token of the data directory
 */
export async function revokeToken({ store, ownId }: Tokens, token_id: string): Promise<TokenRecord> {
  const record = store.get(token_id);
  if (record === undefined) fail("token_not_found", `There is no token ${token_id}.`);
  if (token_id === ownId) {
    fail(
      "token_in_use",
      "This is the token in the node's own data directory; remove operator.token and restart the node to change it.",
    );
  }
  await store.remove(token_id);
  return record;
}
