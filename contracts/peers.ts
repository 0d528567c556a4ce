/**
 * Peers: other nodes that this one knows, how far it believes them, and how two nodes become peers.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { peerStatuses, peerTargetStatuses, peerTrusts } from "./enums.ts";
import { failures, storageFaults, withBody } from "./errors.ts";
import { emptyIsAbsent, JsonRecord, Name, namePattern, Time, withinKb } from "./shared.ts";

export const PeerTrust = z.enum(peerTrusts).meta({
  id: "PeerTrust",
  description:
    "trusted: its key is pinned; pending: not believed yet; unsigned: believed without proof, because the operator allowed it; blocked: refused.",
  examples: ["trusted"],
});

export const PeerStatus = z.enum(peerStatuses).meta({
  id: "PeerStatus",
  description: "Whether it answered when it was last asked.",
  examples: ["online"],
});

export const PeerTargetStatus = z
  .enum(peerTargetStatuses)
  .meta({ id: "PeerTargetStatus", description: "Whether it can be reached now.", examples: ["available"] });

/** The form of a node id that is a key. */
export const nodeIdPattern = /^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{40,50}$/;

export const NodeId = z
  .string()
  .regex(nodeIdPattern, "must be a node id: did:key:z6Mk…, as alink-cli node-id prints it")
  .meta({
    id: "NodeId",
    description: "A node's Ed25519 public key in the notation of did:key.",
    examples: ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
  });

const example = {
  base_url: "https://build.example:7777",
  code: "alink1_eyJ1cmwiOiJodHRwczovL2J1aWxkLmV4YW1wbGU6Nzc3NyJ9",
  capabilities: ["code.patch"],
};

/** Where a node answers. */
export const BaseUrl = z
  .string()
  .max(2048)
  .regex(/^(https?|loopback):\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/, "must be an https or http URL without a query")
  .meta({
    id: "BaseUrl",
    description: "Where a node answers: https beyond this machine.",
    examples: [example.base_url],
  });

const Capability = z.string().min(1).max(128);
const DisplayName = z.string().min(1).max(128);

/** What a peer is called here. */
export const PeerName = z
  .string()
  .regex(namePattern, `must match ${namePattern.source}`)
  .meta({ id: "PeerName", description: "What a node calls a peer.", examples: ["build"] });

export const PeerRecord = z
  .object({
    peer_id: PeerName,
    display_name: z.string().meta({ examples: ["Build machine"] }),
    base_url: z.string().meta({ examples: [example.base_url] }),
    node_id: z
      .string()
      .nullable()
      .meta({
        description: "Its pinned key; null: none yet, or it doesn't sign.",
        examples: ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
      }),
    trust: PeerTrust,
    status: PeerStatus,
    status_reason: z
      .string()
      .nullable()
      .meta({ description: "Why it is offline, for people.", examples: [null] }),
    capabilities: z.array(z.string()).meta({
      description: "What it is for, as whoever added it said.",
      examples: [example.capabilities],
    }),
    metadata: JsonRecord,
    registered_at: Time,
    updated_at: Time,
    last_seen_at: Time.nullable().meta({ description: "When it last answered; null: never." }),
  })
  .meta({ id: "PeerRecord", description: "Another node that this one knows." });
export type PeerRecord = z.infer<typeof PeerRecord>;

export const PeerTargetRecord = z
  .object({
    peer_id: PeerName,
    target_id: Name.meta({ description: "Its name at the peer.", examples: ["research"] }),
    display_name: z.string().meta({ examples: ["Research"] }),
    capabilities: z.array(z.string()).meta({ examples: [["research.topic"]] }),
    metadata: JsonRecord,
    status: PeerTargetStatus,
    synced_at: Time,
  })
  .meta({ id: "PeerTargetRecord", description: "A target that a peer has exported to this node." });
export type PeerTargetRecord = z.infer<typeof PeerTargetRecord>;

