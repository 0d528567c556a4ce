/** Tokens over HTTP; the operator's alone, as the contract says of their callers. */
import { initServer } from "@ts-rest/express";
import { contract } from "#contracts/index.ts";
import { createToken, revokeToken } from "#src/engine/tokens.ts";
import type { Server } from "../app.ts";

/** The handlers of the contract's tokens. */
export function tokenHandlers({ engine, tokens }: Server) {
  return initServer().router(contract.tokens, {
    async createToken({ body }) {
      return { status: 201, body: await createToken(tokens, engine.clock, body.role, body.name ?? "") };
    },
    async listTokens() {
      return { status: 200, body: { tokens: tokens.store.list() } };
    },
    async revokeToken({ params }) {
      return { status: 200, body: await revokeToken(tokens, params.token_id) };
    },
  });
}
