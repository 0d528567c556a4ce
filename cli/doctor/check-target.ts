/** One target: its program, its greeting, what it announces, whether it wants a login. */
import { AethrolinkError, probeRuntime, type RuntimeProbe, type TargetSpec } from "@aethrolink/client";
import { type NodeCall, textOf } from "./check-node.ts";
import { bad, type Found, ok, warn } from "./finding.ts";

/** Looks at a target; starts its runtime if it is down. */
export async function checkTarget(target: TargetSpec, call: NodeCall): Promise<Found[]> {
  try {
    return findingsOf(target, await probeRuntime(target.target_id, undefined, call));
  } catch (thrown) {
    if (thrown instanceof AethrolinkError && thrown.code === "unavailable")
      return [warn("greeting", thrown.detail, "try again")];
    return [bad("greeting", textOf(thrown), "look at the node's log")];
  }
}

function findingsOf(target: TargetSpec, probe: RuntimeProbe): Found[] {
  return target.adapter === "acp_http" ? serverFindings(target, probe) : programFindings(target, probe);
}

/** A server that is reached by HTTP; of one that others run there is no program to look for. */
function serverFindings({ target_id, command, endpoint, launch }: TargetSpec, probe: RuntimeProbe): Found[] {
  const program = command?.[0] ?? "its program";
  const isOutside = launch.mode === "external";
  if (!isOutside && !probe.command_found)
    return [bad("command", probe.error ?? `${program} is not there`, `install ${program}`)];
  const found = [
    ...(isOutside ? [] : [ok("command", `${program} is there`)]),
    ...companionsOf(target_id, probe),
  ];
  const { agents } = probe.capabilities as Ways;
  const names = Array.isArray(agents) ? agents.join(", ") : "";
  const announces = names === "" ? [] : [ok("announces", `agents: ${names}`)];
  if (probe.error === undefined)
    return [...found, ok("greeting", `${endpoint} answered; its agent is ${probe.name}`), ...announces];
  if (probe.auth_required === true)
    return [...found, bad("login", probe.error, "give the headers that it wants in the registry")];
  const advice = isOutside
    ? `start the server, or mend the endpoint in the registry (${endpoint})`
    : `see what it wrote: alink-cli runtime-launches ${target_id} --limit 1`;
  const toChoose = "name one of its agents: defaults: { agent: NAME } in the registry";
  return [...found, bad("greeting", probe.error, announces.length === 0 ? advice : toChoose), ...announces];
}

function programFindings({ target_id, command }: TargetSpec, probe: RuntimeProbe): Found[] {
  const program = command?.[0] ?? "its program";
  if (!probe.command_found) {
    const advice = `install ${program}, or give its whole path in the registry; the node looks in the PATH that it was started with`;
    return [bad("command", probe.error ?? `${program} is not there`, advice)];
  }
  const found = [ok("command", `${program} is there`), ...companionsOf(target_id, probe)];
  if (probe.error !== undefined) return [...found, ...failureOf(target_id, probe, probe.error)];
  const named = [probe.name ?? "an agent without a name", probe.version].filter(Boolean).join(" ");
  return [...found, ok("greeting", `${named} answered`), ok("announces", announcedBy(probe)), loginOf(probe)];
}

function companionsOf(target_id: string, { companions = [] }: RuntimeProbe): Found[] {
  return companions.map(({ name, healthy }) =>
    healthy
      ? ok("companion", `${name} answers`)
      : bad(
          "companion",
          `${name} does not answer`,
          `see why: alink-cli runtime-launches ${target_id} --limit 2`,
        ),
  );
}

function failureOf(target_id: string, probe: RuntimeProbe, error: string): Found[] {
  if (probe.auth_required === true) {
    return [bad("login", error, `log in as the runtime says it${waysIn(probe)}`)];
  }
  return [bad("greeting", error, `see what it wrote: alink-cli runtime-launches ${target_id} --limit 1`)];
}

type Ways = { readonly [name: string]: unknown };

const isObject = (value: unknown): value is Ways =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What it announced, as the names of what can be used of it. */
function announcedBy({ capabilities }: RuntimeProbe): string {
  const { sessionCapabilities, promptCapabilities } = capabilities as Ways;
  const sessions = [
    ...(capabilities["loadSession"] === true ? ["load"] : []),
    ...(isObject(sessionCapabilities) ? Object.keys(sessionCapabilities) : []),
  ];
  const prompts = isObject(promptCapabilities)
    ? Object.keys(promptCapabilities).filter((name) => promptCapabilities[name] === true)
    : [];
  const kept =
    sessions.includes("load") || sessions.includes("resume") ? "" : "; a conversation ends with its process";
  return `sessions: ${sessions.join(", ") || "new ones only"}${kept}; prompts: ${["text", ...prompts].join(", ")}`;
}

/** The runtime's own words about logging in. */
function waysIn({ auth_methods = [] }: RuntimeProbe): string {
  const ways = (auth_methods as unknown[])
    .filter(isObject)
    .map(({ name, id, description }) =>
      [name ?? id, description].filter((word) => typeof word === "string" && word !== "").join(": "),
    );
  return ways.length === 0 ? "" : `: ${ways.join("; ")}`;
}

function loginOf(probe: RuntimeProbe): Found {
  if (probe.auth_required === false)
    return ok("login", waysIn(probe) === "" ? "none is asked for" : "it was logged in as the registry says");
  return warn(
    "login",
    "it offers ways to log in; whether it is logged in already, only a first task tells",
    `if that fails, log in as the runtime says it${waysIn(probe)}`,
  );
}
