/** Agents in words. */
import type { AgentRecord } from "@aethrolink/client";
import { fieldsInWords, shorten, table } from "./render.ts";

/** A line for each agent. */
export const agentsInWords = (agents: readonly AgentRecord[]): string =>
  table(
    agents.map((agent) => ({
      agent: agent.agent_id,
      status: agent.status,
      name: shorten(agent.display_name, 32),
      capabilities: shorten(agent.capabilities.join(", "), 48),
      adapter: [agent.adapter, agent.dialect].filter(Boolean).join("/"),
      seen: agent.last_seen_at,
    })),
    "There are no agents. Register one with: alink-cli register --agent-id <name>",
  );

/** An agent with what matters of it. */
export const agentInWords = (agent: AgentRecord): string =>
  fieldsInWords([
    ["agent", agent.agent_id],
    ["name", agent.display_name],
    ["status", agent.status],
    ["until", agent.lease_expires_at],
    ["transport", agent.transport_kind],
    ["adapter", [agent.adapter, agent.dialect].filter(Boolean).join("/") || undefined],
    ["command", agent.launch?.command?.join(" ")],
    ["endpoint", agent.endpoint],
    ["capabilities", agent.capabilities.join(", ") || undefined],
    ["registered", agent.registered_at],
  ]);
