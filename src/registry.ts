/**
 * The registry file: which targets there are and which intents are routed where. Checked whole before
 * anything of it counts.
 */
import { z } from "zod";
import { permissionPolicies, stickyModes } from "#contracts/enums.ts";
import { DurationMs, JsonRecord, namePattern } from "#contracts/shared.ts";
import { RuntimeOptions } from "#contracts/task-request.ts";
import type { JsonObject, Target } from "./core/ports.ts";
import type { Route, RoutingTable } from "./core/route.ts";
import { type Mistake, readYaml } from "./yaml-file.ts";

const TargetName = z.string().regex(namePattern, `must match ${namePattern.source}`);
const Argv = z
  .array(z.string())
  .min(1, "must name a program")
  .meta({ description: "A program and its arguments; no shell." });

const Launch = z
  .strictObject({
    mode: z
      .enum(["managed", "on_demand"], {
        error: "must be managed or on_demand; external is for runtimes that are reached by HTTP",
      })
      .default("managed")
      .meta({
        description:
          "managed: the node starts the process for the first task and keeps it; on_demand: it also stops it when it is idle.",
      }),
    command: Argv.optional(),
    commands: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must match ^[a-z0-9][a-z0-9_-]{0,63}$"), Argv)
      .default({})
      .meta({ description: "A command for each executor." }),
    env: z
      .record(z.string(), z.string())
      .default({})
      .meta({ description: "Added to the allow-listed environment of the process." }),
    cwd: z
      .string()
      .startsWith("/", "must be absolute")
      .optional()
      .meta({ description: "Where the process runs." }),
    timeout_ms: DurationMs.default(60_000).meta({
      description: "From spawn to ready; begins when the companions are up.",
    }),
    idle_timeout_ms: DurationMs.default(300_000).meta({
      description: "How long an on_demand process stays without work.",
    }),
  })
  .refine((launch) => launch.command !== undefined || Object.keys(launch.commands).length > 0, {
    path: ["command"],
    message: "is missing: give command, or commands with a command for each executor",
  });

const Companion = z.strictObject({
  name: z
    .string()
    .regex(namePattern, `must match ${namePattern.source}`)
    .meta({ description: "What it is called in messages and launches." }),
  command: Argv.meta({ description: "A program that stays in the foreground, and its arguments; no shell." }),
  env: z
    .record(z.string(), z.string())
    .default({})
    .meta({ description: "Added to the allow-listed environment of the process." }),
  cwd: z
    .string()
    .startsWith("/", "must be absolute")
    .optional()
    .meta({ description: "Where it runs; absent: the node's work directory." }),
  healthcheck: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .meta({ description: "A URL that answers 2xx when it is up; one that is up already is left alone." }),
  timeout_ms: DurationMs.default(60_000).meta({ description: "From its spawn to the first 2xx." }),
});

const Runtime = z.strictObject({
  adapter: z
    .string()
    .refine((adapter) => adapter === "acp", "must be acp; acp_http, a2a and gateway are not in this version")
    .meta({ description: "How the runtime is driven: acp is the stdio Agent Client Protocol." }),
  dialect: z
    .enum(["hermes", "openclaw", "generic", "goose"])
    .default("generic")
    .meta({ description: "Whose quirks it has." }),
  display_name: z.string().min(1).max(128).optional(),
  launch: Launch,
  requires: z
    .array(Companion)
    .default([])
    .meta({ description: "Companions that must be up before the process is spawned, in this order." }),
  defaults: RuntimeOptions.optional().meta({
    description: "Runtime options that a task's own are laid over.",
  }),
  capabilities: z
    .array(z.string().min(1).max(128))
    .default([])
    .meta({ description: "Intents that it takes; none: any." }),
  permissions: z
    .enum(permissionPolicies)
    .default("ask")
    .meta({ description: "How its permission questions are answered." }),
  auth_method: z.string().min(1).optional().meta({
    description: "A login that the agent offers, done before the first session.",
  }),
  sticky_mode: z
    .enum(stickyModes)
    .default("conversation")
    .meta({ description: "What its sessions are kept by." }),
  max_concurrency: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "Tasks that may run at once; absent: no limit." }),
  queue: z
    .int()
    .min(1)
    .default(10_000)
    .meta({ description: "Tasks that may wait for it; more are refused with 429." }),
  timeout_ms: DurationMs.nullish().meta({ description: "Running time of a task; null: none." }),
});

const RouteEntry = z.strictObject({
  runtime: TargetName,
  runtime_options: JsonRecord.default({}),
});

/** The schema of the file. */
export const RegistryFile = z.strictObject({
  runtimes: z.record(TargetName, Runtime).default({}),
  routes: z.record(z.string().min(1).max(128), RouteEntry).default({}),
});
type RegistryFile = z.output<typeof RegistryFile>;

/** A registry without targets. */
export const emptyRegistry: RoutingTable = { targets: new Map(), routes: new Map() };

/**
 * Reads the registry.
 * @throws StartError 78 with every mistake's line and column
 */
export function readRegistry(path: string): RoutingTable {
  const { value } = readYaml(path, RegistryFile, mistakesOf);
  return {
    targets: new Map(
      Object.entries(value.runtimes).map(([target_id, runtime]) => [target_id, targetOf(target_id, runtime)]),
    ),
    routes: new Map(Object.entries(value.routes) as [string, Route][]),
  };
}

function mistakesOf({ runtimes, routes }: RegistryFile): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [intent, { runtime }] of Object.entries(routes)) {
    if (!Object.hasOwn(runtimes, runtime)) {
      mistakes.push({ path: ["routes", intent, "runtime"], message: `there is no runtime ${runtime}` });
    }
  }
  for (const [name, { requires }] of Object.entries(runtimes)) {
    for (const [index, companion] of requires.entries()) {
      if (requires.findIndex((each) => each.name === companion.name) === index) continue;
      const path = ["runtimes", name, "requires", index, "name"];
      mistakes.push({ path, message: `${companion.name} is named twice` });
    }
  }
  if (Object.hasOwn(runtimes, "self")) mistakes.push({ path: ["runtimes", "self"], message: "is reserved" });
  return mistakes;
}

function targetOf(target_id: string, runtime: RegistryFile["runtimes"][string]): Target {
  const { command = null, cwd = null, ...launch } = runtime.launch;
  const requires = runtime.requires.map((each) => ({ ...each, cwd: each.cwd ?? null }));
  return {
    target_id,
    display_name: runtime.display_name ?? target_id,
    adapter: "acp",
    // goose has no quirks of its own.
    dialect: runtime.dialect === "goose" ? "generic" : runtime.dialect,
    owner: "local",
    source: "registry",
    launch: { ...launch, command, cwd, requires },
    endpoint: null,
    healthcheck: null,
    capabilities: runtime.capabilities,
    defaults: (runtime.defaults ?? {}) as JsonObject,
    permissions: runtime.permissions,
    auth_method: runtime.auth_method ?? null,
    sticky_mode: runtime.sticky_mode,
    max_concurrency: runtime.max_concurrency ?? null,
    queue: runtime.queue,
    timeout_ms: runtime.timeout_ms,
  };
}
