/** Which agent of a server does the work. */
import type { JsonObject, Target } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { type Answer, callFor, NoAnswer, type Server } from "./calls.ts";
import { objectIn, objectsIn, textIn } from "./json.ts";
import { refusalOf } from "./signals.ts";

/** The agent that options name: `agent`, else `executor`; undefined: none in particular. */
export function agentNamed({ agent, executor }: JsonObject): string | undefined {
  if (typeof agent === "string" && agent !== "") return agent;
  return typeof executor === "string" && executor !== "" && executor !== "default" ? executor : undefined;
}

/** The subcontext that leases and sessions are kept by. */
export function subcontextOf(options: JsonObject): string {
  const agent = agentNamed(options);
  return agent === undefined ? "default" : `agent:${agent}`;
}

/**
 * The agents that a server names.
 * @throws NoAnswer, or AdapterFault protocol_error
 */
export async function agentsOf(server: Server): Promise<JsonObject[]> {
  const answer: Answer = await callFor(server, { method: "GET", path: "/agents?limit=1000" });
  if (answer.status !== 200)
    throw new AdapterFault(
      "protocol_error",
      `the server does not tell its agents: ${refusalOf(answer, server.mask)}`,
    );
  return objectsIn(objectIn(answer.json).agents);
}

export const namesOf = (agents: readonly JsonObject[]): string[] =>
  agents.flatMap((agent) => textIn(agent, "name") ?? []);

/** The agent of those, for a task that names none: the target's namesake, else the only one. */
export function chosenOf(names: readonly string[], { target_id }: Target): string | undefined {
  if (names.includes(target_id)) return target_id;
  return names.length === 1 ? names[0] : undefined;
}

/**
 * The agent that a task is for.
 * @throws AdapterFault submit_failed or protocol_error
 */
export async function agentFor(server: Server, target: Target, options: JsonObject): Promise<string> {
  const named = agentNamed(options);
  if (named !== undefined) return named;
  try {
    const names = namesOf(await agentsOf(server));
    const chosen = chosenOf(names, target);
    if (chosen !== undefined) return chosen;
    const known = names.join(", ") || "none";
    throw new AdapterFault(
      "submit_failed",
      `the server has no agent ${target.target_id} and not just one; name one by the runtime option agent. It has: ${known}`,
    );
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    throw new AdapterFault("submit_failed", error.message, { cause: error });
  }
}
