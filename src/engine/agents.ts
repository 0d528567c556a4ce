/**
 * Agents: registering, signs of life, and the targets that agents are.
 *
 * 1. Whether an agent is online follows from its lease and the clock, when somebody looks: there is no
 *    timer.
 * 2. A refused registration has written nothing.
 * 3. The record is on disk before its target is routed to, and gone before its target is withdrawn.
 * 4. A name of the registry is the registry's: an agent that has it too is no target as long as it is
 *    there, and its record stays.
 * 5. How an agent is reached is the operator's to say; the agent's own token leaves it as it is.
 */
import { isDeepStrictEqual } from "node:util";
import type { AgentRegistrationRequest } from "#contracts/agents.ts";
import { leaseSeconds } from "#contracts/agents.ts";
import { type Principal, participantOf, reservedNames } from "#src/core/access.ts";
import type { JsonObject, Target } from "#src/core/ports.ts";
import { fail } from "#src/errors.ts";
import type { Logger } from "#src/log.ts";
import type { Agent, AgentLaunch, AgentStore } from "#src/store/agents.ts";
import { newId } from "#src/store/ulid.ts";
import type { Engine } from "./engine.ts";
import { replaceTarget } from "./reload-registry.ts";

interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

interface AgentNeeds {
  readonly store: AgentStore;
  /** Checks what a target is made of by the rules of the registry file. */
  readonly targetOf: (target_id: string, entry: object, source: "agent") => Target | readonly Mistake[];
  /** Writes down the runtimes that leases and launches may name. */
  readonly know: (targets: Iterable<Target>) => Promise<void>;
}

export interface Agents extends AgentNeeds {
  /** What agents are as targets, also those whose name the registry has. */
  readonly targets: Map<string, Target>;
}

/** The agents of a node, with the targets that they were in an earlier life. */
export function openAgents(needs: AgentNeeds, logger: Logger): Agents {
  const targets = new Map<string, Target>();
  for (const agent of needs.store.list()) {
    const target = reachable(agent) ? needs.targetOf(agent.agent_id, entryOf(agent), "agent") : undefined;
    if (target === undefined) continue;
    if (isMistaken(target))
      logger.warn({ agent_id: agent.agent_id, mistakes: target }, "an agent can't be a target any more");
    else targets.set(agent.agent_id, target);
  }
  return { ...needs, targets };
}

const isMistaken = (checked: Target | readonly Mistake[]): checked is readonly Mistake[] =>
  Array.isArray(checked);

/** Whether tasks can be sent to it: it has an adapter, and a command or an endpoint. */
function reachable({ adapter, endpoint, launch }: Agent): boolean {
  return adapter !== null && (endpoint !== null || hasCommand(launch));
}

const hasCommand = (launch: AgentLaunch | null): boolean =>
  (launch?.command ?? Object.keys(launch?.commands ?? {})).length > 0;

/**
 * An agent as an entry of the registry file would say it. A mode without a command says nothing: some
 * clients always send one, also for a server that others run. One that is driven on stdio may have an
 * endpoint too, for others: its target doesn't.
 */
function entryOf({ adapter, dialect, display_name, launch, ...agent }: Agent): object {
  const { endpoint, healthcheck } = agent;
  const said = {
    adapter,
    dialect,
    display_name,
    launch: hasCommand(launch) ? launch : null,
    ...(adapter === "acp" ? {} : { endpoint, healthcheck }),
    sticky_mode: agent.sticky_mode,
  };
  const given = Object.entries(said).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(given), defaults: agent.defaults, capabilities: agent.capabilities };
}

/**
 * Registers an agent, or registers it again.
 * @returns when it is on disk, and a target if it is one
 * @throws RequestError forbidden and launch_not_allowed for what the caller may not say, name_taken,
 *   invalid_request for what can't be a target
 */
export async function registerAgent(
  engine: Engine,
  principal: Principal,
  request: AgentRegistrationRequest,
): Promise<Agent> {
  refuseWhenStopping(engine);
  const agent_id = idOf(principal, request.agent_id);
  refuseTakenName(engine, agent_id);
  const former = engine.agents.store.get(agent_id);
  const said = principal.kind === "operator" ? saidByOperator(request) : saidByAgent(request, former);
  const agent = agentOf(engine, agent_id, request, { ...said, former });
  const target = checkedTarget(engine, agent);
  await Promise.all([
    target === undefined ? undefined : engine.agents.know([target]),
    engine.agents.store.put(agent),
  ]);
  followRecord(engine, agent_id);
  return agent;
}

