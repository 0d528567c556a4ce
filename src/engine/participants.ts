/** The two of a thread: what their names mean, and who has them. */

import type { ThreadInspection } from "#contracts/thread-records.ts";
import { selfPeer } from "#src/core/remote-target.ts";
import { targetNamed } from "#src/core/route.ts";
import { fail } from "#src/errors.ts";
import type { Engine } from "./engine.ts";

export type Participant = ThreadInspection["participants"][number];

/**
 * The full name of a participant: a peer's target gets its peer's, so that it means the same for as long as
 * the thread lasts, whoever else gets a target of that name.
 * @throws RequestError participant_not_found; invalid_participants where several peers have such a target
 */
export function participantNamed({ agents, network }: Engine, name: string): string {
  const targets = network.discovery.targets();
  if (targets.has(name) || agents.store.get(name) !== undefined) return name;
  const found = targetNamed(name, { targets });
  if (found === undefined)
    fail("participant_not_found", `There is no agent and no target ${name} at this node or its peers.`);
  return "kind" in found ? fail("invalid_participants", found.detail) : found.target_id;
}

/** Who has a participant, by its full name; the peer need not be there any more. */
export function participantOf({ network }: Engine, agent_id: string): Participant {
  const slash = agent_id.indexOf("/");
  if (slash < 0) return { agent_id, owner: "local" };
  const peer_id = agent_id.slice(0, slash);
  const { node_id = null } = (peer_id === selfPeer ? network.self : network.peers.get(peer_id)) ?? {};
  return { agent_id, owner: "remote", peer_id, ...(node_id === null ? {} : { node_id }) };
}

/**
 * A participant without a target can't be spoken to, whatever peers have of its name.
 * @throws RequestError target_not_found
 */
export function refuseUnspeakable({ network }: Engine, agent_id: string): void {
  if (!agent_id.includes("/") && !network.discovery.targets().has(agent_id))
    fail("target_not_found", `There is no target ${agent_id} at this node.`);
}
