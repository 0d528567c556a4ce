/** Who may do what, between people, pages, agents and nodes; and what is never told. */
import type { Guarantee } from "./guarantee.ts";

export const guaranteesOfAccess: readonly Guarantee[] = [
  {
    id: "G14",
    promise: "What isn't plainly allowed is refused, without an effect.",
    tests: [
      "tests/faults/hostile.test.ts",
      "tests/unit/http/guard.test.ts",
      "tests/unit/config.test.ts",
      "tests/unit/fuzz/registry.test.ts",
      "tests/faults/ports-and-locks.test.ts",
    ],
    full: { FUZZ_RUNS: 5000 },
    least: { hostile: 40 },
    most: { effects: 0 },
    says: "{hostile} hostile requests: all refused, {effects} with an effect",
  },
  {
    id: "G15",
    promise: "No request becomes a command, and no secret comes up anywhere.",
    tests: [
      "tests/faults/secrets.test.ts",
      "tests/faults/secrets-at-peers.test.ts",
      "tests/unit/adapters/acp/wire.test.ts",
      "tests/unit/adapters/acp-http/hostile-server.test.ts",
      "tests/unit/processes/stderr-tail.test.ts",
    ],
    full: {},
    least: { canaries: 3, placesAtPeers: 4 },
    most: { found: 0, foundAtPeers: 0 },
    says: "{canaries} secrets looked for in answers, logs, files and what goes to a peer, {places} and {placesAtPeers} places: found {found} times",
  },
  {
    id: "G16",
    promise:
      "A peer is who it says, controls only its own tasks, and each of them runs once, whatever the link loses.",
    tests: [
      "tests/integration/hostile-nodes.test.ts",
      "tests/integration/fuzz-node-tasks.test.ts",
      "tests/integration/relay/strangers.test.ts",
      "tests/faults/relay-lossy.test.ts",
      "tests/faults/relay-kill.test.ts",
    ],
    full: { HOSTILE_MESSAGES: 10_000, FUZZ_RUNS: 3000, RELAY_TASKS: 1000 },
    least: { hostile: 10_000, misshapen: 2000, spoiled: 2000, relayed: 1000 },
    most: { accepted: 0, ranTwice: 0 },
    says: "{hostile} hostile messages, {accepted} accepted; {misshapen} misshapen and {spoiled} spoiled ones about tasks, all refused without an effect; {relayed} tasks over a link that lost {lost} of {sent} messages, {ranTwice} ran twice, each ended",
  },
  {
    id: "G17",
    promise: "A task that would come back to a node it came from is refused before anything runs.",
    tests: [
      "tests/unit/core/hops.test.ts",
      "tests/integration/relay/strangers.test.ts",
      "tests/integration/relay/relay.test.ts",
      "tests/integration/delegation/tree.test.ts",
    ],
    full: {},
    least: {},
    most: {},
    says: "{tests} tests of loops, depth and forged chains",
  },
];
