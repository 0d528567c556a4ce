/** Agents over HTTP. */
import { initServer } from "@ts-rest/express";
import type { AgentRecord } from "#contracts/agents.ts";
import { contract } from "#contracts/index.ts";
import type { JsonObject as WireObject } from "#contracts/shared.ts";
import type { Principal } from "#src/core/access.ts";
import {
  findAgent,
  heartbeat,
  listAgents,
  mayKnow,
  registerAgent,
  unregisterAgent,
} from "#src/engine/agents.ts";
import type { Agent } from "#src/store/agents.ts";
import type { Server } from "../app.ts";
import { principalOf } from "../guard.ts";

/** What is there of an object, and isn't null. */
function given<T extends object>(fields: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [Name in keyof T]?: NonNullable<T[Name]>;
  };
}

/** An agent as a caller may see it at a time. */
function recordOf(agent: Agent, principal: Principal, now: number): AgentRecord {
  const { runtime_kind, runtime_id, adapter, dialect, sticky_mode } = agent;
  return {
    agent_id: agent.agent_id,
    display_name: agent.display_name,
    transport_kind: agent.transport_kind,
    ...given({ runtime_kind, runtime_id, adapter, dialect, sticky_mode }),
    capabilities: [...agent.capabilities],
    metadata: agent.metadata as WireObject,
    lease_ttl_seconds: agent.lease_ttl_seconds,
    status: now < Date.parse(agent.lease_expires_at) ? "online" : "offline",
    registered_at: agent.registered_at,
    updated_at: agent.updated_at,
    last_seen_at: agent.last_seen_at,
    lease_expires_at: agent.lease_expires_at,
    ...(mayKnow(principal, agent.agent_id) ? reachOf(agent) : {}),
  };
}

function reachOf({ launch, endpoint, healthcheck, defaults }: Agent) {
  return {
    ...given({ launch: launch as AgentRecord["launch"] | null, endpoint, healthcheck }),
    defaults: defaults as WireObject,
  };
}

/** The handlers of the contract's agents. */
export function agentHandlers({ engine }: Server) {
  const record = (agent: Agent, principal: Principal) => recordOf(agent, principal, engine.clock.now());
  return initServer().router(contract.agents, {
    async registerAgent({ body, res }) {
      const principal = principalOf(res);
      const agent = await registerAgent(engine, principal, body);
      return { status: 202, body: { agent: record(agent, principal) } };
    },
    async heartbeatAgent({ params: { agent_id }, body, res }) {
      const principal = principalOf(res);
      const agent = await heartbeat(engine, principal, agent_id, body?.lease_ttl_seconds);
      return { status: 202, body: { agent: record(agent, principal) } };
    },
    async listAgents({ res }) {
      const principal = principalOf(res);
      return {
        status: 200,
        body: { agents: listAgents(engine, principal).map((agent) => record(agent, principal)) },
      };
    },
    async getAgent({ params: { agent_id }, res }) {
      const principal = principalOf(res);
      return { status: 200, body: record(findAgent(engine, principal, agent_id), principal) };
    },
    async unregisterAgent({ params: { agent_id }, res }) {
      await unregisterAgent(engine, principalOf(res), agent_id);
      return { status: 200, body: { agent_id, status: "offline" } };
    },
  });
}
