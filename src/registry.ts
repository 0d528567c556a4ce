/**
 * The registry file: which targets there are and which intents are routed where. Checked whole before
 * anything of it counts.
 */
import { z } from "zod";
import { launchModes, permissionPolicies, stickyModes, type TargetSource } from "#contracts/enums.ts";
import { DurationMs, JsonRecord, namePattern } from "#contracts/shared.ts";
import { RuntimeOptions } from "#contracts/task-request.ts";
import type { JsonObject, Target } from "./core/ports.ts";
import type { Route, RoutingTable } from "./core/route.ts";
import { adapters, misplacedIn, modeOf } from "./registry-adapters.ts";
import { type Mistake, mistakesOfIssue, readYaml } from "./yaml-file.ts";

const TargetName = z.string().regex(namePattern, `must match ${namePattern.source}`);
const Argv = z
  .array(z.string())
  .min(1, "must name a program")
  .meta({ description: "A program and its arguments; no shell." });

const Environment = z
  .record(z.string(), z.string())
  .default({})
  .meta({ description: "Added to the allow-listed environment of the process." });
const AbsolutePath = z.string().startsWith("/", "must be absolute");

const Launch = z.strictObject({
  mode: z.enum(launchModes).optional().meta({
    description:
      "managed (the usual one of acp): the node starts the process for the first task and keeps it; on_demand: it also stops it when it is idle; external (only acp_http, and the usual one there): others run the server.",
  }),
  command: Argv.optional(),
  commands: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must match ^[a-z0-9][a-z0-9_-]{0,63}$"), Argv)
    .default({})
    .meta({ description: "A command for each executor." }),
  env: Environment,
  cwd: AbsolutePath.optional().meta({ description: "Where the process runs." }),
  timeout_ms: DurationMs.default(60_000).meta({
    description: "From spawn to ready; begins when the companions are up.",
  }),
  idle_timeout_ms: DurationMs.default(300_000).meta({
    description: "How long an on_demand process stays without work.",
  }),
});

const Companion = z.strictObject({
  name: z
    .string()
    .regex(namePattern, `must match ${namePattern.source}`)
    .meta({ description: "What it is called in messages and launches." }),
  command: Argv.meta({ description: "A program that stays in the foreground, and its arguments; no shell." }),
  env: Environment,
  cwd: AbsolutePath.optional().meta({ description: "Where it runs; absent: the node's work directory." }),
  healthcheck: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .meta({ description: "A URL that answers 2xx when it is up; one that is up already is left alone." }),
  timeout_ms: DurationMs.default(60_000).meta({ description: "From its spawn to the first 2xx." }),
});

/** What is no URL at all is told by the check before. */
const isPlainUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return true;
  const { username, password, search, hash } = new URL(text);
  return username === "" && password === "" && search === "" && hash === "";
};

const Runtime = z.strictObject({
  adapter: z
    .string({
      error: ({ input }) => (input === undefined ? "is missing: say acp or acp_http" : undefined),
    })
    .refine(
      (adapter) => Object.hasOwn(adapters, adapter),
      "must be acp or acp_http; a2a and gateway are not in this version",
    )
    .meta({
      description:
        "How the runtime is driven: acp is the stdio Agent Client Protocol, acp_http (also acp_comm_http) the HTTP Agent Communication Protocol.",
    }),
  dialect: z.enum(["hermes", "openclaw", "generic", "goose", "acp", "aethrolink"]).optional().meta({
    description:
      "Whose quirks it has. acp: hermes, openclaw, goose, else generic; acp_http: acp, or aethrolink for older AethroLink runtimes.",
  }),
  display_name: z.string().min(1).max(128).optional(),
  launch: Launch.optional().meta({
    description: "How it is started; only a server that others run needs none.",
  }),
  endpoint: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .refine(isPlainUrl, "must hold no name, password, query or fragment; secrets go into headers")
    .optional()
    .meta({ description: "acp_http: where the server is reached." }),
  healthcheck: z
    .string()
    .regex(/^(\/|https?:\/\/)/, "must be a path that begins with /, or an http or https URL")
    .optional()
    .meta({ description: "acp_http: what answers 2xx when the server is up; absent: /ping." }),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "must be the name of a header"),
      z.union(
        [
          z.string().regex(/^[\t\x20-\x7e]*$/),
          z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
        ],
        { error: "must be a text, or { env: NAME } for one that the node's environment holds" },
      ),
    )
    .default({})
    .meta({
      description:
        "acp_http: sent with each call. { env: NAME } names the variable of the node's environment that holds a secret.",
    }),
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
  export: z
    .array(TargetName)
    .optional()
    .meta({ description: "What trusted peers see and may give tasks to; absent: all local targets." }),
  export_unsigned: z.array(TargetName).optional().meta({
    description:
      "What nodes see that prove nothing, where peers.allow_unsigned lets them in; absent: nothing.",
  }),
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
    ...exportsOf(value),
  };
}

