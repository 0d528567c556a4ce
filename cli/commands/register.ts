import { registerAgent } from "@aethrolink/client";
import { knownAgent, registration, registrationOf } from "../agent-flags.ts";
import { NodeCommand } from "../base.ts";
import { agentInWords } from "../render-agents.ts";
import { checkState, keepAgent } from "../state-file.ts";

/** Registers an agent. */
export class Register extends NodeCommand {
  static override summary = "register an agent with the node, or register it again";
  static override description =
    "Keeps the agent's id in the state file, so that it stays the same agent. With --adapter and --launch-command the agent is a target too: the node starts it when a task comes, whether it is online or not.";
  static override examples = [
    "<%= config.bin %> register --agent-id scribe --capabilities notes.write,notes.read",
    "<%= config.bin %> register --agent-id editor --adapter acp --launch-command 'editor-agent --profile \"my work\"' --defaults model=small,retries=3",
  ];
  static override flags = registration;

  async run(): Promise<void> {
    const { flags } = await this.parse(Register);
    const request = await registrationOf(flags, knownAgent(flags));
    checkState(flags["state-file"]);
    const answer = await registerAgent(request, this.node(flags));
    keepAgent(flags["state-file"], answer.agent.agent_id);
    this.print(flags, answer, ({ agent }) => agentInWords(agent));
  }
}