export const PeerRegistration = z
  .strictObject({
    peer_id: PeerName,
    base_url: BaseUrl,
    display_name: emptyIsAbsent(DisplayName).meta({
      description: "What people call it; absent: its peer_id.",
      examples: ["Build machine"],
    }),
    node_id: emptyIsAbsent(NodeId).meta({
      description:
        "Its key, which makes it trusted at once; absent: it is pending, or unsigned where that is allowed.",
      examples: ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
    }),
    capabilities: z
      .array(Capability)
      .max(1000)
      .default([])
      .meta({
        description: "What it is for, in your words.",
        examples: [example.capabilities],
      }),
    metadata: JsonRecord.default({}).refine(withinKb(16), "must have at most 16 KB"),
  })
  .meta({
    id: "PeerRegistration",
    description: "A node to be known, or to be known otherwise.",
    examples: [{ peer_id: "build", base_url: example.base_url }],
  });
export type PeerRegistration = z.output<typeof PeerRegistration>;

const TargetText = z.string().max(256);

/**
 * What a peer says of its targets; it may be another program, or a later version, and one entry that isn't
 * understood must not hide the others.
 */
export const ExportedTargets = z.looseObject({ targets: z.array(z.unknown()).max(10_000) });

/** What a peer says of one of them, as far as it is of use here. */
export const ExportedTarget = z.looseObject({
  target_id: Name,
  display_name: TargetText.optional(),
  capabilities: z.array(Capability).max(1000).default([]),
  owner: z.string().optional(),
});

export const PeerSynced = z
  .object({ peer: PeerRecord, targets: z.array(PeerTargetRecord) })
  .meta({ id: "PeerSynced", description: "The peer, and what it exports to this node." });

export const PeerInviteRequest = z
  .strictObject({
    base_url: emptyIsAbsent(BaseUrl).meta({
      description: "Where the other node reaches this one; absent: where it listens.",
      examples: [example.base_url],
    }),
    display_name: emptyIsAbsent(DisplayName).meta({
      description: "What the other node calls this one; absent: this machine's name.",
      examples: ["Build machine"],
    }),
  })
  .meta({ id: "PeerInviteRequest", description: "An invitation to be made.", examples: [{}] });
export type PeerInviteRequest = z.output<typeof PeerInviteRequest>;