function exportsOf({
  export: trusted,
  export_unsigned: unsigned,
}: RegistryFile): Pick<RoutingTable, "exports"> {
  if (trusted === undefined && unsigned === undefined) return {};
  return {
    exports: {
      ...(trusted === undefined ? {} : { trusted: new Set(trusted) }),
      ...(unsigned === undefined ? {} : { unsigned: new Set(unsigned) }),
    },
  };
}

/**
 * A target that something else than the file describes, held to the rules of an entry of the file.
 * @returns the target, or where the entry is wrong
 */
export function targetOfEntry(
  target_id: string,
  entry: object,
  source: TargetSource,
): Target | readonly Mistake[] {
  const parsed = Runtime.safeParse(entry);
  if (!parsed.success) return parsed.error.issues.flatMap(mistakesOfIssue);
  const mistakes = misplacedIn(parsed.data);
  return mistakes.length > 0 ? mistakes : { ...targetOf(target_id, parsed.data), source };
}

function mistakesOf({ runtimes, routes }: RegistryFile): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [intent, { runtime }] of Object.entries(routes)) {
    if (!Object.hasOwn(runtimes, runtime)) {
      mistakes.push({ path: ["routes", intent, "runtime"], message: `there is no runtime ${runtime}` });
    }
  }
  for (const [name, runtime] of Object.entries(runtimes)) {
    const { requires } = runtime;
    mistakes.push(
      ...misplacedIn(runtime).map(({ path, message }) => ({ path: ["runtimes", name, ...path], message })),
    );
    for (const [index, companion] of requires.entries()) {
      if (requires.findIndex((each) => each.name === companion.name) === index) continue;
      const path = ["runtimes", name, "requires", index, "name"];
      mistakes.push({ path, message: `${companion.name} is named twice` });
    }
  }
  if (Object.hasOwn(runtimes, "self")) mistakes.push({ path: ["runtimes", "self"], message: "is reserved" });
  return mistakes;
}

type Runtime = RegistryFile["runtimes"][string];

function targetOf(target_id: string, runtime: Runtime): Target {
  const { command = null, cwd = null, ...launch } = runtime.launch ?? Launch.parse({});
  const adapter = adapters[runtime.adapter] ?? "acp";
  const isHttp = adapter === "acp_http";
  const requires = runtime.requires.map((each) => ({ ...each, cwd: each.cwd ?? null }));
  return {
    target_id,
    display_name: runtime.display_name ?? target_id,
    adapter,
    dialect: dialectOf(runtime.dialect, isHttp),
    owner: "local",
    source: "registry",
    launch: { ...launch, mode: modeOf(runtime), command, cwd, requires },
    endpoint: runtime.endpoint?.replace(/\/+$/, "") ?? null,
    healthcheck: isHttp ? (runtime.healthcheck ?? "/ping") : null,
    headers: runtime.headers,
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

/** goose has no quirks of its own. */
function dialectOf(dialect: Runtime["dialect"], isHttp: boolean): string {
  if (isHttp) return dialect ?? "acp";
  return dialect === undefined || dialect === "goose" ? "generic" : dialect;
}
