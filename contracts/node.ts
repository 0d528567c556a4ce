/**
 * The node protocol: what nodes say to each other. A call comes with the header AethroLink-Signature in
 * place of a token, and so does its answer.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import type { MessageType } from "./enums.ts";
import { failures, storageFaults, withBody } from "./errors.ts";
import { BaseUrl, NodeId, PeerName } from "./peers.ts";
import { emptyIsAbsent, Time } from "./shared.ts";

/** The name of the protocol. */
export const nodeProtocol = "aethrolink.node.v1";

export const NodeHealth = z
  .object({
    node_id: z.string().meta({ examples: ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"] }),
    ok: z.boolean(),
    protocol: z.string().meta({ examples: [nodeProtocol] }),
    checked_at: Time,
  })
  .meta({ id: "NodeHealth", description: "Which node this is." });
export type NodeHealth = z.infer<typeof NodeHealth>;

export const PairRequest = z
  .strictObject({
    secret: z
      .string()
      .min(1)
      .max(128)
      .meta({ description: "That of the invitation.", examples: ["c2VjcmV0"] }),
    node_id: NodeId,
    peer_id: PeerName,
    base_url: BaseUrl,
    display_name: emptyIsAbsent(z.string().min(1).max(128)).meta({ examples: ["Desk"] }),
  })
  .meta({ id: "PairRequest", description: "An invitation that is taken, signed by the key that it names." });
export type PairRequest = z.output<typeof PairRequest>;

export const Paired = z
  .object({
    node_id: NodeId,
    peer_id: PeerName,
    display_name: z
      .string()
      .optional()
      .meta({ examples: ["Build machine"] }),
  })
  .meta({ id: "Paired", description: "What the other node is, and calls itself." });
export type Paired = z.infer<typeof Paired>;

export const RotateRequest = z.strictObject({ new_node_id: NodeId }).meta({
  id: "RotateRequest",
  description: "A new key, signed by the old one and, in AethroLink-Signature-New, by itself.",
});
export type RotateRequest = z.output<typeof RotateRequest>;

export const Rotated = z
  .object({ node_id: NodeId })
  .meta({ id: "Rotated", description: "The key that is pinned now." });

/** What proves who asks; over the claims that docs/nodes.md names. */
export const Signed = z.object({
  "aethrolink-signature": z
    .string()
    .optional()
    .meta({
      description: "A compact JWS by the key of the node that asks.",
      examples: ["eyJhbGciOiJFZERTQSJ9.e30.c2ln"],
    }),
  "aethrolink-chain": z
    .string()
    .optional()
    .meta({
      description: "The nodes that it came through, separated by commas; the one that asks is the last.",
      examples: ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
    }),
});
const SignedTwice = Signed.extend({
  "aethrolink-signature-new": z
    .string()
    .optional()
    .meta({ description: "The same by the new key.", examples: ["eyJhbGciOiJFZERTQSJ9.e30.c2ln"] }),
});

const message = (type: MessageType) => ({ message: type });
const pair = failures(...storageFaults);
const rotate = failures("name_taken", ...storageFaults);
const c = initContract();

export const nodeRoutes = c.router({
  getNodeHealth: {
    method: "GET",
    path: "/v1/node/health",
    summary: "Say which node this is",
    responses: { 200: NodeHealth },
    metadata: {
      operationId: "getNodeHealth",
      tags: ["node"],
      codes: [],
      open: true,
      ...message("node.health"),
    },
  },
  pairNode: {
    method: "POST",
    path: "/v1/node/pair",
    summary: "Take an invitation",
    description: "Signed by the key that it names. A secret that is wrong, used or too old is answered 401.",
    headers: Signed,
    body: PairRequest,
    responses: { 200: Paired, ...pair.responses, ...withBody.responses },
    metadata: {
      operationId: "pairNode",
      tags: ["node"],
      codes: [...pair.codes, ...withBody.codes],
      signed: true,
      ...message("node.pair"),
    },
  },
  rotateNode: {
    method: "POST",
    path: "/v1/node/rotate",
    summary: "Announce a new key",
    headers: SignedTwice,
    body: RotateRequest,
    responses: { 200: Rotated, ...rotate.responses, ...withBody.responses },
    metadata: {
      operationId: "rotateNode",
      tags: ["node"],
      codes: [...rotate.codes, ...withBody.codes],
      signed: true,
      ...message("node.rotate"),
    },
  },
});
