/**
 * The state file of an agent: its id, so that it stays the same agent. It holds no token.
 *
 * 1. It is written beside and renamed, for its owner alone: what is there is always whole.
 * 2. One that is there and tells no agent is never taken for none: that would make a second agent.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expandHome } from "./connection.ts";
import { UsageError } from "./usage-error.ts";

/** Where it is, unless another is named. */
const usualPath = "~/.aethrolink/agent.json";

const pathOf = (named: string | undefined) => expandHome(named ?? usualPath);

/**
 * The agent of the state file.
 * @returns undefined where there is no file
 * @throws UsageError for a file that can't be read, or tells no agent
 */
export function agentInState(named: string | undefined): string | undefined {
  const path = pathOf(named);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UsageError(`the state file ${path} can't be read: ${(thrown as Error).message}`);
  }
  const agent_id = agentIn(text);
  if (agent_id !== undefined) return agent_id;
  throw new UsageError(
    `the state file ${path} tells no agent; it looks like {"agent_id": "scribe"}. Mend it, or remove it for a new agent`,
  );
}

/** The agent that a state file's text tells. */
export function agentIn(text: string): string | undefined {
  try {
    const { agent_id } = JSON.parse(text) as { agent_id?: unknown };
    return typeof agent_id === "string" && agent_id !== "" ? agent_id : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the agent's id. */
export function keepAgent(named: string | undefined, agent_id: string): void {
  const path = pathOf(named);
  const beside = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(beside, `${JSON.stringify({ agent_id })}\n`, { mode: 0o600, flush: true });
  renameSync(beside, path);
}

/** Removes the file if it tells this agent. */
export function forgetAgent(named: string | undefined, agent_id: string): void {
  const path = pathOf(named);
  try {
    if (agentIn(readFileSync(path, "utf8")) === agent_id) rmSync(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
  }
}
