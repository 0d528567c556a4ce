/** What the node itself can say and do of a target that is another node's. */
import { describe, expect, it } from "vitest";
import type { Target } from "#src/core/ports.ts";
import { createRelayAdapter } from "#src/engine/relay-adapter.ts";
import type { Peer } from "#src/store/peers.ts";
import { faultOf, patient, targetOf, taskOf } from "../../launching.ts";

const ofPeer = (peer_id?: string): Target =>
  ({
    ...targetOf(null),
    target_id: "beta/core",
    ...(peer_id === undefined ? {} : { remote: { peer_id } }),
  }) as Target;
const knowing = (peer?: Partial<Peer>) =>
  createRelayAdapter({ get: (peer_id) => (peer_id === "beta" ? (peer as Peer) : undefined) });

describe("the health of a peer's target", () => {
  it.each([
    ["online", { status: "online" } as const, { healthy: true, state: "up" }],
    [
      "offline, with the reason",
      { status: "offline", status_reason: "no answer" } as const,
      { healthy: false, state: "down", detail: "no answer" },
    ],
    ["unknown", undefined, { healthy: false, state: "down", detail: "its node is not known" }],
  ])("is that of its node: %s", async (_what, peer, expected) => {
    expect(await knowing(peer).health(ofPeer("beta"), {})).toEqual(expected);
  });

  it("is none without a node", async () => {
    expect(await knowing().health(ofPeer(), {})).toMatchObject({ healthy: false });
  });
});

it("a peer's target is started, probed and given work there and not here", async () => {
  const adapter = knowing();
  const target = ofPeer("beta");
  const { launch_id, lease } = adapter.launch(target, {}, patient);
  expect(launch_id).toBeNull();
  const refused = [
    lease,
    adapter.probe(target, {}, patient),
    adapter.submit(taskOf("x"), target, {} as Parameters<typeof adapter.submit>[2], patient),
  ];
  for (const each of refused) {
    expect(await faultOf(each)).toEqual({
      kind: "unavailable",
      message: "beta/core is another node's; it is started and stopped there",
    });
  }
  expect(adapter.usable(target, {}, patient)).toBeUndefined();
  expect(await adapter.stop(target)).toBe(false);
  expect(adapter.lane(target, {}, "talk")).toEqual({ process: "beta", session: null });
  expect(adapter.lane(ofPeer(), {}, null)).toEqual({ process: "", session: null });
  await adapter.close();
});
