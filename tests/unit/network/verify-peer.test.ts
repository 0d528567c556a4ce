/** Who is believed, and what is remembered of it. */
import { expect, it } from "vitest";
import type { MessageType } from "#contracts/enums.ts";
import type { KeptPeer, MessageClaims } from "#src/core/network-ports.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { verifyPeer } from "#src/network/verify-peer.ts";
import { createSeenOfAnybody } from "#src/store/seen-signatures.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { claimsOf, sha256Of } from "../../signing.ts";

const clock = createFakeClock();
const own = ed25519Identity(makeKey());
const alice = ed25519Identity(makeKey());
const empty = sha256Of("");

/** A node that knows `alice`, and writes down what it remembers of peers. */
function believer(changes: Partial<KeptPeer> = {}) {
  const alicePeer: KeptPeer = {
    peer_id: "alice",
    pairing_id: "first",
    base_url: "http://127.0.0.1:9",
    node_id: alice.nodeId,
    trust: "trusted",
    ...changes,
  };
  const known = new Map([[alice.nodeId, alicePeer]]);
  const remembered: string[] = [];
  const take = (jti: string) => void remembered.push(jti);
  const verify = verifyPeer({
    identity: own,
    peers: { byNodeId: (node_id) => known.get(node_id) },
    seen: { take },
    seenOfAnybody: createSeenOfAnybody(clock, 2),
    clock,
  });
  const hear = async (
    message_type: MessageType,
    by = alice,
    claims: Partial<MessageClaims> = {},
    strangers = false,
  ) => {
    const about = { message_type, method: "GET", path: "/v1/somewhere" } as const;
    const said = { ...claimsOf({ by, to: own.nodeId, nowMs: clock.now(), ...about }), ...claims };
    const signature = (await by.sign(said)) ?? "";
    return verify({ ...about, signature, headers: {}, chain: [by.nodeId], strangers });
  };
  return { known, remembered, alicePeer, hear };
}

type Heard = Awaited<ReturnType<ReturnType<typeof believer>["hear"]>>;
const taken = (heard: Heard) => (typeof heard === "string" ? heard : (heard.take(empty) ?? "taken"));

it("trust is looked at again when the body of a message has been read", async () => {
  const { known, alicePeer, remembered, hear } = believer();
  const ways: readonly (readonly [string, () => unknown])[] = [
    ["the peer alice is blocked", () => known.set(alice.nodeId, { ...alicePeer, trust: "blocked" })],
    ["its sender is not a peer", () => known.delete(alice.nodeId)],
    [
      "its peer was changed while it was read",
      () => known.set(alice.nodeId, { ...alicePeer, pairing_id: "second" }),
    ],
  ];
  for (const [why, change] of ways) {
    known.set(alice.nodeId, alicePeer);
    const heard = await hear("task.submit");
    change();
    expect(taken(heard)).toBe(why);
  }
  expect(remembered).toEqual([]);
});

it("what anybody may send takes none of the room that messages of peers need", async () => {
  const { remembered, hear } = believer();
  for (let count = 0; count < 5; count++) {
    const stranger = ed25519Identity(makeKey());
    expect(taken(await hear("node.health", stranger, {}, true))).toBe("taken");
    expect(taken(await hear("node.pair", stranger, {}, true))).toBe("taken");
  }
  expect(remembered).toEqual([]);
  expect(taken(await hear("task.submit"))).toBe("taken");
  expect(remembered).toHaveLength(1);
  // Whoever only asks whether the node is there makes it forget nothing.
  const pairing = () => hear("node.pair", alice, { jti: "thesamemessage-thesame" }, true);
  expect(taken(await pairing())).toBe("taken");
  for (let count = 0; count < 5; count++) await hear("node.health", alice, {}, true).then(taken);
  expect(taken(await pairing())).toBe("it was taken before");
});

it("a stranger's message is not taken twice, and no number of them keeps another out", async () => {
  const seen = createSeenOfAnybody(clock, 2);
  const take = (jti: string) => seen.take(jti, "node", clock.now() + 61_000);
  expect([take("1"), take("1")]).toEqual([undefined, "it was taken before"]);
  expect([take("2"), take("3"), take("4"), take("4")]).toEqual([
    undefined,
    undefined,
    undefined,
    "it was taken before",
  ]);
});

it("a message holds no longer than it says itself", async () => {
  const { hear } = believer();
  const iat = Math.floor(clock.now() / 1000);
  const short = { iat, exp: iat + 10 };
  expect(taken(await hear("task.submit", alice, short))).toBe("taken");
  clock.advance(11_000);
  expect(await hear("task.submit", alice, short)).toBe("it is too old");
});
