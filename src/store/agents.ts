/** Registered agents: read as they were committed, written in the commit of the turn. */
import { eq, sql } from "drizzle-orm";
import type { JsonObject } from "#src/core/ports.ts";
import type { Batch } from "./batch.ts";
import { agents } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";

type AgentRow = typeof agents.$inferSelect;

/** How the node starts an agent; what wasn't said is missing. */
export interface AgentLaunch {
  readonly mode?: "managed" | "on_demand" | "external";
  readonly command?: readonly string[];
  readonly commands?: { readonly [executor: string]: readonly string[] };
}

/** An agent as it is kept. */
export interface Agent extends Omit<AgentRow, "launch" | "defaults" | "capabilities" | "metadata"> {
  readonly launch: AgentLaunch | null;
  readonly defaults: JsonObject;
  readonly capabilities: readonly string[];
  readonly metadata: JsonObject;
}

/** What a heartbeat changes. */
export type Lease = Pick<Agent, "agent_id" | "lease_ttl_seconds" | "last_seen_at" | "lease_expires_at">;

export interface AgentStore {
  get(agent_id: string): Agent | undefined;
  /** All of them, by name. */
  list(): Agent[];
  /** Each resolves when it is on disk. */
  put(agent: Agent): Promise<void>;
  extend(lease: Lease): Promise<void>;
  remove(agent_id: string): Promise<void>;
}

/** Opens the agents of a database. */
export function openAgentStore(writer: Sqlite, reader: Sqlite, batch: Batch): AgentStore {
  const db = builder(writer);
  const value = sql.placeholder;
  const byId = eq(agents.agent_id, value("agent_id"));
  const row = columnsOf(agents);
  const put = prepare(
    writer,
    db
      .insert(agents)
      .values(row)
      .onConflictDoUpdate({ target: agents.agent_id, set: changed(row) }),
  );
  const extend = prepare(
    writer,
    db
      .update(agents)
      .set({
        lease_ttl_seconds: sql`${value("lease_ttl_seconds")}`,
        last_seen_at: sql`${value("last_seen_at")}`,
        lease_expires_at: sql`${value("lease_expires_at")}`,
      })
      .where(byId),
  );
  const remove = prepare(writer, db.delete(agents).where(byId));
  const get = prepare<AgentRow>(reader, builder(reader).select().from(agents).where(byId));
  const all = prepare<AgentRow>(reader, builder(reader).select().from(agents).orderBy(agents.agent_id));
  const add = (write: () => unknown) => batch.add(Symbol("agent"), () => void write());
  return {
    get(agent_id) {
      const found = get.get({ agent_id });
      return found === undefined ? undefined : agentOf(found);
    },
    list: () => all.all({}).map(agentOf),
    put: (agent) => add(() => put.run(rowOf(agent))),
    extend: (lease) => add(() => extend.run({ ...lease })),
    remove: (agent_id) => add(() => remove.run({ agent_id })),
  };
}

/** A record that is there takes all of a new one but its name and its beginning. */
function changed(row: object) {
  const names = Object.keys(row).filter((name) => name !== "agent_id" && name !== "registered_at");
  return Object.fromEntries(names.map((name) => [name, sql.raw(`excluded.${name}`)]));
}

const rowOf = (agent: Agent): AgentRow => ({
  ...agent,
  launch: agent.launch === null ? null : JSON.stringify(agent.launch),
  defaults: JSON.stringify(agent.defaults),
  capabilities: JSON.stringify(agent.capabilities),
  metadata: JSON.stringify(agent.metadata),
});

const agentOf = (row: AgentRow): Agent => ({
  ...row,
  launch: row.launch === null ? null : (JSON.parse(row.launch) as AgentLaunch),
  defaults: JSON.parse(row.defaults) as JsonObject,
  capabilities: JSON.parse(row.capabilities) as string[],
  metadata: JSON.parse(row.metadata) as JsonObject,
});
