/**
 * Agents: participants that registered with this node. An agent sends tasks; with an adapter and a way to
 * reach it, it is a target too. Whether it is online follows from its lease alone.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { agentsToo } from "./access.ts";
import { stickyModes } from "./enums.ts";
import { failures, storageFaults, withBody } from "./errors.ts";
import { emptyIsAbsent, JsonRecord, Name, Time, withinKb } from "./shared.ts";
import { Intent, RuntimeOptions } from "./task-request.ts";
import { AgentStatus, LaunchMode } from "./vocabulary.ts";

const Text = z.string().max(2048);
const Word = z
  .string()
  .regex(/^\P{Cc}{1,128}$/u, "must be 1 to 128 characters without control characters")
  // The same for programs that don't know Unicode's classes.
  .meta({ pattern: "^[^\\x00-\\x1f\\x7f-\\x9f]{1,128}$" });
const Argv = z
  .array(z.string())
  .max(256)
  .meta({ description: "A program and its arguments; no shell.", examples: [["editor-agent", "acp"]] });

/** How long a lease lasts where nothing is said, and at most. */
export const leaseSeconds = { default: 300, most: 86_400 } as const;

const LeaseSeconds = z
  .int()
  .nullish()
  .meta({
    description: `How long a lease lasts: ${leaseSeconds.default} where it is absent or not positive, ${leaseSeconds.most} at most.`,
    examples: [300],
  });

/** What an optional field is called in the document, as text. */
const word = (description: string, example: string) =>
  emptyIsAbsent(Word).meta({ description, examples: [example] });
const text = (description: string, example: string) =>
  emptyIsAbsent(Text).meta({ description, examples: [example] });

const AgentLaunchRequest = z
  .strictObject({
    mode: emptyIsAbsent(LaunchMode).meta({ description: "Default: managed.", examples: ["managed"] }),
    command: Argv.nullish(),
    commands: z
      .record(z.string(), Argv)
      .nullish()
      .meta({ description: "A command for each executor.", examples: [{}] }),
  })
  .meta({ id: "AgentLaunchRequest", description: "How the node starts the agent." });

export const AgentRegistrationRequest = z
  .strictObject({
    agent_id: emptyIsAbsent(Name).meta({
      description: "Its name; with an agent's own token that agent's, else a new ULID.",
      examples: ["editor"],
    }),
    display_name: word("For people; default: the agent_id.", "Editor"),
    transport_kind: Word.meta({
      description: "How it takes part, in its own words: local_managed, external, …",
      examples: ["local_managed"],
    }),
    runtime_kind: word("What it runs on, for people.", "hermes"),
    runtime_id: word("Its own name of what it runs on.", "editor-1"),
    endpoint: text("Where it answers.", "http://127.0.0.1:9102"),
    adapter: word("How it is driven, where tasks shall be sent to it; as in the registry.", "acp"),
    dialect: word("Whose quirks it has; as in the registry.", "generic"),
    healthcheck: text("Where it says that it is well.", "/ping"),
    launch: AgentLaunchRequest.nullish(),
    defaults: RuntimeOptions.nullish().meta({
      description: "Runtime options that a task's own are laid over.",
      examples: [{ executor: "default" }],
    }),
    capabilities: z
      .array(Intent)
      .max(256)
      .nullish()
      .meta({ description: "Intents that it takes; none: any.", examples: [["text.edit"]] }),
    sticky_mode: emptyIsAbsent(z.enum(stickyModes)).meta({
      description: "What its sessions are kept by; default: conversation.",
      examples: ["conversation"],
    }),
    metadata: JsonRecord.refine(withinKb(16), "must be at most 16 KB")
      .nullish()
      .meta({ description: "Anything else about it, at most 16 KB.", examples: [{}] }),
    lease_ttl_seconds: LeaseSeconds,
  })
  .meta({
    id: "AgentRegistrationRequest",
    description:
      "An agent about itself. With an adapter and a command or an endpoint it is a target. Command, endpoint, adapter and healthcheck need the operator's token; left out with the agent's own, they stay as they are.",
    examples: [{ agent_id: "editor", transport_kind: "local_managed", capabilities: ["text.edit"] }],
  });
export type AgentRegistrationRequest = z.output<typeof AgentRegistrationRequest>;

const own = "Only for the operator and the agent itself.";

