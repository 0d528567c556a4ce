/**
 * The state file of an agent: its id, so that it stays the same agent. It holds no token.
 *
 * 1. It is written beside and renamed, for its owner alone: what is there is always whole.
 * 2. One that is there and tells no agent is never taken for none: that would make a second agent.
 */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expandHome } from "./connection.ts";
import { makeDirectory } from "./directories.ts";
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

/**
 * Looks whether an id can be kept, before the node makes an agent of which nothing would tell.
 * @throws UsageError
 */
export function checkState(named: string | undefined): void {
  const path = pathOf(named);
  asState(path, () => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error("it is a directory");
    rmSync(writeBeside(path, ""));
  });
}

/**
 * Keeps the agent's id.
 * @throws UsageError
 */
export function keepAgent(named: string | undefined, agent_id: string): void {
  const path = pathOf(named);
  asState(path, () => renameSync(writeBeside(path, `${JSON.stringify({ agent_id })}\n`), path));
}

/** Says of what the system refuses which file it is about. */
function asState(path: string, write: () => void): void {
  try {
    write();
  } catch (thrown) {
    throw new UsageError(`the state file ${path} can't be written: ${(thrown as Error).message}`);
  }
}

/** @returns where it is written */
function writeBeside(path: string, text: string): string {
  const beside = `${path}.${process.pid}`;
  makeDirectory(dirname(path), 0o700);
  writeFileSync(beside, text, { mode: 0o600, flush: true });
  return beside;
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
