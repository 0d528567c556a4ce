/** The node protocol over HTTP: what other nodes ask. */
import { initServer } from "@ts-rest/express";
import { contract } from "#contracts/index.ts";
import { acceptPairing } from "#src/engine/pairing.ts";
import { acceptRotation } from "#src/engine/peer-requests.ts";
import { nodeHealth } from "#src/engine/peers.ts";
import type { Server } from "../app.ts";
import { requirePeer } from "../peer-guard.ts";

/** The handlers of the contract's node protocol. */
export function nodeHandlers({ engine }: Server) {
  return initServer().router(contract.node, {
    getNodeHealth: async () => ({ status: 200, body: nodeHealth(engine) }),
    pairNode: async ({ body, res }) => ({
      status: 200,
      body: await acceptPairing(engine, requirePeer(res), body),
    }),
    rotateNode: async ({ body, res }) => ({
      status: 200,
      body: await acceptRotation(engine, requirePeer(res), body),
    }),
  });
}
