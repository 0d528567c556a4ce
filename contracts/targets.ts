/**
 * Targets: the names that a task can be sent to; a local one, seen as something that runs, is a runtime.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { failures, withBody } from "./errors.ts";
import { PeerName, PeerStatus } from "./peers.ts";
import { JsonRecord, Name, QueryFlag, TargetName, Ulid } from "./shared.ts";
import { RuntimeOptions } from "./task-request.ts";
import { AdapterName, LaunchMode, RuntimeState, TargetOwner, TargetSource } from "./vocabulary.ts";

export const TargetSpec = z
  .object({
    target_id: TargetName,
    runtime_id: TargetName.meta({ description: "The target_id once more.", examples: ["research"] }),
    display_name: z.string().meta({ examples: ["Research"] }),
    adapter: AdapterName,
    dialect: z
      .string()
      .optional()
      .meta({ examples: ["hermes"] }),
    launch: z.object({ mode: LaunchMode }),
    capabilities: z
      .array(z.string())
      .meta({ description: "The intents that it takes; none: any.", examples: [["research.topic"]] }),
    owner: TargetOwner,
    source: TargetSource,
    max_concurrency: z.int().optional(),
    peer_id: PeerName.optional().meta({ description: "Of a remote target: the peer that has it." }),
    peer_status: PeerStatus.optional().meta({ description: "Of a remote target: whether its peer answers." }),
    peer_base_url: z.string().optional().meta({ description: "Only with detail, for the operator." }),
    command: z.array(z.string()).optional().meta({ description: "Only with detail, for the operator." }),
    endpoint: z.string().optional().meta({ description: "Only with detail, for the operator." }),
    healthcheck: z.string().optional().meta({ description: "Only with detail, for the operator." }),
    defaults: JsonRecord.optional().meta({ description: "Only with detail, for the operator." }),
  })
  .meta({ id: "TargetSpec", description: "A name that a task can be sent to." });
export type TargetSpec = z.infer<typeof TargetSpec>;

export const RuntimeHealth = z
  .object({
    runtime_id: Name,
    target_agent_id: Name.optional(),
    healthy: z.boolean(),
    details: z.looseObject({ state: RuntimeState }),
  })
  .meta({ id: "RuntimeHealth", description: "What is known of a runtime without touching it." });

export const RuntimeStartRequest = z.strictObject({ runtime_options: RuntimeOptions.optional() }).meta({
  id: "RuntimeStartRequest",
  description: "Which context of the runtime to start.",
  examples: [{ runtime_options: { executor: "default" } }],
});

export const RuntimeStopRequest = z
  .strictObject({
    runtime_options: RuntimeOptions.optional(),
    force: z.boolean().optional().meta({ description: "Also while it has open tasks." }),
  })
  .meta({ id: "RuntimeStopRequest", description: "How to stop the runtime.", examples: [{ force: true }] });

export const RuntimeStarted = z
  .object({
    runtime_id: Name,
    target_agent_id: Name.optional(),
    healthy: z.boolean().optional(),
    started: z.boolean().meta({ description: "false: it was up already." }),
    lease_id: Ulid,
    process_id: z
      .int()
      .optional()
      .meta({ examples: [4711] }),
  })
  .meta({ id: "RuntimeStarted", description: "The runtime is up." });

export const RuntimeStopped = z
  .object({
    runtime_id: Name,
    target_agent_id: Name.optional(),
    healthy: z.boolean().optional(),
    stopped: z.boolean().meta({ description: "false: nothing was running." }),
  })
  .meta({ id: "RuntimeStopped", description: "The runtime is down." });

const RuntimePath = z.object({
  runtime_id: Name.meta({ description: "The runtime.", examples: ["research"] }),
});
const TargetPath = z.object({ target_id: Name.meta({ description: "The target.", examples: ["research"] }) });
const Detail = z.object({
  detail: QueryFlag.optional().meta({
    description: "Also what only the operator may see.",
    examples: ["false"],
  }),
});

const found = failures("runtime_not_found");
const start = failures("runtime_not_found", "launch_failed", "unavailable");
const stop = failures("runtime_not_found", "runtime_busy");
const targetFound = failures("target_not_found");
const targetStart = failures("target_not_found", "launch_failed", "unavailable");
const targetStop = failures("target_not_found", "runtime_busy");
const c = initContract();

export const targetRoutes = c.router({
  listTargets: {
    method: "GET",
    path: "/v1/targets",
    summary: "List all targets",
    query: Detail.extend({
      refresh: QueryFlag.optional().meta({
        description: "Asks all peers first; one that does not answer keeps what it last said.",
        examples: ["false"],
      }),
    }),
    responses: {
      200: z.object({ targets: z.array(TargetSpec) }).meta({ id: "TargetList", description: "All targets." }),
    },
    metadata: { operationId: "listTargets", tags: ["targets"], codes: [], message: "targets.list" as const },
  },
  getTargetHealth: {
    method: "GET",
    path: "/v1/targets/:target_id/health",
    summary: "Read a target's health",
    pathParams: TargetPath,
    responses: { 200: RuntimeHealth, ...targetFound.responses },
    metadata: { operationId: "getTargetHealth", tags: ["targets"], codes: targetFound.codes },
  },
  startTarget: {
    method: "POST",
    path: "/v1/targets/:target_id/start",
    summary: "Start a target's runtime",
    pathParams: TargetPath,
    body: RuntimeStartRequest.optional(),
    responses: { 202: RuntimeStarted, ...targetStart.responses, ...withBody.responses },
    metadata: {
      operationId: "startTarget",
      tags: ["targets"],
      codes: [...targetStart.codes, ...withBody.codes],
    },
  },
  stopTarget: {
    method: "POST",
    path: "/v1/targets/:target_id/stop",
    summary: "Stop a target's runtime",
    pathParams: TargetPath,
    body: RuntimeStopRequest.optional(),
    responses: { 202: RuntimeStopped, ...targetStop.responses, ...withBody.responses },
    metadata: {
      operationId: "stopTarget",
      tags: ["targets"],
      codes: [...targetStop.codes, ...withBody.codes],
    },
  },
  listRuntimes: {
    method: "GET",
    path: "/v1/runtimes",
    summary: "List the targets that run here",
    query: Detail,
    responses: {
      200: z
        .object({ runtimes: z.array(TargetSpec) })
        .meta({ id: "RuntimeList", description: "The local targets." }),
    },
    metadata: { operationId: "listRuntimes", tags: ["runtimes"], codes: [] },
  },
  getRuntimeHealth: {
    method: "GET",
    path: "/v1/runtimes/:runtime_id/health",
    summary: "Read a runtime's health; starts nothing",
    pathParams: RuntimePath,
    responses: { 200: RuntimeHealth, ...found.responses },
    metadata: { operationId: "getRuntimeHealth", tags: ["runtimes"], codes: found.codes },
  },
  startRuntime: {
    method: "POST",
    path: "/v1/runtimes/:runtime_id/start",
    summary: "Start a runtime; answers when it is ready",
    pathParams: RuntimePath,
    body: RuntimeStartRequest.optional(),
    responses: { 202: RuntimeStarted, ...start.responses, ...withBody.responses },
    metadata: { operationId: "startRuntime", tags: ["runtimes"], codes: [...start.codes, ...withBody.codes] },
  },
  stopRuntime: {
    method: "POST",
    path: "/v1/runtimes/:runtime_id/stop",
    summary: "Stop a runtime",
    pathParams: RuntimePath,
    body: RuntimeStopRequest.optional(),
    responses: { 202: RuntimeStopped, ...stop.responses, ...withBody.responses },
    metadata: { operationId: "stopRuntime", tags: ["runtimes"], codes: [...stop.codes, ...withBody.codes] },
  },
});
