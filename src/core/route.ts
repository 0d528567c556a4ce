/**
 * From an intent, and perhaps a name, to a target; or why not.
 */
import type { JsonObject, Target } from "./ports.ts";
import { remoteTarget, selfPeer } from "./remote-target.ts";

export interface Route {
  readonly runtime: string;
  readonly runtime_options: JsonObject;
}

/** What routing decides from: the targets by name, and the registry's own routes. */
export interface RoutingTable {
  readonly targets: ReadonlyMap<string, Target>;
  readonly routes: ReadonlyMap<string, Route>;
  /** What other nodes see; absent: all local targets for trusted ones, and the node's default for the rest. */
  readonly exports?: { readonly trusted?: ReadonlySet<string>; readonly unsigned?: ReadonlySet<string> };
}

export type Routed =
  | {
      readonly kind: "routed";
      readonly target: Target;
      readonly route_options: JsonObject;
      readonly why: string;
    }
  | {
      readonly kind: "refused";
      readonly code:
        | "target_not_found"
        | "route_not_found"
        | "route_ambiguous"
        | "target_cannot_satisfy_intent";
      readonly detail: string;
    };

type Refused = Extract<Routed, { kind: "refused" }>;

const refused = (code: Refused["code"], detail: string): Refused => ({ kind: "refused", code, detail });

/** As many as somebody reads. */
const mostNames = 20;

/** Names in a sentence; of many, the first ones. */
export function names(all: Iterable<string>): string {
  const list = [...all];
  const more = list.length - mostNames;
  const told = list.slice(0, mostNames).join(", ");
  return more > 0 ? `${told} and ${more} more` : told || "none";
}

/**
 * Finds the target of a task.
 * @param intent what is wanted
 * @param requested the target that the caller named; undefined: any that serves the intent
 */
export function route(intent: string, requested: string | undefined, table: RoutingTable): Routed {
  return requested === undefined ? byIntent(intent, table) : byName(intent, requested, table);
}

function byName(intent: string, requested: string, table: RoutingTable): Routed {
  const target = targetNamed(requested, table);
  if (target === undefined) {
    return refused(
      "target_not_found",
      `There is no target ${requested}. Known: ${names(table.targets.keys())}.`,
    );
  }
  if ("kind" in target) return target;
  if (target.capabilities.length > 0 && !target.capabilities.includes(intent)) {
    return refused(
      "target_cannot_satisfy_intent",
      `The target ${requested} does not offer ${intent}. It offers: ${names(target.capabilities)}.`,
    );
  }
  return { kind: "routed", target, route_options: {}, why: `the caller named ${requested}` };
}

/**
 * The target that a name means: one of this node, one of a named peer, or the only one that peers have of it.
 * @returns a refusal where more than one peer has it; undefined: nobody has
 */
export const targetNamed = (
  name: string,
  table: Pick<RoutingTable, "targets">,
): Target | Refused | undefined =>
  table.targets.get(name) ?? ofThisNode(name, table) ?? ofOnePeer(name, table);

/** This node's own target, as another node's would be. */
function ofThisNode(name: string, { targets }: Pick<RoutingTable, "targets">): Target | undefined {
  const own = name.startsWith(`${selfPeer}/`) ? targets.get(name.slice(selfPeer.length + 1)) : undefined;
  if (own?.owner !== "local") return undefined;
  const { target_id, display_name, capabilities } = own;
  return remoteTarget({ peer_id: selfPeer, target_id, display_name, capabilities });
}

/** The target of a bare name that only a peer has; more than one has it: why not. */
function ofOnePeer(name: string, { targets }: Pick<RoutingTable, "targets">): Target | Refused | undefined {
  const having = [...targets.values()].filter(({ remote }) => remote?.target_id === name);
  const [only, another] = having;
  if (another === undefined) return only;
  const known = names(having.map(({ target_id }) => target_id));
  return refused("route_ambiguous", `More than one peer has a target ${name}. Name one of them: ${known}.`);
}

function byIntent(intent: string, { targets, routes }: RoutingTable): Routed {
  const entry = routes.get(intent);
  const chosen = entry && targets.get(entry.runtime);
  if (entry !== undefined && chosen !== undefined) {
    return {
      kind: "routed",
      target: chosen,
      route_options: entry.runtime_options,
      why: `the route of ${intent}`,
    };
  }
  const offering = [...targets.values()].filter((target) => target.capabilities.includes(intent));
  const here = offering.filter(({ owner }) => owner === "local");
  // A target of this node goes before those of others.
  const able = here.length > 0 ? here : offering;
  const [only, another] = able;
  if (only === undefined) {
    return refused(
      "route_not_found",
      `No target offers ${intent}. Name one, or add it to a target's capabilities.`,
    );
  }
  if (another !== undefined) {
    const able_names = names(able.map((target) => target.target_id));
    return refused("route_ambiguous", `These targets offer ${intent}: ${able_names}. Name one of them.`);
  }
  return { kind: "routed", target: only, route_options: {}, why: `only ${only.target_id} offers ${intent}` };
}
