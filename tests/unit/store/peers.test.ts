import { expect, it } from "vitest";
import { newPeer } from "#src/engine/peers.ts";
import { openEngine } from "../../open-engine.ts";

/** A node that knows one peer, on a disk that takes no more peers. */
async function openFull() {
  const node = await openEngine();
  const { peers } = node.engine.network;
  const peer = { ...newPeer(node.engine, "build", "http://127.0.0.1:9"), display_name: "before" };
  await peers.put(peer);
  const target = { peer_id: "build", target_id: "t", display_name: "t", capabilities: [], metadata: {} };
  await peers.setTargets("build", [{ ...target, synced_at: peer.registered_at }]);
  const { writer } = node.storage;
  for (const change of ["INSERT", "UPDATE", "DELETE"])
    writer.exec(
      `CREATE TEMP TRIGGER no_${change} BEFORE ${change} ON peers BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
    );
  return { node, peers, peer };
}

it("of changes that are all lost nothing is left in memory", async () => {
  const { node, peers, peer } = await openFull();
  await using _node = node;
  const lost = await Promise.allSettled([
    peers.put({ ...peer, display_name: "first" }),
    peers.put({ ...peer, display_name: "second" }),
    peers.setTargets("build", []),
    peers.remove("build"),
    peers.put({ ...newPeer(node.engine, "other", "http://127.0.0.1:9") }),
  ]);
  expect(lost.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => "rejected"));
  expect(peers.list()).toEqual([peer]);
  expect(peers.targetsOf("build").map(({ target_id }) => target_id)).toEqual(["t"]);
});

it("a bond lasts while only other things of a peer change, and ends with what it is believed by", async () => {
  await using node = await openEngine();
  const { peers } = node.engine.network;
  const peer = { ...newPeer(node.engine, "build", "http://127.0.0.1:9"), trust: "trusted" as const };
  await peers.put(peer);
  const bond = peers.bond("build");
  await peers.put({ ...peer, status: "online", display_name: "Build" });
  expect(bond.aborted).toBe(false);
  await peers.put({ ...peer, pairing_id: "another" });
  expect(bond.aborted).toBe(true);
  expect(peers.bond("build").aborted).toBe(false);
});
