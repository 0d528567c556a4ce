/** Puts together the part of a node that knows other nodes. */
import { hostname } from "node:os";
import type { Config } from "./config.ts";
import type { IdentityProvider, PeerLink, SignAnswer, VerifyPeer } from "./core/network-ports.ts";
import type { Clock, Target } from "./core/ports.ts";
import { selfPeer } from "./core/remote-target.ts";
import type { Engine } from "./engine/engine.ts";
import type { Network } from "./engine/network.ts";
import { answerPeer } from "./engine/peer-requests.ts";
import { heardFrom } from "./engine/sync-peers.ts";
import { agentDiscovery } from "./network/discovery/agents.ts";
import { compositeDiscovery } from "./network/discovery/composite.ts";
import { peerDiscovery } from "./network/discovery/peers.ts";
import { registryDiscovery } from "./network/discovery/registry.ts";
import { createLink } from "./network/link.ts";
import { createReceiver } from "./network/receive.ts";
import { createHttpTransport } from "./network/transports/http.ts";
import { createLoopback, type Loopback, type Receive } from "./network/transports/loopback.ts";
import { signAnswer, verifyPeer } from "./network/verify-peer.ts";
import type { Batch } from "./store/batch.ts";
import { openPeers } from "./store/peers.ts";
import { createSeenOfAnybody, openSeenSignatures } from "./store/seen-signatures.ts";
import type { Sqlite } from "./store/sql.ts";
import { newId } from "./store/ulid.ts";

export interface NetworkNeeds {
  readonly config: Pick<Config, "auth" | "peers">;
  readonly identity: IdentityProvider;
  readonly writer: Sqlite;
  readonly batch: Batch;
  readonly clock: Clock;
  /** Where other nodes reach this one; null: it can't be told. */
  readonly baseUrl: string | null;
  /** The targets of the registry, of now. */
  readonly registry: () => ReadonlyMap<string, Target>;
  /** The targets that agents are. */
  readonly agents: () => ReadonlyMap<string, Target>;
  /** Joins nodes of this process. */
  readonly loopback?: Loopback | undefined;
}

export interface OpenNetwork {
  readonly network: Network;
  readonly verifyPeer: VerifyPeer;
  readonly signAnswer: SignAnswer;
  /** Lets the node reach itself. */
  begin(engine: Engine): void;
  /** Answers other nodes of this process. */
  receiver(engine: Engine): Receive;
  close(): void;
}

/** Where a node reaches itself. */
const selfAddress = "loopback://self";

/** Opens it. */
export function openNetwork(needs: NetworkNeeds): OpenNetwork {
  const { config, identity, writer, batch, clock, loopback } = needs;
  const peers = openPeers(writer, batch);
  const seen = openSeenSignatures(writer, batch, clock);
  const http = createHttpTransport();
  const self = {
    peer_id: selfPeer,
    pairing_id: selfPeer,
    base_url: selfAddress,
    node_id: identity.nodeId,
    trust: "trusted",
  } as const;
  const inside = createLoopback();
  const toSelf = { ...inside, reaches: (address: string) => address === selfAddress };
  const transports = loopback === undefined ? [http, toSelf] : [http, toSelf, loopback];
  const link: PeerLink = createLink({ identity, transports, clock, newId });
  const over = new AbortController();
  const allowUnsigned = config.peers.allowUnsigned ?? !config.auth;
  const byNodeId = (node_id: string) => (node_id === identity.nodeId ? self : peers.byNodeId(node_id));
  const verify = verifyPeer({
    identity,
    peers: { byNodeId },
    seen,
    seenOfAnybody: createSeenOfAnybody(clock),
    clock,
  });
  const sign = signAnswer(identity, clock);
  const receiver = (engine: Engine): Receive =>
    createReceiver({
      nodeId: identity.nodeId,
      verify,
      sign,
      answer: answerPeer(engine),
      allowUnsigned,
      refused: (reason) => engine.logger.warn({ reason }, "a message of another node was refused"),
      heard: (peer_id) => heardFrom(engine, peer_id),
    });
  return {
    network: {
      self,
      nodeId: identity.nodeId,
      machineName: hostname(),
      baseUrl: needs.baseUrl,
      peers,
      link,
      discovery: compositeDiscovery([
        registryDiscovery(needs.registry),
        agentDiscovery(needs.agents),
        peerDiscovery(() => peers.targets()),
      ]),
      allowUnsigned,
      allowPlainHttp: config.peers.allowPlainHttp,
      exportUnsigned: !config.auth,
      invitations: new Map(),
      syncs: new Map(),
      accepting: new Map(),
      heard: new Map(),
      fetching: new Map(),
      reached: new Map(),
      owed: new Map(),
      over,
    },
    verifyPeer: verify,
    signAnswer: sign,
    receiver,
    begin: (engine) => void inside.listen(selfAddress, receiver(engine)),
    close() {
      over.abort();
      http.close();
    },
  };
}
