/**
 * `alink-node rotate-key`: a new key for a node that is stopped, announced to its peers.
 *
 * 1. The new key is on disk before anybody is told of it, and takes the old one's place when all were told:
 *    whatever ends this in between, the same command goes on where it was.
 * 2. Nobody is told before it is known that all answer, so that the node isn't left with peers of both kinds.
 */
import { existsSync } from "node:fs";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import { type IdentityProvider, PeerFault, type PeerLink } from "../core/network-ports.ts";
import { StartError } from "../errors.ts";
import { keyFile, moveKey, nextKeyFile, openIdentity } from "../network/identity/key-file.ts";
import { createLink } from "../network/link.ts";
import { createHttpTransport } from "../network/transports/http.ts";
import { openBatch } from "../store/batch.ts";
import { openStorage } from "../store/open.ts";
import { openPeers, type Peer } from "../store/peers.ts";
import { newId } from "../store/ulid.ts";

export interface RotateOptions {
  /** Goes on where peers don't answer. */
  readonly force: boolean;
  readonly say: (line: string) => void;
}

/** Both keys, and how each asks. */
interface Keys {
  readonly next: IdentityProvider;
  readonly asOld: PeerLink;
  readonly asNew: PeerLink;
}

/**
 * Gives the node of a data directory a new key.
 * @throws StartError 69 where a peer doesn't answer, 73 while the node runs
 */
export async function rotateKey(config: Config, { force, say }: RotateOptions): Promise<void> {
  if (!existsSync(keyFile(config.dataDir)))
    throw new StartError("config", `${config.dataDir} holds no key; give --data-dir that of a node`);
  const storage = openStorage(config);
  const http = createHttpTransport();
  try {
    const peers = openPeers(storage.writer, openBatch(storage.writer)).list();
    const told = peers.filter(({ trust, node_id }) => trust === "trusted" && node_id !== null);
    const old = openIdentity(keyFile(config.dataDir));
    const next = openIdentity(nextKeyFile(config.dataDir));
    const linkOf = (identity: IdentityProvider) =>
      createLink({ identity, transports: [http], clock: systemClock, newId });
    const keys: Keys = { next, asOld: linkOf(old), asNew: linkOf(next) };
    if (!force) await requireAll(keys, told);
    const untold = await announce(keys, told);
    moveKey(nextKeyFile(config.dataDir), keyFile(config.dataDir));
    say(`This node is ${next.nodeId} now; ${told.length - untold.length} of ${told.length} peer(s) know it.`);
    for (const { peer_id, why } of untold) {
      say(
        `${peer_id} does not know it: ${why}. Run there: alink-cli peer-trust <this node> --node-id ${next.nodeId}`,
      );
    }
  } finally {
    http.close();
    storage.close();
  }
}

/** Whether a peer answers, and believes one of the keys. */
async function requireAll(keys: Keys, peers: readonly Peer[]): Promise<void> {
  const standing = await Promise.all(
    peers.map(async (peer) => ({ peer, why: await whyNot(() => greet(keys, peer)) })),
  );
  const missing = standing.filter(({ why }) => why !== undefined);
  if (missing.length === 0) return;
  const names = missing.map(({ peer, why }) => `${peer.peer_id} (${why})`).join(", ");
  throw new StartError(
    "unavailable",
    `nothing was changed: ${names} can't be told of a new key now. Start them, or give --force to go on and tell them by hand`,
  );
}

const targets = { message_type: "targets.list", method: "GET", path: "/v1/targets" } as const;

async function greet({ asOld, asNew }: Keys, peer: Peer): Promise<void> {
  try {
    await asOld.ask(peer, targets);
  } catch (thrown) {
    if (!(thrown instanceof PeerFault) || thrown.kind !== "untrusted") throw thrown;
    await asNew.ask(peer, targets); // told by an earlier try
  }
}

/** @returns those that could not be told, and why */
async function announce(keys: Keys, peers: readonly Peer[]): Promise<{ peer_id: string; why: string }[]> {
  const untold = await Promise.all(
    peers.map(async (peer) => {
      const why = await whyNot(() => tell(keys, peer));
      return why === undefined ? [] : [{ peer_id: peer.peer_id, why }];
    }),
  );
  return untold.flat();
}

async function tell({ next, asOld, asNew }: Keys, peer: Peer): Promise<void> {
  try {
    const { status } = await asOld.ask(peer, {
      message_type: "node.rotate",
      method: "POST",
      path: "/v1/node/rotate",
      content: { new_node_id: next.nodeId },
      also: next,
    });
    if (status !== 200) throw new PeerFault("untrusted", `it answers ${status}`);
  } catch (thrown) {
    if (!(thrown instanceof PeerFault) || thrown.kind === "unreachable") throw thrown;
    // Its answer may have been lost, or it was told by an earlier try: then it believes the new key.
    await asNew.ask(peer, targets).catch(() => {
      throw thrown;
    });
  }
}

/** Why something that is asked of a peer fails; undefined: it doesn't. */
async function whyNot(ask: () => Promise<void>): Promise<string | undefined> {
  try {
    await ask();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof PeerFault) return thrown.message;
    throw thrown;
  }
}
