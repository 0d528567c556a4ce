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

/** A yes or no that may come as text. */
const Flag = z.preprocess(
  (value) => (value === "true" || value === "false" ? value === "true" : value),
  z.boolean(),
);

const unitMs: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A time between two things as 30s, 500ms, 5m or 1h; 0: never. */
const IntervalMs = z.preprocess(
  (value) => {
    const [, number, unit = "s"] = /^(\d{1,9})(ms|s|m|h)?$/.exec(String(value)) ?? [];
    return number === undefined ? value : Number(number) * (unitMs[unit] ?? 1);
  },
  z.int({ error: "must be a time as 30s or 5m, or 0" }).min(0).max(86_400_000),
);

const Tls = z.strictObject({
  cert: z.string().min(1).optional().meta({
    description: "File with the certificate, and those that lead to a known authority, for https.",
    default: "none",
  }),
  key: z.string().min(1).optional().meta({ description: "File with its private key.", default: "none" }),
  proxy: Flag.optional().meta({
    description: "true: a proxy in front of the node speaks https for it.",
    default: false,
  }),
});

const Peers = z.strictObject({
  allow_unsigned: Flag.optional().meta({
    description:
      "true: take part with nodes that prove nothing; only where every machine of the network is trusted.",
    default: "false; true with auth none",
  }),
  allow_plain_http: Flag.optional().meta({
    description: "true: speak http with other machines; only in a network that is encrypted already.",
    default: false,
  }),
  sync_interval: IntervalMs.optional().meta({
    description: "How often peers are asked for their targets, as 30s or 5m; 0: only when somebody asks.",
    default: "30s",
  }),
});

/** The schema of the configuration file; flags and environment have the same names. */
export const ConfigFile = z.strictObject({
  host: z.string().min(1).optional().meta({
    description: "Address to listen at; another than a loopback one needs TLS.",
    default: "127.0.0.1",
  }),
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
  tls: Tls.optional(),
  peers: Peers.optional(),
});
export type ConfigFile = z.output<typeof ConfigFile>;
type Environment = Readonly<Record<string, string | undefined>>;

/** A key of the file that holds no other keys. */
export interface Setting {
  /** Its keys from the top of the file. */
  readonly path: readonly string[];
  readonly flag: string;
  readonly variable: string;
  readonly schema: z.ZodType;
}

/** All settings, those of a group under its name. */
export const settings: readonly Setting[] = Object.entries(ConfigFile.shape).flatMap(([key, schema]) => {
  const inner = schema.unwrap();
  if (!(inner instanceof z.ZodObject)) return [settingOf([key], schema)];
  return Object.entries(inner.shape).map(([name, field]) => settingOf([key, name], field as z.ZodType));
});

function settingOf(path: readonly string[], schema: z.ZodType): Setting {
  // Flags speak of one peer after the other.
  const flag = path
    .join("-")
    .replace(/^peers-/, "peer-")
    .replaceAll("_", "-");
  return { path, flag, variable: `AETHROLINK_${path.join("_").toUpperCase()}`, schema };
}

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
  tls: Readonly<{ cert: string; key: string }> | null;
  /** Undefined `allowUnsigned`: nothing was said. */
  peers: Readonly<{ allowUnsigned: boolean | undefined; allowPlainHttp: boolean; syncIntervalMs: number }>;
}>;

/** The flags of `alink-node`, for its parser and its help. */
export const flags = Object.fromEntries(
  [...settings.map(({ flag }) => flag), "config"].map((flag) => [flag, { type: "string" as const }]),
);

/**
 * Puts the configuration together.
 * @param argv the flags
 * @param env the environment
 * @throws StartError 78 naming the flag, variable or position of each mistake
 */
export function readConfig(argv: readonly string[], env: Environment): Config {
  const given = parseFlags(argv);
  const fromEnv = pick(({ variable }) => env[variable] || undefined);
  const above = merge(
    check(fromEnv, ({ variable }) => `the environment's ${variable}`),
    check(
      pick(({ flag }) => given[flag]),
      ({ flag }) => `the flag --${flag}`,
    ),
  );
  const dataDir = resolve(expandHome(above.data_dir ?? "~/.aethrolink"));
  const path = configFileOf(given, env) ?? defaultFile(dataDir);
  const fromFile = path === undefined ? {} : readYaml(expandHome(path), ConfigFile, () => []).value;
  const merged = merge(fromFile, above);
  const config = complete(merged);
  refuseOpenHost(config, merged.tls?.proxy ?? false);
  return config;
}

