/**
 * A closer look at the targets that run here: what a runtime says of itself, and each start of it.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { operatorOnly } from "./access.ts";
import { failures, storageFaults, withBody } from "./errors.ts";
import { Cursor, JsonRecord, JsonValue, Name, NextCursor, PageLimit, Time, Ulid } from "./shared.ts";
import { RuntimeOptions } from "./task-request.ts";
import { LaunchStatus } from "./vocabulary.ts";

export const LaunchRecord = z
  .object({
    launch_id: Ulid,
    runtime_id: Name,
    subcontext_key: z.string().meta({
      description: "The context of the runtime: default, executor:<name> or session:<key>.",
      examples: ["default"],
    }),
    command: z.array(z.string()).meta({ examples: [["hermes-acp"]] }),
    pid: z
      .int()
      .nullable()
      .meta({ description: "null: it was not spawned.", examples: [4711] }),
    started_at_os: z
      .string()
      .nullable()
      .meta({
        description: "The operating system's own start time of the pid; tells it from a later one.",
        examples: ["81726354"],
      }),
    status: LaunchStatus,
    error_text: z
      .string()
      .nullable()
      .meta({
        description: "How it ended, then the last that it wrote to standard error, known secrets masked.",
        examples: ["hermes-acp exited with code 1 before it was ready"],
      }),
    started_at: Time,
    ended_at: Time.nullable(),
  })
  .meta({ id: "LaunchRecord", description: "One start of a runtime's process." });
export type LaunchRecord = z.infer<typeof LaunchRecord>;

export const LaunchList = z
  .object({ launches: z.array(LaunchRecord), next_cursor: NextCursor })
  .meta({ id: "LaunchList", description: "A page of launches, newest first." });

export const RuntimeProbeRequest = z.strictObject({ runtime_options: RuntimeOptions.optional() }).meta({
  id: "RuntimeProbeRequest",
  description: "Which context of the runtime to look at.",
  examples: [{ runtime_options: { executor: "default" } }],
});

export const RuntimeProbe = z
  .object({
    runtime_id: Name,
    command_found: z.boolean().meta({ description: "Whether its program is there." }),
    launch_id: Ulid.optional().meta({ description: "The start that the answer is about." }),
    name: z
      .string()
      .optional()
      .meta({ description: "What it calls itself.", examples: ["hermes-agent"] }),
    version: z
      .string()
      .optional()
      .meta({ examples: ["0.19.0"] }),
    capabilities: JsonRecord.meta({
      description: "What it announced, in its own words (agentCapabilities); empty where it came to none.",
    }),
    auth_required: z.boolean().optional().meta({
      description:
        "true: it refused to be greeted without a login; false: it announces no way to log in, or was logged in as the registry says, so that none is needed; absent: it announces ways (auth_methods), and only a first task tells whether a login is there already.",
    }),
    auth_methods: z
      .array(JsonValue)
      .optional()
      .meta({
        description: "The ways to log in that it announces, in its own words (authMethods).",
        examples: [[{ id: "api-key", name: "API key", description: "Set HERMES_API_KEY" }]],
      }),
    companions: z
      .array(z.object({ name: z.string(), healthy: z.boolean() }))
      .optional()
      .meta({
        description: "What it requires, and whether that answers its healthcheck now; absent: nothing.",
        examples: [[{ name: "gateway", healthy: true }]],
      }),
    error: z
      .string()
      .optional()
      .meta({
        description: "Why it could not be greeted.",
        examples: ["command not found: hermes-acp"],
      }),
  })
  .meta({ id: "RuntimeProbe", description: "What a runtime says of itself, or why it says nothing." });
export type RuntimeProbe = z.infer<typeof RuntimeProbe>;

const RuntimePath = z.object({
  runtime_id: Name.meta({ description: "The runtime.", examples: ["research"] }),
});
const list = failures("runtime_not_found", ...storageFaults);
const probe = failures("runtime_not_found", "unavailable");
const c = initContract();

export const runtimeRoutes = c.router({
  listLaunches: {
    method: "GET",
    path: "/v1/runtimes/:runtime_id/launches",
    summary: "List a runtime's launches, newest first",
    description: "The operator's alone: what a runtime writes to standard error may hold prompts.",
    pathParams: RuntimePath,
    query: z.object({ limit: PageLimit, cursor: Cursor.optional() }),
    responses: { 200: LaunchList, ...list.responses },
    metadata: {
      operationId: "listLaunches",
      tags: ["runtimes"],
      callers: operatorOnly,
      codes: list.codes,
    },
  },
  probeRuntime: {
    method: "POST",
    path: "/v1/runtimes/:runtime_id/probe",
    summary: "Ask a runtime what it is and can do",
    description:
      "Starts it if it is down, greets it, opens no session, and leaves it up. A runtime that can't be started is an answer too: command_found and error say why.",
    pathParams: RuntimePath,
    body: RuntimeProbeRequest.optional(),
    responses: { 200: RuntimeProbe, ...probe.responses, ...withBody.responses },
    metadata: { operationId: "probeRuntime", tags: ["runtimes"], codes: [...probe.codes, ...withBody.codes] },
  },
});
