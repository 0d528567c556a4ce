/** What an entry of the registry must say, and may not, by its adapter. */
import type { AdapterName, LaunchMode } from "#contracts/enums.ts";
import type { Mistake } from "./yaml-file.ts";

/** Adapters, by the names that they have in the file. */
export const adapters: { readonly [name: string]: AdapterName } = {
  acp: "acp",
  acp_http: "acp_http",
  acp_comm_http: "acp_http",
};

/** The part of an entry that depends on its adapter. */
export interface Entry {
  readonly adapter: string;
  readonly dialect?: string | undefined;
  readonly launch?:
    | {
        readonly mode?: LaunchMode | undefined;
        readonly command?: readonly string[] | undefined;
        readonly commands: { readonly [executor: string]: unknown };
      }
    | undefined;
  readonly endpoint?: string | undefined;
  readonly healthcheck?: string | undefined;
  readonly headers: { readonly [name: string]: unknown };
  readonly requires: readonly unknown[];
  readonly auth_method?: string | undefined;
}

/** How its runtime is started, if the entry doesn't say. */
export const modeOf = ({ adapter, launch }: Entry): LaunchMode =>
  launch?.mode ?? (adapters[adapter] === "acp_http" ? "external" : "managed");

/** What an adapter has no use for, or lacks; paths from the entry on. */
export function misplacedIn(entry: Entry): Mistake[] {
  const rules = adapters[entry.adapter] === "acp" ? stdioRules : httpRules;
  return rules.flatMap((rule) => rule(entry));
}

const stdioDialects = ["hermes", "openclaw", "generic", "goose"];
/** Headers that hold secrets, as a rule. */
const secretive = new Set(["authorization", "proxy-authorization", "cookie", "x-api-key", "api-key"]);
const has = (object: object | undefined) => object !== undefined && Object.keys(object).length > 0;

type Rule = (entry: Entry) => Mistake[];
const unless = (fine: boolean, path: readonly string[], message: string): Mistake[] =>
  fine ? [] : [{ path, message }];

const onlyHttp = "is only for the adapter acp_http";
const stdioRules: readonly Rule[] = [
  ({ endpoint }) => unless(endpoint === undefined, ["endpoint"], onlyHttp),
  ({ healthcheck }) => unless(healthcheck === undefined, ["healthcheck"], onlyHttp),
  ({ headers }) => unless(!has(headers), ["headers"], onlyHttp),
  ({ dialect }) =>
    unless(
      dialect === undefined || stdioDialects.includes(dialect),
      ["dialect"],
      `must be one of ${stdioDialects.join(", ")} with the adapter acp`,
    ),
  ({ launch }) => unless(launch !== undefined, ["launch"], "is missing: say how the runtime is started"),
  ({ launch }) =>
    unless(
      launch?.mode !== "external",
      ["launch", "mode"],
      "must be managed or on_demand; external is for runtimes that are reached by HTTP",
    ),
  ({ launch }) =>
    unless(
      launch === undefined || launch.command !== undefined || has(launch.commands),
      ["launch", "command"],
      "is missing: give command, or commands with a command for each executor",
    ),
];

const onlyStarted = "is only for a server that the node starts: let launch.mode be managed";
const httpRules: readonly Rule[] = [
  ({ endpoint }) => unless(endpoint !== undefined, ["endpoint"], "is missing: say where its server is"),
  ({ dialect }) =>
    unless(
      dialect === undefined || !stdioDialects.includes(dialect),
      ["dialect"],
      "must be acp or aethrolink with the adapter acp_http",
    ),
  ({ auth_method }) =>
    unless(auth_method === undefined, ["auth_method"], "is only for the adapter acp; give headers"),
  ({ headers }) =>
    Object.entries(headers).flatMap(([name, value]) =>
      unless(
        typeof value !== "string" || !secretive.has(name.toLowerCase()),
        ["headers", name],
        "must not be in the file: name the variable that holds it, as { env: NAME }",
      ),
    ),
  ({ launch }) =>
    unless(
      !has(launch?.commands),
      ["launch", "commands"],
      "is only for the adapter acp; name an agent by the runtime option agent",
    ),
  (entry) =>
    unless(
      modeOf(entry) !== "external" || entry.launch?.command === undefined,
      ["launch", "command"],
      onlyStarted,
    ),
  (entry) => unless(modeOf(entry) !== "external" || entry.requires.length === 0, ["requires"], onlyStarted),
  (entry) =>
    unless(
      modeOf(entry) === "external" || entry.launch?.command !== undefined,
      ["launch", "command"],
      "is missing: say how its server is started",
    ),
];
