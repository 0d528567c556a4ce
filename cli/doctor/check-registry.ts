/** What can be looked at without a node: the registry that it would take, and the programs that it names. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { expandHome } from "../connection.ts";
import { findProgram } from "../init/find-program.ts";
import { bad, type Finding, type Found, ok, warn } from "./finding.ts";

type Table = { readonly [name: string]: unknown };
const tableOf = (value: unknown): Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};

/**
 * The registry that a node of this data directory would take.
 * @param only the target to look at; undefined: all
 */
export function checkRegistry(
  directory: string,
  env: NodeJS.ProcessEnv,
  only: string | undefined,
): Finding[] {
  const path = registryOf(directory, env);
  const text = textIfThere(path);
  if (text === undefined) {
    const advice = `write one from the agents that are installed: alink-cli init --registry ${path}`;
    return [warn("registry", `there is none at ${path}`, advice)];
  }
  const read = parse(text);
  if ("mistake" in read) return [bad("registry", `${path}: ${read.mistake}`, "mend it there")];
  const runtimes = Object.entries(tableOf(tableOf(read.value)["runtimes"]));
  if (only !== undefined && !runtimes.some(([name]) => name === only)) {
    const names = runtimes.map(([name]) => name).join(", ") || "none";
    return [bad("targets", `${path} has no target ${only}`, `name one of those that there are: ${names}`)];
  }
  const chosen = runtimes.filter(([name]) => only === undefined || name === only);
  return [
    ok("registry", `${path} names ${runtimes.length} target(s); a node checks the rest of it when it starts`),
    ...chosen.flatMap(([target, runtime]) =>
      programsOf(runtime).map((program) => ({ target, ...checkProgram(program, env["PATH"]) })),
    ),
  ];
}

function registryOf(directory: string, env: NodeJS.ProcessEnv): string {
  const config = parse(textIfThere(join(directory, "config.yaml")) ?? "");
  const configured = "mistake" in config ? undefined : tableOf(config.value)["registry"];
  const named = env["AETHROLINK_REGISTRY"] || configured;
  return typeof named === "string" && named !== "" ? expandHome(named) : join(directory, "registry.yaml");
}

function textIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function parse(text: string): { value: unknown } | { mistake: string } {
  const document = parseDocument(text);
  const [broken] = document.errors;
  return broken === undefined ? { value: document.toJS() } : { mistake: broken.message };
}

/** Of the command, and of the commands of its executors; each once. */
function programsOf(runtime: unknown): string[] {
  const { command, commands } = tableOf(tableOf(runtime)["launch"]);
  const argvs = [command, ...Object.values(tableOf(commands))];
  const programs = argvs.map((argv) => (Array.isArray(argv) ? argv[0] : undefined));
  return [...new Set(programs.filter((program) => typeof program === "string"))];
}

function checkProgram(program: string, path: string | undefined): Found {
  return findProgram(program, path) === undefined
    ? bad("command", `${program} is not there`, `install it, or give its whole path in the registry`)
    : ok("command", `${program} is there`);
}
