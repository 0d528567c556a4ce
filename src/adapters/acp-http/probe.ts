/** What a server says of itself, as the answer to a probe. */
import type { JsonObject, Launch, Probe, Target } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { agentNamed, chosenOf, namesOf } from "./agents.ts";
import { callFor, NoAnswer, type Server } from "./calls.ts";
import { dialectOf } from "./dialects.ts";
import { objectIn, objectsIn } from "./json.ts";
import { refusalOf } from "./signals.ts";

export interface Probed {
  readonly target: Target;
  readonly options: JsonObject;
  readonly server: () => Server;
  /** Starts the process, or finds the server up. */
  readonly launch: () => Launch;
  readonly isInstalled: () => boolean;
}

/**
 * The answer to a probe.
 * @throws AdapterFault unavailable when nothing is started any more
 */
export async function probeServer(probed: Probed): Promise<Probe> {
  const { target, launch, isInstalled } = probed;
  let launch_id: string | null = null;
  try {
    const begun = launch();
    ({ launch_id } = begun);
    await begun.lease;
    return { command_found: true, launch_id, ...(await announced(probed)) };
  } catch (thrown) {
    if (!(thrown instanceof AdapterFault)) throw thrown;
    if (thrown.kind === "unavailable" && target.launch.mode !== "external") throw thrown;
    const seen = launch_id === null ? "" : `; see launch ${launch_id}`;
    const command_found = thrown.kind !== "not_found" && isInstalled();
    return { command_found, launch_id, capabilities: {}, error: `${thrown.message}${seen}` };
  }
}

type Announced = Omit<Probe, "command_found" | "launch_id">;

async function announced({ target, options, server }: Probed): Promise<Announced> {
  if (!dialectOf(target.dialect).agents) {
    return { name: target.target_id, capabilities: { dialect: target.dialect }, auth_required: false };
  }
  try {
    const asked = server();
    const answer = await callFor(asked, { method: "GET", path: "/agents?limit=1000" });
    const refused = answer.status === 401 || answer.status === 403;
    if (answer.status !== 200) {
      const error = `the server does not tell its agents: ${refusalOf(answer, asked.mask)}`;
      return { capabilities: {}, ...(refused ? { auth_required: true } : {}), error };
    }
    const agents = namesOf(objectsIn(objectIn(answer.json).agents));
    const chosen = agentNamed(options) ?? chosenOf(agents, target);
    const capabilities = { dialect: target.dialect, agents };
    const known = chosen !== undefined && agents.includes(chosen);
    if (known) return { name: chosen, capabilities, auth_required: false };
    const about =
      chosen === undefined ? `no agent ${target.target_id} and not just one` : `no agent ${chosen}`;
    const error = `the server has ${about}; name one by the runtime option agent. It has: ${agents.join(", ") || "none"}`;
    return { capabilities, auth_required: false, error };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { capabilities: {}, error: error.message };
  }
}
