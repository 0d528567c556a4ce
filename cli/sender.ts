/** Who a task is from. */
import { readFileSync } from "node:fs";
import { expandHome } from "./connection.ts";
import { agentIn } from "./state-file.ts";
import { UsageError } from "./usage-error.ts";

interface SenderSources {
  /** The flag. */
  readonly agentId?: string | undefined;
  readonly stateFile?: string | undefined;
  readonly env: { readonly [name: string]: string | undefined };
}

/**
 * The flag, else AETHROLINK_AGENT_ID, else the state file's agent_id.
 * @returns undefined where none is named: the node then takes whom the token belongs to, else local
 * @throws UsageError where the state file that was named tells no agent
 */
export function senderOf({ agentId, stateFile, env }: SenderSources): string | undefined {
  return agentId || env["AETHROLINK_AGENT_ID"] || agentInFile(stateFile);
}

function agentInFile(named: string | undefined): string | undefined {
  const path = expandHome(named ?? "~/.aethrolink/agent.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    if (named === undefined) return undefined;
    throw new UsageError(`the state file ${named} can't be read`);
  }
  const agent_id = agentIn(text);
  if (agent_id === undefined && named !== undefined)
    throw new UsageError(`the state file ${named} tells no agent; it looks like {"agent_id": "scribe"}`);
  return agent_id;
}
