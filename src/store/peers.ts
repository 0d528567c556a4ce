/** Peers and what they export: few, and asked for by every message, so all of them stand in memory. */
import { setMaxListeners } from "node:events";
import { eq, sql } from "drizzle-orm";
import type { PeerStatus, PeerTrust } from "#contracts/enums.ts";
import type { PeerKeys } from "#src/core/network-ports.ts";
import type { JsonObject } from "#src/core/ports.ts";
import type { Batch } from "./batch.ts";
import { peers, peerTargets } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";

/** A peer as it is kept. */
export interface Peer {
  readonly peer_id: string;
  /** Of this node under this name; a node that is known by the name later has another. */
  readonly pairing_id: string;
  readonly display_name: string;
  readonly base_url: string;
  readonly node_id: string | null;
  readonly trust: PeerTrust;
  readonly status: PeerStatus;
  readonly status_reason: string | null;
  readonly capabilities: readonly string[];
  readonly metadata: JsonObject;
  readonly registered_at: string;
  readonly updated_at: string;
  readonly last_seen_at: string | null;
}

/** A target as a peer told of it. */
export interface PeerTarget {
  readonly peer_id: string;
  readonly target_id: string;
  readonly display_name: string;
  readonly capabilities: readonly string[];
  readonly metadata: JsonObject;
  readonly synced_at: string;
}

/** Each change resolves when it is on disk; what is read has been decided, and is on disk soon. */
export interface PeerStore extends PeerKeys {
  get(peer_id: string): Peer | undefined;
  byNodeId(node_id: string): Peer | undefined;
  list(): readonly Peer[];
  put(peer: Peer): Promise<void>;
  /** Aborted when the peer is another than it is now: blocked, removed, with another key, or another node. */
  bond(peer_id: string): AbortSignal;
  remove(peer_id: string): Promise<void>;
  /** All that a peer exports, in place of what it did. */
  setTargets(peer_id: string, targets: readonly PeerTarget[]): Promise<void>;
  targetsOf(peer_id: string): readonly PeerTarget[];
  /** Of all peers; the same list as before, where nothing has changed. */
  targets(): readonly PeerTarget[];
}

/** Opens the peers of a database. */
export function openPeers(writer: Sqlite, batch: Batch): PeerStore {
  const statements = prepareStatements(writer);
  const { known, exported } = readAll(writer);
  let all: readonly PeerTarget[] | undefined;
  const bonds = new Map<string, AbortController>();
  const release = (peer_id: string) => {
    bonds.get(peer_id)?.abort();
    bonds.delete(peer_id);
  };
  const changed = () => {
    all = undefined;
  };
  const kept = { known: new Map(known), exported: new Map(exported) };
  /** What is kept or lost together has one key; of what is lost, however much of it, all is as it is on disk. */
  const write = (peer_id: string, act: () => void): Promise<void> => {
    const [peer, targets] = [known.get(peer_id), exported.get(peer_id)];
    return batch.add(`peer ${peer_id}`, act, {
      kept() {
        setOrDelete(kept.known, peer_id, peer);
        setOrDelete(kept.exported, peer_id, targets);
      },
      lost() {
        setOrDelete(known, peer_id, kept.known.get(peer_id));
        setOrDelete(exported, peer_id, kept.exported.get(peer_id));
        changed();
        release(peer_id);
      },
    });
  };
  return {
    get: (peer_id) => known.get(peer_id),
    byNodeId: (node_id) =>
      [...known.values()].find((peer) => peer.node_id === node_id && peer.trust !== "unsigned"),
    list: () => [...known.values()],
    bond(peer_id) {
      const bond = bonds.get(peer_id) ?? new AbortController();
      if (!bonds.has(peer_id)) setMaxListeners(0, bond.signal);
      bonds.set(peer_id, bond);
      return bond.signal;
    },
    put(peer) {
      const former = known.get(peer.peer_id);
      known.set(peer.peer_id, peer);
      changed();
      if (!isSame(former, peer)) release(peer.peer_id);
      return write(peer.peer_id, () => void statements.put.run(rowOf(peer)));
    },
    remove(peer_id) {
      known.delete(peer_id);
      exported.delete(peer_id);
      changed();
      release(peer_id);
      return write(peer_id, () => void statements.remove.run({ peer_id }));
    },
    setTargets(peer_id, targets) {
      exported.set(peer_id, targets);
      changed();
      const replace = () => {
        statements.removeTargets.run({ peer_id });
        for (const target of targets) statements.putTarget.run(rowOf(target));
      };
      return write(peer_id, replace);
    },
    targetsOf: (peer_id) => exported.get(peer_id) ?? [],
    targets() {
      all ??= [...exported.values()].flat();
      return all;
    },
  };
}

/** Whether it is the same node, believed in the same way. */
const isSame = (former: Peer | undefined, { pairing_id, node_id, trust }: Peer): boolean =>
  former?.pairing_id === pairing_id && former.node_id === node_id && former.trust === trust;

function setOrDelete<Value>(map: Map<string, Value>, name: string, value: Value | undefined): void {
  if (value === undefined) map.delete(name);
  else map.set(name, value);
}

const rowOf = ({ capabilities, metadata, ...rest }: Peer | PeerTarget) => ({
  ...rest,
  capabilities: JSON.stringify(capabilities),
  metadata: JSON.stringify(metadata),
});

const parsed = <Row extends { capabilities: string; metadata: string }>({
  capabilities,
  metadata,
  ...rest
}: Row) => ({
  ...rest,
  capabilities: JSON.parse(capabilities) as string[],
  metadata: JSON.parse(metadata) as JsonObject,
});

function readAll(writer: Sqlite) {
  const db = builder(writer);
  const known = new Map<string, Peer>(
    db
      .select()
      .from(peers)
      .orderBy(peers.peer_id)
      .all()
      .map((row) => [row.peer_id, parsed(row)]),
  );
  const exported = new Map<string, readonly PeerTarget[]>();
  for (const row of db.select().from(peerTargets).orderBy(peerTargets.peer_id, peerTargets.target_id).all()) {
    exported.set(row.peer_id, [...(exported.get(row.peer_id) ?? []), parsed(row)]);
  }
  return { known, exported };
}

function prepareStatements(writer: Sqlite) {
  const db = builder(writer);
  const peer_id = sql.placeholder("peer_id");
  const { peer_id: _, ...changeable } = columnsOf(peers);
  return {
    put: prepare(
      writer,
      db
        .insert(peers)
        .values(columnsOf(peers))
        .onConflictDoUpdate({
          target: peers.peer_id,
          set: Object.fromEntries(Object.keys(changeable).map((name) => [name, sql.raw(`excluded.${name}`)])),
        }),
    ),
    remove: prepare(writer, db.delete(peers).where(eq(peers.peer_id, peer_id))),
    putTarget: prepare(writer, db.insert(peerTargets).values(columnsOf(peerTargets))),
    removeTargets: prepare(writer, db.delete(peerTargets).where(eq(peerTargets.peer_id, peer_id))),
  };
}