const groups = ["tls", "peers"] as const;

/** What the second says goes before what the first does. */
function merge(below: ConfigFile, above: ConfigFile): ConfigFile {
  const within = groups.filter((group) => below[group] !== undefined || above[group] !== undefined);
  const inner = within.map((group) => [group, { ...below[group], ...above[group] }]);
  return { ...below, ...above, ...Object.fromEntries(inner) };
}

/** What other machines reach must be closed, and be encrypted on the way. */
function refuseOpenHost({ host, auth, tls, peers }: Config, proxied: boolean): void {
  if (isLoopbackName(host)) return;
  const mistake = (why: string) =>
    new StartError("config", `host: ${host} can be reached from other machines; ${why}`);
  if (!auth) throw mistake("with auth none everybody there would have the operator's rights");
  if (tls === null && !proxied && !peers.allowPlainHttp) {
    throw mistake(
      "give tls.cert and tls.key, or say tls.proxy where a proxy speaks https for the node, or peers.allow_plain_http in a network that is encrypted already",
    );
  }
}

/** Settings that are paths, which mean something else in another directory; by their flags. */
const pathFlags: ReadonlySet<string> = new Set([
  "data-dir",
  "artifact-dir",
  "registry",
  "work-dir",
  "tls-cert",
  "tls-key",
]);

/**
 * What flags and environment say, as flags that mean the same in any directory and any environment.
 * @throws StartError 78 when the flags aren't understood
 */
export function givenFlags(argv: readonly string[], env: Environment): string[] {
  const given = parseFlags(argv);
  const file = configFileOf(given, env);
  const said = settings.flatMap(({ flag, variable }) => {
    const text = given[flag] ?? (env[variable] || undefined);
    return text === undefined ? [] : [`--${flag}=${everywhere(flag, text)}`];
  });
  return [...(file === undefined ? [] : [`--config=${absolute(file)}`]), ...said];
}

function everywhere(flag: string, text: string): string {
  if (flag === "database") return databasePath(text);
  return pathFlags.has(flag) ? absolute(text) : text;
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

/** Texts of settings, as the file would have them. */
function pick(textFor: (setting: Setting) => string | undefined): object {
  const file: { [key: string]: string | { [key: string]: string } } = {};
  for (const setting of settings) {
    const text = textFor(setting);
    const [key = "", name] = setting.path;
    if (text === undefined) continue;
    if (name === undefined) file[key] = text;
    else file[key] = { ...(file[key] as object), [name]: text };
  }
  return file;
}

function check(values: object, nameOf: (setting: Setting) => string): ConfigFile {
  const parsed = ConfigFile.safeParse(values);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map((issue) => {
    const setting = settings.find(({ path }) => path.every((key, index) => issue.path[index] === key));
    return `${setting === undefined ? issue.path.join(".") : nameOf(setting)}: ${issue.message}`;
  });
  throw new StartError("config", mistakes.join("\n"));
}

const configFileOf = (given: { readonly config?: string | undefined }, env: Environment) =>
  given.config ?? (env["AETHROLINK_CONFIG"] || undefined);

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
    tls: tlsOf(file.tls ?? {}),
    peers: peersOf(file.peers ?? {}),
  });
}

function tlsOf({ cert, key }: z.output<typeof Tls>): Config["tls"] {
  if (cert === undefined && key === undefined) return null;
  if (cert !== undefined && key !== undefined)
    return Object.freeze({ cert: absolute(cert), key: absolute(key) });
  throw new StartError("config", "tls: a certificate and its key belong together; give tls.cert and tls.key");
}

const peersOf = (file: z.output<typeof Peers>): Config["peers"] =>
  Object.freeze({
    allowUnsigned: file.allow_unsigned,
    allowPlainHttp: file.allow_plain_http ?? false,
    syncIntervalMs: file.sync_interval ?? 30_000,
  });

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
