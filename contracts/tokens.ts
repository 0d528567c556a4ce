/**
 * Tokens: who may do what. Their text is random, shown once, and kept only as its SHA-256.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { operatorOnly } from "./access.ts";
import { failures, storageFaults, withBody } from "./errors.ts";
import { emptyIsAbsent, Time, Ulid } from "./shared.ts";
import { TokenRole } from "./vocabulary.ts";

export const TokenRecord = z
  .object({
    token_id: Ulid,
    role: TokenRole,
    name: z.string().meta({ description: "What it is for, in your words.", examples: ["dashboard"] }),
    created_at: Time,
  })
  .meta({ id: "TokenRecord", description: "A token, without its text." });
export type TokenRecord = z.infer<typeof TokenRecord>;

export const TokenCreateRequest = z
  .strictObject({
    role: TokenRole,
    name: emptyIsAbsent(z.string().max(128)).meta({
      description: "What it is for.",
      examples: ["dashboard"],
    }),
  })
  .meta({
    id: "TokenCreateRequest",
    description: "A token to be made.",
    examples: [{ role: "reader", name: "dashboard" }],
  });

export const TokenCreated = z
  .object({
    token: z.string().meta({ description: "Its text; it is not shown again.", examples: ["alink_…"] }),
    record: TokenRecord,
  })
  .meta({ id: "TokenCreated", description: "The new token." });

const create = failures(...storageFaults);
const revoke = failures("token_not_found", "token_in_use", ...storageFaults);
const c = initContract();

export const tokenRoutes = c.router({
  createToken: {
    method: "POST",
    path: "/v1/tokens",
    summary: "Make a token",
    body: TokenCreateRequest,
    responses: { 201: TokenCreated, ...create.responses, ...withBody.responses },
    metadata: { operationId: "createToken", tags: ["tokens"], codes: [...create.codes, ...withBody.codes] },
  },
  listTokens: {
    method: "GET",
    path: "/v1/tokens",
    summary: "List the tokens that are valid",
    responses: {
      200: z
        .object({ tokens: z.array(TokenRecord) })
        .meta({ id: "TokenList", description: "The valid tokens." }),
    },
    metadata: { operationId: "listTokens", tags: ["tokens"], callers: operatorOnly, codes: [] },
  },
  revokeToken: {
    method: "DELETE",
    path: "/v1/tokens/:token_id",
    summary: "Revoke a token",
    description: "It is valid no more, and the event streams that are read with it end.",
    pathParams: z.object({
      token_id: Ulid.meta({ description: "The token.", examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D6"] }),
    }),
    responses: { 200: TokenRecord, ...revoke.responses },
    metadata: { operationId: "revokeToken", tags: ["tokens"], codes: revoke.codes },
  },
});
