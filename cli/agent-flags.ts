/** The flags that say who an agent is, and how it is reached. */
import type { AgentRegistrationRequest } from "@aethrolink/client";
import { Args, Flags, type Interfaces } from "@oclif/core";
import { agentInState } from "./state-file.ts";

export const stateFile = {
  "state-file": Flags.string({
    description: "file that keeps the agent's id; default: ~/.aethrolink/agent.json",
  }),
};

const agentId = {
  "agent-id": Flags.string({
    description: "the agent; default: AETHROLINK_AGENT_ID, else the state file's",
  }),
};

/** Which agent, as a flag or as the first argument. */
export const whichAgent = {
  flags: { ...stateFile, ...agentId },
  args: { agent: Args.string({ description: "the agent" }) },
};

export const registration = {
  ...stateFile,
  "agent-id": Flags.string({
    description: "its name; default: AETHROLINK_AGENT_ID, else the state file's, else the node makes one",
  }),
  "display-name": Flags.string({ description: "its name for people; default: its id" }),
  "transport-kind": Flags.string({
    description: "how it takes part; default: local_managed with --launch-command, else external",
  }),
  "runtime-kind": Flags.string({ description: "what it runs on, for people" }),
  endpoint: Flags.string({ description: "where it answers (operator)" }),
  adapter: Flags.string({
    description: "how it is driven, where it shall be a target: acp or acp_http (operator)",
  }),
  dialect: Flags.string({
    description: "whose quirks it has: generic, hermes, openclaw; over HTTP: acp, aethrolink",
  }),
  healthcheck: Flags.string({ description: "where it says that it is well (operator)" }),
  "launch-mode": Flags.string({ description: "managed, on_demand, or external: others run its server" }),
  "launch-command": Flags.string({
    description: "what the node starts, split as a shell would, without one (operator)",
  }),
  defaults: Flags.string({
    description: "runtime options, as name=value,name=value; values as in YAML, quoted where they are text",
  }),
  capabilities: Flags.string({ description: "intents that it takes, as a,b; none: any" }),
  "sticky-mode": Flags.string({ description: "what its sessions are kept by: conversation, thread, none" }),
  "lease-ttl-seconds": Flags.integer({ description: "how long it counts as online; default: 300" }),
};

type Registration = Interfaces.InferredFlags<typeof registration>;

/**
 * The agent that a command is about.
 * @throws UsageError for a state file that is there and tells none
 */
export function knownAgent(flags: {
  readonly "agent-id"?: string | undefined;
  readonly "state-file"?: string | undefined;
}): string | undefined {
  const named = flags["agent-id"] || process.env["AETHROLINK_AGENT_ID"];
  return named || agentInState(flags["state-file"]);
}

/**
 * What is registered under the flags.
 * @param agent_id undefined: the node names it
 * @throws UsageError
 */
export async function registrationOf(
  flags: Registration,
  agent_id: string | undefined,
): Promise<AgentRegistrationRequest> {
  const { defaultsOf, namesOf, wordsOf } = await import("./agent-values.ts");
  const { defaults, capabilities } = flags;
  const [line, mode] = [flags["launch-command"], flags["launch-mode"]];
  const said = {
    agent_id,
    display_name: flags["display-name"],
    runtime_kind: flags["runtime-kind"],
    endpoint: flags.endpoint,
    adapter: flags.adapter,
    dialect: flags.dialect,
    healthcheck: flags.healthcheck,
    launch: line || mode ? { mode: mode ?? "", ...(line ? { command: wordsOf(line) } : {}) } : undefined,
    defaults: defaults === undefined ? undefined : defaultsOf(defaults),
    capabilities: capabilities === undefined ? undefined : namesOf(capabilities),
    sticky_mode: flags["sticky-mode"],
    lease_ttl_seconds: flags["lease-ttl-seconds"],
  };
  const given = Object.entries(said).filter(([, value]) => value !== undefined);
  const transport_kind = flags["transport-kind"] || (line ? "local_managed" : "external");
  return { transport_kind, ...Object.fromEntries(given) };
}
