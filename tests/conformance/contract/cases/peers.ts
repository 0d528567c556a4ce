/** When the operations on peers answer what. */
import type { OperationId } from "#generated/msw/handlers.ts";
import { aNode, type Call, type CasesOf, nothing } from "../case.ts";
import { failing, refusedBodies, refusedToReaders, refusedToStrangers, tooLarge } from "./refusals.ts";

const base_url = "http://127.0.0.1:9";
const add =
  (changes: object): Call =>
  (client) =>
    client.addPeer({ peer_id: "added", base_url, ...changes });
/** Fields that a body without any doesn't have. */
const more: { readonly [name: string]: never } = JSON.parse(JSON.stringify({ more: tooLarge }));

const sync: Call = async (client, world) => client.syncPeer(await world.peer(), {});
const invite: Call = (client) => client.invitePeer({});
const join: Call = async (client, world) => client.joinPeer({ code: await world.invitation() });
const trust: Call = async (client, world) => client.trustPeer(await world.peer(), {});
const block: Call = async (client, world) => client.blockPeer(await world.sparePeer(), {});
const remove: Call = async (client, world) => client.removePeer(await world.sparePeer());

/** A code that was never given out, of a node that is there. */
const withoutSecret = (code: string) => {
  const known = JSON.parse(Buffer.from(code.slice(7), "base64url").toString()) as object;
  return `alink1_${Buffer.from(JSON.stringify({ ...known, secret: "none" })).toString("base64url")}`;
};

/** A code of a node that isn't there. */
const ofNobody = `alink1_${Buffer.from(JSON.stringify({ url: base_url, node_id: aNode, secret: "none" })).toString("base64url")}`;

type Peers =
  | "addPeer"
  | "listPeers"
  | "syncPeer"
  | "invitePeer"
  | "joinPeer"
  | "trustPeer"
  | "blockPeer"
  | "removePeer";

export const peerCases: CasesOf<Peers & OperationId> = {
  addPeer: {
    ...refusedToReaders(add({})),
    ...refusedBodies(add({}), add({ display_name: tooLarge })),
    ...failing(add({})),
    201: { when: "with what is known of it", call: add({}) },
    400: { when: "to a node id that is no key", call: add({ node_id: "no-key" }) },
    409: { when: "for a name that is reserved", call: add({ peer_id: "self" }) },
  },
  listPeers: {
    ...refusedToStrangers((client) => client.listPeers()),
    200: {
      when: "with all of them",
      call: async (client, world) => {
        await world.peer();
        return client.listPeers();
      },
    },
  },
  syncPeer: {
    ...refusedToReaders(sync),
    ...refusedBodies(sync, async (client, world) => client.syncPeer(await world.peer(), more)),
    ...failing(sync),
    200: { when: "with what it exports", call: sync },
    400: { when: "to what is no name", call: (client) => client.syncPeer("No Name", {}) },
    404: { when: "for a peer that isn't known", call: (client) => client.syncPeer(nothing.name, {}) },
    502: {
      when: "for a peer that doesn't answer",
      call: async (client, world) => client.syncPeer(await world.deadPeer(), {}),
    },
  },
  invitePeer: {
    ...refusedToReaders(invite),
    ...refusedBodies(invite, (client) => client.invitePeer({ display_name: tooLarge })),
    201: { when: "with a code", call: invite },
    400: {
      when: "to an address that isn't encrypted",
      call: (client) => client.invitePeer({ base_url: "http://build.example" }),
    },
  },
  joinPeer: {
    ...refusedToReaders(join),
    ...refusedBodies(join, (client) => client.joinPeer({ code: `alink1_${tooLarge}` })),
    ...failing(join),
    201: { when: "when both know each other", call: join },
    400: {
      when: "to what is no code",
      call: (client) => client.joinPeer({ code: "alink1_bm90aGluZyBvZiB0aGUga2luZA" }),
    },
    409: [
      {
        when: "for a name that is reserved",
        code: "name_taken",
        call: async (client, world) => client.joinPeer({ code: await world.invitation(), peer_id: "self" }),
      },
      {
        when: "for a code that doesn't hold",
        code: "pairing_refused",
        call: async (client, world) => client.joinPeer({ code: withoutSecret(await world.invitation()) }),
      },
    ],
    502: {
      when: "where the other node doesn't answer",
      call: (client) => client.joinPeer({ code: ofNobody }),
    },
  },
  trustPeer: {
    ...refusedToReaders(trust),
    ...refusedBodies(trust, async (client, world) =>
      client.trustPeer(await world.peer(), { node_id: tooLarge }),
    ),
    ...failing(trust),
    200: { when: "with the peer that is believed", call: trust },
    400: {
      when: "to a node id that is no key",
      call: async (client, world) => client.trustPeer(await world.peer(), { node_id: "no-key" }),
    },
    404: { when: "for a peer that isn't known", call: (client) => client.trustPeer(nothing.name, {}) },
    409: {
      when: "for the key of another",
      call: async (client, world) => {
        const { peers } = await client.listPeers();
        const other = peers.find(({ node_id }) => node_id !== null);
        return client.trustPeer(await world.sparePeer(), { node_id: other?.node_id ?? aNode });
      },
    },
    502: {
      when: "for a peer without a key that doesn't answer",
      call: async (client, world) => client.trustPeer(await world.sparePeer(), {}),
    },
  },
  blockPeer: {
    ...refusedToReaders(block),
    ...refusedBodies(block, async (client, world) => client.blockPeer(await world.sparePeer(), more)),
    ...failing(block),
    200: { when: "with the peer that is refused from now on", call: block },
    400: { when: "to what is no name", call: (client) => client.blockPeer("No Name", {}) },
    404: { when: "for a peer that isn't known", call: (client) => client.blockPeer(nothing.name, {}) },
  },
  removePeer: {
    ...refusedToReaders(remove),
    ...failing(remove),
    200: { when: "with the peer that is forgotten", call: remove },
    400: { when: "to what is no name", call: (client) => client.removePeer("No Name") },
    404: { when: "for a peer that isn't known", call: (client) => client.removePeer(nothing.name) },
  },
};