function refuseWhenStopping({ stopping }: Engine): void {
  if (stopping) fail("unavailable", "The node is stopping; agents register when it is up again.");
}

function idOf(principal: Principal, named: string | undefined): string {
  const own = participantOf(principal);
  if (own === undefined) return named ?? newId();
  if (named === undefined || named === own) return own;
  fail("forbidden", `The token of ${own} can register ${own}, not ${named}.`);
}

function refuseTakenName({ registry, network }: Engine, agent_id: string): void {
  if (reservedNames.has(agent_id)) fail("name_taken", `${agent_id} is reserved; choose another name.`);
  if (registry.targets.has(agent_id))
    fail("name_taken", `${agent_id} is a target of the registry file; choose another name.`);
  if (network.peers.get(agent_id) !== undefined)
    fail("name_taken", `${agent_id} is a peer of this node; choose another name.`);
}

type Reach = Pick<Agent, "adapter" | "endpoint" | "healthcheck" | "launch">;

const launchOf = (launch: AgentRegistrationRequest["launch"]): AgentLaunch | null => {
  const { mode, command, commands } = launch ?? {};
  const said = {
    ...(mode === undefined ? {} : { mode }),
    ...(command && command.length > 0 ? { command } : {}),
    ...(commands && Object.keys(commands).length > 0 ? { commands } : {}),
  };
  return Object.keys(said).length === 0 ? null : said;
};

const saidByOperator = (request: AgentRegistrationRequest): Reach => ({
  adapter: request.adapter ?? null,
  endpoint: request.endpoint ?? null,
  healthcheck: request.healthcheck ?? null,
  launch: launchOf(request.launch),
});

/** Invariant 5. */
function saidByAgent(request: AgentRegistrationRequest, former: Agent | undefined): Reach {
  const kept: Reach = {
    adapter: former?.adapter ?? null,
    endpoint: former?.endpoint ?? null,
    healthcheck: former?.healthcheck ?? null,
    launch: former?.launch ?? null,
  };
  const { launch, ...asked } = saidByOperator(request);
  for (const name of ["adapter", "endpoint", "healthcheck"] as const)
    if (asked[name] !== null && asked[name] !== kept[name]) refuseReach(name);
  for (const name of ["command", "commands"] as const)
    if (launch?.[name] !== undefined && !isDeepStrictEqual(launch[name], kept.launch?.[name]))
      refuseReach(`launch.${name}`);
  return launch === null ? kept : { ...kept, launch: { ...kept.launch, ...launch } };
}

function refuseReach(name: string): never {
  fail(
    "launch_not_allowed",
    `${name} says how the node reaches the agent; only the operator's token may set it. Leave it out to keep what is registered.`,
  );
}

function agentOf(
  engine: Engine,
  agent_id: string,
  request: AgentRegistrationRequest,
  { former, ...reach }: Reach & { readonly former: Agent | undefined },
): Agent {
  const lease_ttl_seconds = secondsOf(request.lease_ttl_seconds, leaseSeconds.default);
  const lease = leaseOf(engine, agent_id, lease_ttl_seconds);
  return {
    ...reach,
    ...lease,
    display_name: request.display_name ?? agent_id,
    transport_kind: request.transport_kind,
    runtime_kind: request.runtime_kind ?? null,
    runtime_id: request.runtime_id ?? null,
    dialect: request.dialect ?? null,
    defaults: (request.defaults ?? {}) as JsonObject,
    capabilities: request.capabilities ?? [],
    sticky_mode: request.sticky_mode ?? null,
    metadata: (request.metadata ?? {}) as JsonObject,
    registered_at: former?.registered_at ?? lease.last_seen_at,
    updated_at: lease.last_seen_at,
  };
}

/** Less than a second is nothing said. */
const secondsOf = (asked: number | null | undefined, otherwise: number): number =>
  asked === undefined || asked === null || asked <= 0 ? otherwise : Math.min(asked, leaseSeconds.most);

