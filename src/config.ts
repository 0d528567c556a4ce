/**
 * The node's configuration: flags over environment over file over defaults, checked whole, frozen.
 */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { durabilities } from "#contracts/enums.ts";
import { DurationMs } from "#contracts/shared.ts";
import { isLoopbackName } from "./core/loopback.ts";
import { messageOf, StartError } from "./errors.ts";
import { logLevels } from "./log.ts";
import { readYaml } from "./yaml-file.ts";

/** A list that may come as one text, separated by commas. */
const List = z.preprocess(
  (value) =>
    typeof value === "string"
      ? value
          .split(",")
          .map((part) => part.trim())
          .filter((part) => part !== "")
      : value,
  z.array(z.string().min(1)),
);

/** A number that may come as its digits; nothing else is one, least of all an empty text. */
const digits = (value: unknown) =>
  typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;

/** `null` as text, where there is no YAML to say it. */
const TimeoutMs = z.preprocess(
  (value) => (value === "null" || value === "none" ? null : digits(value)),
  DurationMs.nullable(),
);

/** At least a day: an idempotency key is never kept longer than the task that it made. */
const KeepDays = z.preprocess(
  (value) => (value === "null" || value === "none" ? null : digits(value)),
  z.int().min(1).max(36_500).nullable(),
);

/** The schema of the configuration file; flags and environment have the same names. */
export const ConfigFile = z.strictObject({
  host: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Address to listen at; a loopback one in this version.", default: "127.0.0.1" }),
  port: z
    .preprocess(digits, z.int().min(0).max(65_535))
    .optional()
    .meta({ description: "Port to listen at; 0: any free one.", default: 7777 }),
  data_dir: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Where the node keeps its things.", default: "~/.aethrolink" }),
  database: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "sqlite:// and a path.", default: "<data_dir>/aethrolink.db" }),
  artifact_dir: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Where artifacts are kept.", default: "<data_dir>/artifacts" }),
  registry: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "The registry file.", default: "<data_dir>/registry.yaml if it exists" }),
  auth: z
    .enum(["token", "none"])
    .optional()
    .meta({ description: "none: everybody on this machine has the operator's rights.", default: "token" }),
  durability: z.enum(durabilities).optional().meta({
    description: "full: an accepted task survives a power cut; normal: only the end of the process.",
    default: "full",
  }),
  log_level: z
    .enum(logLevels)
    .optional()
    .meta({ description: "How much is logged to standard error.", default: "info" }),
  work_dir: z.string().min(1).optional().meta({
    description: "Where runtimes work that name no directory.",
    default: "the directory the node was started in",
  }),
  allowed_hosts: List.optional().meta({
    description: "Host names that are served besides the loopback ones.",
    default: [],
  }),
  allowed_origins: List.optional().meta({
    description: "Origins of pages that may call, as scheme://host:port.",
    default: [],
  }),
  timeout_ms: TimeoutMs.optional().meta({
    description: "Running time of a task that says nothing; null: none.",
    default: 3_600_000,
  }),
  keep_days: KeepDays.optional().meta({
    description: "Days that a finished task is kept, with its events and artifacts; null: for ever.",
    default: null,
  }),
});
export type ConfigFile = z.output<typeof ConfigFile>;
type Key = keyof ConfigFile;
type Environment = Readonly<Record<string, string | undefined>>;

export type Config = Readonly<{
  host: string;
  port: number;
  dataDir: string;
  database: string;
  artifactDir: string;
  /** Null: there is no registry, and so no target. */
  registry: string | null;
  auth: boolean;
  durability: (typeof durabilities)[number];
  logLevel: (typeof logLevels)[number];
  workDir: string;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
  timeoutMs: number | null;
  /** Null: finished tasks are kept for ever. */
  keepDays: number | null;
}>;

const keys = Object.keys(ConfigFile.shape) as Key[];
const flagOf = (key: string) => key.replaceAll("_", "-");
const variableOf = (key: Key) => `AETHROLINK_${key.toUpperCase()}`;

/** The flags of `alink-node`, for its parser and its help. */
export const flags = Object.fromEntries(
  [...keys.map(flagOf), "config"].map((flag) => [flag, { type: "string" as const }]),
);

/**
 * Puts the configuration together.
 * @param argv the flags
 * @param env the environment
 * @throws StartError 78 naming the flag, variable or position of each mistake
 */
