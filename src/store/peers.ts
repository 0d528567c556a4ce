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
  /** Aborted when the peer is another than it is now: blocked, removed, or with another key. */
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
      if (former?.trust !== peer.trust || former.node_id !== peer.node_id) release(peer.peer_id);
      return write(
        batch,
        `peer ${peer.peer_id}`,
        () => void statements.put.run(rowOf(peer)),
        () => {
          if (former === undefined) known.delete(peer.peer_id);
          else known.set(peer.peer_id, former);
          changed();
        },
      );
    },
    remove(peer_id) {
      const former = known.get(peer_id);
      const targets = exported.get(peer_id);
      known.delete(peer_id);
      exported.delete(peer_id);
      changed();
      release(peer_id);
      return write(
        batch,
        `peer ${peer_id}`,
        () => void statements.remove.run({ peer_id }),
        () => {
          if (former !== undefined) known.set(peer_id, former);
          if (targets !== undefined) exported.set(peer_id, targets);
          changed();
        },
      );
    },
    setTargets(peer_id, targets) {
      const former = exported.get(peer_id) ?? [];
      exported.set(peer_id, targets);
      changed();
      const replace = () => {
        statements.removeTargets.run({ peer_id });
        for (const target of targets) statements.putTarget.run(rowOf(target));
      };
      return write(batch, `peer ${peer_id}`, replace, () => {
        exported.set(peer_id, former);
        changed();
      });
    },
    targetsOf: (peer_id) => exported.get(peer_id) ?? [],
    targets() {
      all ??= [...exported.values()].flat();
      return all;
    },
  };
}

/** What is kept or lost together has one key; what is lost is as it was. */
const write = (batch: Batch, key: string, act: () => void, lost: () => void): Promise<void> =>
  batch.add(key, act, { lost });

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
