import { listAgents } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { agentsInWords } from "../render-agents.ts";

/** Lists the agents. */
export class Agents extends NodeCommand {
  static override summary = "list the registered agents";
  static override examples = ["<%= config.bin %> agents"];

  async run(): Promise<void> {
    const { flags } = await this.parse(Agents);
    this.print(flags, await listAgents(this.node(flags)), ({ agents }) => agentsInWords(agents));
  }
}
