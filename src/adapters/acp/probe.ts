/** What an agent announced of itself, or why it came to nothing, as the answer to a probe. */
import type { Json, Launch, Probe } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import type { Agent } from "./agent.ts";

/** JSON-RPC's code of an agent that wants a login first. */
const authRequired = -32000;

/**
 * The answer to a probe.
 * @param begin starts the process, or finds it up
 * @param find the agent that is up then
 * @throws AdapterFault unavailable
 */
export async function probeAgent(begin: () => Launch, find: () => Agent | undefined): Promise<Probe> {
  let launch_id: string | null = null;
  try {
    const launch = begin();
    ({ launch_id } = launch);
    await launch.lease;
    return announcementOf(find(), launch_id);
  } catch (thrown) {
    if (!(thrown instanceof AdapterFault) || thrown.kind === "unavailable") throw thrown;
    return failureOf(thrown, launch_id);
  }
}

function announcementOf(agent: Agent | undefined, launch_id: string | null): Probe {
  if (agent === undefined) {
    const error = `it was ready and ended at once, see launch ${launch_id}`;
    return { command_found: true, launch_id, capabilities: {}, error };
  }
  const { agentCapabilities, agentInfo, authMethods } = agent.announced;
  return {
    command_found: true,
    launch_id: agent.launch_id,
    ...textOf(agentInfo, "name"),
    ...textOf(agentInfo, "version"),
    capabilities: agentCapabilities,
    ...(authMethods.length === 0 ? { auth_required: false } : { auth_methods: authMethods }),
  };
}

function textOf(info: Json, field: "name" | "version"): Pick<Probe, "name" | "version"> {
  const text = isJsonObject(info) ? info[field] : undefined;
  return typeof text === "string" && text !== "" ? { [field]: text } : {};
}

function failureOf(fault: AdapterFault, launch_id: string | null): Probe {
  const causes = causesOf(fault);
  const command_found = fault.kind !== "not_found" && !causes.some(isMissingProgram);
  const seen = launch_id === null ? "" : `; see launch ${launch_id}`;
  return {
    command_found,
    launch_id,
    capabilities: {},
    ...(causes.some(({ code }) => code === authRequired) ? { auth_required: true } : {}),
    error: `${fault.message}${seen}`,
  };
}

type Cause = Error & { readonly code?: unknown; readonly syscall?: unknown };

function causesOf(error: Error): Cause[] {
  const { cause } = error;
  return cause instanceof Error ? [error, ...causesOf(cause)] : [error];
}

const isMissingProgram = ({ code, syscall }: Cause) =>
  code === "ENOENT" && typeof syscall === "string" && syscall.startsWith("spawn");