export const AgentRecord = z
  .object({
    agent_id: Name,
    display_name: z.string().meta({ examples: ["Editor"] }),
    transport_kind: z.string().meta({ examples: ["local_managed"] }),
    runtime_kind: z
      .string()
      .optional()
      .meta({ examples: ["hermes"] }),
    runtime_id: z
      .string()
      .optional()
      .meta({ examples: ["editor-1"] }),
    adapter: z
      .string()
      .optional()
      .meta({ examples: ["acp"] }),
    dialect: z
      .string()
      .optional()
      .meta({ examples: ["generic"] }),
    capabilities: z.array(z.string()).meta({ examples: [["text.edit"]] }),
    sticky_mode: z
      .enum(stickyModes)
      .optional()
      .meta({ description: "What its sessions are kept by.", examples: ["conversation"] }),
    metadata: JsonRecord,
    lease_ttl_seconds: z.int().meta({ examples: [300] }),
    status: AgentStatus,
    registered_at: Time,
    updated_at: Time,
    last_seen_at: Time.meta({ description: "Its last registration or heartbeat." }),
    lease_expires_at: Time.meta({ description: "When it is offline, unless it is heard before." }),
    launch: z
      .object({
        mode: LaunchMode.optional(),
        command: Argv.optional(),
        commands: z.record(z.string(), Argv).optional(),
      })
      .optional()
      .meta({ description: own }),
    endpoint: z
      .string()
      .optional()
      .meta({ description: own, examples: ["http://127.0.0.1:9102"] }),
    healthcheck: z
      .string()
      .optional()
      .meta({ description: own, examples: ["/ping"] }),
    defaults: JsonRecord.optional().meta({ description: own }),
  })
  .meta({ id: "AgentRecord", description: "A registered agent." });
export type AgentRecord = z.infer<typeof AgentRecord>;

export const AgentAnswer = z
  .object({ agent: AgentRecord })
  .meta({ id: "AgentAnswer", description: "The agent as it is registered now." });

export const AgentHeartbeatRequest = z.strictObject({ lease_ttl_seconds: LeaseSeconds }).meta({
  id: "AgentHeartbeatRequest",
  description: "How long the lease shall last from now on; where nothing is said, as long as before.",
  examples: [{ lease_ttl_seconds: 300 }],
});

export const AgentUnregistered = z
  .object({
    agent_id: Name,
    status: z.literal("offline").meta({ examples: ["offline"] }),
  })
  .meta({ id: "AgentUnregistered", description: "The agent is registered no more." });

const AgentPath = z.object({ agent_id: Name.meta({ description: "The agent.", examples: ["editor"] }) });
const register = failures("name_taken", "launch_not_allowed", ...storageFaults);
const found = failures("agent_not_found", ...storageFaults);
const list = failures(...storageFaults);
const c = initContract();

export const agentRoutes = c.router({
  registerAgent: {
    method: "POST",
    path: "/v1/agents/register",
    summary: "Register an agent, or register it again",
    description:
      "Registering again updates the record in place and begins a new lease. What the agent needs as a target is checked as the registry file is.",
    body: AgentRegistrationRequest,
    responses: { 202: AgentAnswer, ...register.responses, ...withBody.responses },
    metadata: {
      operationId: "registerAgent",
      tags: ["agents"],
      callers: agentsToo,
      codes: [...register.codes, ...withBody.codes],
    },
  },
  heartbeatAgent: {
    method: "POST",
    path: "/v1/agents/:agent_id/heartbeat",
    summary: "Extend an agent's lease",
    description: "A sign of life and nothing more: it neither fetches tasks nor starts anything.",
    pathParams: AgentPath,
    body: AgentHeartbeatRequest.optional(),
    responses: { 202: AgentAnswer, ...found.responses, ...withBody.responses },
    metadata: {
      operationId: "heartbeatAgent",
      tags: ["agents"],
      callers: agentsToo,
      codes: [...found.codes, ...withBody.codes],
    },
  },
  listAgents: {
    method: "GET",
    path: "/v1/agents",
    summary: "List the agents",
    description: "By name; with an agent's token its own record alone.",
    responses: {
      200: z
        .object({ agents: z.array(AgentRecord) })
        .meta({ id: "AgentList", description: "The registered agents." }),
      ...list.responses,
    },
    metadata: { operationId: "listAgents", tags: ["agents"], codes: list.codes },
  },
  getAgent: {
    method: "GET",
    path: "/v1/agents/:agent_id",
    summary: "Read an agent's record",
    pathParams: AgentPath,
    responses: { 200: AgentRecord, ...found.responses },
    metadata: { operationId: "getAgent", tags: ["agents"], codes: found.codes },
  },
  unregisterAgent: {
    method: "POST",
    path: "/v1/agents/:agent_id/unregister",
    summary: "Take an agent back out",
    description:
      "Its record goes, and its target with it: tasks that wait for it fail as route_not_found, those that run finish.",
    pathParams: AgentPath,
    body: z
      .strictObject({})
      .meta({ id: "AgentUnregisterRequest", description: "Nothing need be said.", examples: [{}] })
      .optional(),
    responses: { 200: AgentUnregistered, ...found.responses, ...withBody.responses },
    metadata: {
      operationId: "unregisterAgent",
      tags: ["agents"],
      callers: agentsToo,
      codes: [...found.codes, ...withBody.codes],
    },
  },
});