function leaseOf({ clock }: Engine, agent_id: string, lease_ttl_seconds: number) {
  const now = clock.now();
  return {
    agent_id,
    lease_ttl_seconds,
    last_seen_at: new Date(now).toISOString(),
    lease_expires_at: new Date(now + lease_ttl_seconds * 1000).toISOString(),
  };
}

function checkedTarget({ agents }: Engine, agent: Agent): Target | undefined {
  if (!reachable(agent)) return undefined;
  const checked = agents.targetOf(agent.agent_id, entryOf(agent), "agent");
  if (!isMistaken(checked)) return checked;
  const errors = checked.map(({ path, message }) => ({ path: path.map(String).join("."), message }));
  const [first] = errors;
  fail("invalid_request", `${first?.path}: ${first?.message}`, { errors });
}

/** Routes by what is on disk now: of two who come at once the later one counts there. */
function followRecord(engine: Engine, agent_id: string): void {
  const agent = engine.agents.store.get(agent_id);
  setTarget(engine, agent_id, agent === undefined ? undefined : checkedTarget(engine, agent));
}

/** Takes over what an agent is as a target now; undefined: it is none. */
function setTarget(engine: Engine, agent_id: string, target: Target | undefined): void {
  const { agents, registry, routing } = engine;
  if (target === undefined) agents.targets.delete(agent_id);
  else agents.targets.set(agent_id, target);
  if (registry.targets.has(agent_id)) return; // invariant 4
  const former = routing.targets.get(agent_id);
  if (target === undefined) routing.targets.delete(agent_id);
  else routing.targets.set(agent_id, target);
  if (former === undefined || isDeepStrictEqual(former, target)) return;
  replaceTarget(engine, former, target, "its target was registered anew");
}

/**
 * Extends an agent's lease.
 * @param seconds how long from now on; undefined: as long as before
 * @returns when it is on disk
 * @throws RequestError agent_not_found, forbidden for the agent of another token
 */
export async function heartbeat(
  engine: Engine,
  principal: Principal,
  agent_id: string,
  seconds: number | null | undefined,
): Promise<Agent> {
  const agent = ownAgent(engine, principal, agent_id);
  const lease = leaseOf(engine, agent_id, secondsOf(seconds, agent.lease_ttl_seconds));
  await engine.agents.store.extend(lease);
  return { ...ownAgent(engine, principal, agent_id), ...lease };
}

/**
 * Takes an agent back out, and its target with it.
 * @throws RequestError agent_not_found, forbidden for the agent of another token
 */
export async function unregisterAgent(engine: Engine, principal: Principal, agent_id: string): Promise<void> {
  refuseWhenStopping(engine);
  ownAgent(engine, principal, agent_id);
  await engine.agents.store.remove(agent_id);
  followRecord(engine, agent_id);
}

function ownAgent(engine: Engine, principal: Principal, agent_id: string): Agent {
  const agent = agentFor(engine, agent_id);
  if (mayKnow(principal, agent_id)) return agent;
  fail("forbidden", `The agent ${agent_id} is not the one of this token.`);
}

function agentFor({ agents }: Engine, agent_id: string): Agent {
  const agent = agents.store.get(agent_id);
  if (agent === undefined) fail("agent_not_found", `There is no agent ${agent_id}; register it first.`);
  return agent;
}

/** Whether how an agent is reached is shown to the caller: to the operator, and to the agent itself. */
export function mayKnow(principal: Principal, agent_id: string): boolean {
  if (principal.kind === "operator") return true;
  return principal.kind === "agent" && principal.agent_id === agent_id;
}

/**
 * An agent that the caller may see.
 * @throws RequestError agent_not_found
 */
export function findAgent(engine: Engine, principal: Principal, agent_id: string): Agent {
  const seen = participantOf(principal) ?? agent_id;
  if (seen !== agent_id) fail("agent_not_found", `There is no agent ${agent_id}; register it first.`);
  return agentFor(engine, agent_id);
}

/** The agents that the caller may see, by name. */
export function listAgents({ agents }: Engine, principal: Principal): Agent[] {
  const own = participantOf(principal);
  if (own === undefined) return agents.store.list();
  const agent = agents.store.get(own);
  return agent === undefined ? [] : [agent];
}
