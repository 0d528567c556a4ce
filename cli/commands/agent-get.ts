import { getAgent } from "@aethrolink/client";
import { knownAgent, whichAgent } from "../agent-flags.ts";
import { NodeCommand } from "../base.ts";
import { agentInWords } from "../render-agents.ts";
import { idOf } from "../values.ts";

/** Shows an agent. */
export class AgentGet extends NodeCommand {
  static override summary = "show an agent's record";
  static override examples = ["<%= config.bin %> agent-get scribe"];
  static override flags = whichAgent.flags;
  static override args = whichAgent.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(AgentGet);
    const id = idOf("agent-id", args.agent ?? knownAgent(flags), args.agent);
    this.print(flags, await getAgent(id, this.node(flags)), agentInWords);
  }
}