export const PeerInvitation = z
  .object({
    code: z
      .string()
      .meta({ description: "For peer-join at the other node; holds a secret.", examples: [example.code] }),
    base_url: z.string().meta({ examples: [example.base_url] }),
    node_id: z.string().meta({ examples: ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"] }),
    expires_at: Time,
  })
  .meta({ id: "PeerInvitation", description: "A code that pairs one node with this one, once." });
export type PeerInvitation = z.infer<typeof PeerInvitation>;

export const PeerJoinRequest = z
  .strictObject({
    code: z
      .string()
      .regex(/^\s*alink1_[\w-]{20,4096}\s*$/, "must be the code that alink-cli peer-invite printed, whole")
      .meta({ description: "What peer-invite printed at the other node.", examples: [example.code] }),
    peer_id: emptyIsAbsent(PeerName).meta({
      description: "What this node calls the other; absent: what the other calls itself.",
      examples: ["build"],
    }),
    as: emptyIsAbsent(PeerName).meta({
      description: "What the other node shall call this one; absent: this machine's name.",
      examples: ["desk"],
    }),
    base_url: emptyIsAbsent(BaseUrl).meta({
      description: "Where the other node reaches this one; absent: where it listens.",
      examples: ["https://desk.example:7777"],
    }),
    display_name: emptyIsAbsent(DisplayName).meta({
      description: "What people at the other node call this one; absent: this machine's name.",
      examples: ["Desk"],
    }),
  })
  .meta({
    id: "PeerJoinRequest",
    description: "An invitation to be taken.",
    examples: [{ code: example.code }],
  });
export type PeerJoinRequest = z.output<typeof PeerJoinRequest>;

export const PeerTrustRequest = z
  .strictObject({
    node_id: emptyIsAbsent(NodeId).meta({
      description: "The key to be pinned; absent: the pinned one, or the one that the peer shows now.",
      examples: ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
    }),
  })
  .meta({ id: "PeerTrustRequest", description: "Which key to believe.", examples: [{}] });

const PeerPath = z.object({ peer_id: PeerName.meta({ description: "The peer.", examples: ["build"] }) });

const add = failures("name_taken", ...storageFaults);
const sync = failures("peer_not_found", "peer_unreachable", ...storageFaults);
const join = failures("name_taken", "pairing_refused", "peer_unreachable", ...storageFaults);
const trust = failures("peer_not_found", "name_taken", "peer_unreachable", ...storageFaults);
const change = failures("peer_not_found", ...storageFaults);
const c = initContract();

export const peerRoutes = c.router({
  addPeer: {
    method: "POST",
    path: "/v1/peers",
    summary: "Make another node known, or change what is known of it",
    body: PeerRegistration,
    responses: { 201: PeerRecord, ...add.responses, ...withBody.responses },
    metadata: { operationId: "addPeer", tags: ["peers"], codes: [...add.codes, ...withBody.codes] },
  },
  listPeers: {
    method: "GET",
    path: "/v1/peers",
    summary: "List the nodes that are known",
    responses: {
      200: z.object({ peers: z.array(PeerRecord) }).meta({ id: "PeerList", description: "The peers." }),
    },
    metadata: { operationId: "listPeers", tags: ["peers"], callers: ["operator", "reader"], codes: [] },
  },
  syncPeer: {
    method: "POST",
    path: "/v1/peers/:peer_id/sync",
    summary: "Ask a peer now what it exports to this node",
    pathParams: PeerPath,
    body: z.strictObject({}).optional(),
    responses: { 200: PeerSynced, ...sync.responses, ...withBody.responses },
    metadata: { operationId: "syncPeer", tags: ["peers"], codes: [...sync.codes, ...withBody.codes] },
  },
  invitePeer: {
    method: "POST",
    path: "/v1/peers/invite",
    summary: "Make a code that pairs one node with this one",
    body: PeerInviteRequest.optional(),
    responses: { 201: PeerInvitation, ...withBody.responses },
    metadata: { operationId: "invitePeer", tags: ["peers"], codes: [...withBody.codes] },
  },
  joinPeer: {
    method: "POST",
    path: "/v1/peers/join",
    summary: "Pair with the node that made a code",
    body: PeerJoinRequest,
    responses: { 201: PeerRecord, ...join.responses, ...withBody.responses },
    metadata: { operationId: "joinPeer", tags: ["peers"], codes: [...join.codes, ...withBody.codes] },
  },
  trustPeer: {
    method: "POST",
    path: "/v1/peers/:peer_id/trust",
    summary: "Believe a peer, by its key",
    pathParams: PeerPath,
    body: PeerTrustRequest.optional(),
    responses: { 200: PeerRecord, ...trust.responses, ...withBody.responses },
    metadata: { operationId: "trustPeer", tags: ["peers"], codes: [...trust.codes, ...withBody.codes] },
  },
  blockPeer: {
    method: "POST",
    path: "/v1/peers/:peer_id/block",
    summary: "Refuse a peer from now on",
    pathParams: PeerPath,
    body: z.strictObject({}).optional(),
    responses: { 200: PeerRecord, ...change.responses, ...withBody.responses },
    metadata: { operationId: "blockPeer", tags: ["peers"], codes: [...change.codes, ...withBody.codes] },
  },
  removePeer: {
    method: "DELETE",
    path: "/v1/peers/:peer_id",
    summary: "Forget a peer and its targets",
    pathParams: PeerPath,
    responses: { 200: PeerRecord, ...change.responses },
    metadata: { operationId: "removePeer", tags: ["peers"], codes: change.codes },
  },
});
