/** Peers over HTTP; to be changed by the operator alone. */
import { initServer } from "@ts-rest/express";
import { contract } from "#contracts/index.ts";
import { invitePeer, joinPeer } from "#src/engine/pairing.ts";
import {
  addPeer,
  blockPeer,
  findPeer,
  peerRecord,
  peerTargetRecords,
  removePeer,
  trustPeer,
} from "#src/engine/peers.ts";
import { syncPeer } from "#src/engine/sync-peers.ts";
import type { Server } from "../app.ts";

/** The handlers of the contract's peers. */
export function peerHandlers({ engine }: Server) {
  return initServer().router(contract.peers, {
    addPeer: async ({ body }) => ({ status: 201, body: peerRecord(await addPeer(engine, body)) }),
    listPeers: async () => ({ status: 200, body: { peers: engine.network.peers.list().map(peerRecord) } }),
    async syncPeer({ params: { peer_id } }) {
      findPeer(engine, peer_id);
      const { peer, targets } = await syncPeer(engine, peer_id);
      return { status: 200, body: { peer: peerRecord(peer), targets: peerTargetRecords(peer, targets) } };
    },
    invitePeer: async ({ body }) => ({
      status: 201,
      body: invitePeer(engine, body ?? { base_url: undefined, display_name: undefined }),
    }),
    joinPeer: async ({ body }) => ({ status: 201, body: peerRecord(await joinPeer(engine, body)) }),
    trustPeer: async ({ params: { peer_id }, body }) => ({
      status: 200,
      body: peerRecord(await trustPeer(engine, peer_id, body?.node_id)),
    }),
    blockPeer: async ({ params: { peer_id } }) => ({
      status: 200,
      body: peerRecord(await blockPeer(engine, peer_id)),
    }),
    removePeer: async ({ params: { peer_id } }) => ({
      status: 200,
      body: peerRecord(await removePeer(engine, peer_id)),
    }),
  });
}
