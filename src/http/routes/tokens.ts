/** Tokens over HTTP; the operator's alone. */
import { initServer } from "@ts-rest/express";
import { contract } from "#contracts/index.ts";
import { createToken, revokeToken } from "#src/engine/tokens.ts";
import type { Server } from "../app.ts";
import { requireOperator } from "../guard.ts";

/** The handlers of the contract's tokens. */
export function tokenHandlers({ engine, tokens }: Server) {
  return initServer().router(contract.tokens, {
    async createToken({ body, res }) {
      requireOperator(res, "make tokens");
      return { status: 201, body: await createToken(tokens, engine.clock, body.role, body.name ?? "") };
    },
    async listTokens({ res }) {
      requireOperator(res, "list tokens");
      return { status: 200, body: { tokens: tokens.store.list() } };
    },
    async revokeToken({ params, res }) {
      requireOperator(res, "revoke tokens");
      return { status: 200, body: await revokeToken(tokens, params.token_id) };
    },
  });
}