export function readConfig(argv: readonly string[], env: Environment): Config {
  const given = parseFlags(argv);
  const fromFlags = pick((key) => given[flagOf(key)]);
  const fromEnv = pick((key) => env[variableOf(key)] || undefined);
  const above = {
    ...check(fromEnv, (key) => `the environment's ${variableOf(key)}`),
    ...check(fromFlags, (key) => `the flag --${flagOf(key)}`),
  };
  const dataDir = resolve(expandHome(above.data_dir ?? "~/.aethrolink"));
  const path = given["config"] ?? env["AETHROLINK_CONFIG"] ?? defaultFile(dataDir);
  const fromFile = path === undefined ? {} : readYaml(path, ConfigFile, () => []).value;
  const config = complete({ ...fromFile, ...above });
  if (!isLoopbackName(config.host)) {
    throw new StartError(
      "config",
      `host: ${config.host} can be reached from other machines; this version listens at loopback addresses only`,
    );
  }
  return config;
}

/** Settings that are paths, which mean something else in another directory. */
const pathKeys = ["data_dir", "artifact_dir", "registry", "work_dir"] as const satisfies readonly Key[];

/**
 * What flags and environment say, as flags that mean the same in any directory and any environment.
 * @throws StartError 78 when the flags aren't understood
 */
export function givenFlags(argv: readonly string[], env: Environment): string[] {
  const given = parseFlags(argv);
  const said = { ...pick((key) => env[variableOf(key)] || undefined), ...pick((key) => given[flagOf(key)]) };
  for (const key of pathKeys) if (said[key] !== undefined) said[key] = absolute(said[key]);
  if (said["database"] !== undefined) said["database"] = databasePath(said["database"]);
  const file = given["config"] ?? env["AETHROLINK_CONFIG"];
  const entries = [...(file ? [["config", absolute(file)] as const] : []), ...Object.entries(said)];
  return entries.map(([key, value]) => `--${flagOf(key)}=${value}`);
}

function parseFlags(argv: readonly string[]): { [flag: string]: string | undefined } {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: false }).values as {
      [flag: string]: string | undefined;
    };
  } catch (thrown) {
    throw new StartError("config", `${messageOf(thrown).split(". To specify")[0]}; see alink-node --help`, {
      cause: thrown,
    });
  }
}

function pick(textFor: (key: Key) => string | undefined): { [key: string]: string } {
  return Object.fromEntries(
    keys.flatMap((key) => (textFor(key) === undefined ? [] : [[key, textFor(key) ?? ""]])),
  );
}

function check(values: { [key: string]: string }, nameOf: (key: Key) => string): ConfigFile {
  const parsed = ConfigFile.safeParse(values);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map((issue) => `${nameOf(issue.path[0] as Key)}: ${issue.message}`);
  throw new StartError("config", mistakes.join("\n"));
}

function defaultFile(dataDir: string): string | undefined {
  const path = join(dataDir, "config.yaml");
  return existsSync(path) ? path : undefined;
}

const expandHome = (path: string) => path.replace(/^~(?=\/|$)/, homedir());
const absolute = (path: string) => resolve(expandHome(path));

function complete(file: ConfigFile): Config {
  const dataDir = absolute(file.data_dir ?? "~/.aethrolink");
  return Object.freeze({
    host: (file.host ?? "127.0.0.1").replace(/^\[(.*)\]$/, "$1"),
    port: file.port ?? 7777,
    dataDir,
    database: file.database === undefined ? join(dataDir, "aethrolink.db") : databasePath(file.database),
    artifactDir: file.artifact_dir === undefined ? join(dataDir, "artifacts") : absolute(file.artifact_dir),
    registry: registryPath(file.registry, dataDir),
    auth: (file.auth ?? "token") === "token",
    durability: file.durability ?? "full",
    logLevel: file.log_level ?? "info",
    workDir: absolute(file.work_dir ?? process.cwd()),
    allowedHosts: file.allowed_hosts ?? [],
    allowedOrigins: file.allowed_origins ?? [],
    timeoutMs: file.timeout_ms === undefined ? 3_600_000 : file.timeout_ms,
    keepDays: file.keep_days ?? null,
  });
}

function registryPath(given: string | undefined, dataDir: string): string | null {
  return given === undefined ? usualRegistry(dataDir) : absolute(given);
}

/** The registry of a node that is told of none, if there is one now. */
export function usualRegistry(dataDir: string): string | null {
  const usual = join(dataDir, "registry.yaml");
  return existsSync(usual) ? usual : null;
}

/** `sqlite:///srv/a.db`, `sqlite://a.db`, `sqlite:a.db`, or a plain path. */
function databasePath(text: string): string {
  const path = text.replace(/^sqlite:(\/\/)?/, "");
  if (path === "" || path.startsWith(":memory:")) {
    throw new StartError(
      "config",
      `database: ${text} is no file; tasks are kept on disk. For a throwaway node name a file in a temporary directory`,
    );
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) {
    throw new StartError("config", `database: ${text} is not understood; give sqlite:// and a path`);
  }
  return absolute(path);
}
