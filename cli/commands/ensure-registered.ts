import { AethrolinkError, type AgentAnswer, heartbeatAgent, registerAgent } from "@aethrolink/client";
import { knownAgent, registration, registrationOf } from "../agent-flags.ts";
import { NodeCommand, type SharedFlags } from "../base.ts";
import { agentInWords } from "../render-agents.ts";
import { checkState, keepAgent } from "../state-file.ts";

/**
 * Registers an agent that isn't.
 *
 * 1. It registers again only where the node says that it has no such agent, and under the same id; any
 *    other error ends it and changes nothing.
 */
export class EnsureRegistered extends NodeCommand {
  static override summary = "extend the agent's lease; register it if the node doesn't have it";
  static override description =
    "For the start of an agent's program. An agent that is registered is left as it is; register changes it.";
  static override examples = [
    "<%= config.bin %> ensure-registered --agent-id scribe --capabilities notes.write",
  ];
  static override flags = registration;

  async run(): Promise<void> {
    const { flags } = await this.parse(EnsureRegistered);
    const known = knownAgent(flags);
    const request = await registrationOf(flags, known);
    checkState(flags["state-file"]);
    const there = known === undefined ? undefined : await this.extend(flags, known);
    const answer = there ?? (await registerAgent(request, this.node(flags)));
    keepAgent(flags["state-file"], answer.agent.agent_id);
    this.print(flags, answer, ({ agent }) => agentInWords(agent));
  }

  /** @returns undefined where the node has no such agent */
  private async extend(
    flags: SharedFlags & { readonly "lease-ttl-seconds"?: number | undefined },
    agent_id: string,
  ): Promise<AgentAnswer | undefined> {
    const lease_ttl_seconds = flags["lease-ttl-seconds"];
    const body = lease_ttl_seconds === undefined ? undefined : { lease_ttl_seconds };
    try {
      return await heartbeatAgent(agent_id, body, this.node(flags));
    } catch (thrown) {
      if (thrown instanceof AethrolinkError && thrown.status === 404 && thrown.code === "agent_not_found")
        return undefined;
      throw thrown;
    }
  }
}
