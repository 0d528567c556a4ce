/** What is routed by: the registry's targets and routes, and the targets that agents are. */
import type { Target } from "#src/core/ports.ts";
import type { Route, RoutingTable } from "#src/core/route.ts";

/** A routing table whose targets come and go with agents. */
export interface Routing {
  readonly targets: Map<string, Target>;
  readonly routes: ReadonlyMap<string, Route>;
}

/** The registry's targets, then the agents' whose name the registry doesn't have. */
export function routingOf(registry: RoutingTable, agents: Iterable<Target>): Routing {
  const targets = new Map(registry.targets);
  for (const target of agents) if (!targets.has(target.target_id)) targets.set(target.target_id, target);
  return { targets, routes: registry.routes };
}
