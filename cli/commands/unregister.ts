import { unregisterAgent } from "@aethrolink/client";
import { knownAgent, whichAgent } from "../agent-flags.ts";
import { NodeCommand } from "../base.ts";
import { forgetAgent } from "../state-file.ts";
import { idOf } from "../values.ts";

/** Takes an agent back out. */
export class Unregister extends NodeCommand {
  static override summary = "take an agent back out; its running tasks finish";
  static override description = "Removes the state file too, where it tells this agent.";
  static override examples = ["<%= config.bin %> unregister scribe"];
  static override flags = whichAgent.flags;
  static override args = whichAgent.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(Unregister);
    const id = idOf("agent-id", args.agent ?? knownAgent(flags), args.agent);
    const answer = await unregisterAgent(id, undefined, this.node(flags));
    forgetAgent(flags["state-file"], id);
    this.print(flags, answer, () => `${id} is registered no more.`);
  }
}
