/** What an agent announced of itself, or why it came to nothing, as the answer to a probe. */
import type { Json, Launch, Probe } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import { isThere, type ProgramPlace } from "#src/processes/program.ts";
import type { Agent } from "./agent.ts";

/** JSON-RPC's code of an agent that wants a login first. */
const authRequired = -32000;

export interface Probed {
  /** Starts the process, or finds it up. */
  readonly launch: () => Launch;
  /** The agent that is up then. */
  readonly agent: () => Agent | undefined;
  /** Whether the registry has it logged in when it is greeted. */
  readonly isLoggedIn: boolean;
  /** Where its program is looked for. */
  readonly place: () => ProgramPlace;
}

/**
 * The answer to a probe.
 * @throws AdapterFault unavailable
 */
export async function probeAgent(probed: Probed): Promise<Probe> {
  let launch_id: string | null = null;
  try {
    const launch = probed.launch();
    ({ launch_id } = launch);
    await launch.lease;
    return announcementOf(probed, launch_id);
  } catch (thrown) {
    if (!(thrown instanceof AdapterFault) || thrown.kind === "unavailable") throw thrown;
    const command_found = thrown.kind !== "not_found" && isThere(probed.place());
    return { command_found, ...failureOf(thrown, launch_id) };
  }
}

function announcementOf({ agent: find, isLoggedIn }: Probed, launch_id: string | null): Probe {
  const agent = find();
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
    ...(isLoggedIn || authMethods.length === 0 ? { auth_required: false } : {}),
    ...(authMethods.length === 0 ? {} : { auth_methods: authMethods }),
  };
}

function textOf(info: Json, field: "name" | "version"): Pick<Probe, "name" | "version"> {
  const text = isJsonObject(info) ? info[field] : undefined;
  return typeof text === "string" && text !== "" ? { [field]: text } : {};
}

function failureOf(fault: AdapterFault, launch_id: string | null): Omit<Probe, "command_found"> {
  const seen = launch_id === null ? "" : `; see launch ${launch_id}`;
  return {
    launch_id,
    capabilities: {},
    ...(wantsLogin(fault) ? { auth_required: true } : {}),
    error: `${fault.message}${seen}`,
  };
}

const wantsLogin = (fault: Error & { readonly code?: unknown }): boolean =>
  fault.code === authRequired || (fault.cause instanceof Error && wantsLogin(fault.cause));
