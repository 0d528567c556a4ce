/** Who asks, and what is theirs. */
import type { CallerKind, TokenRole } from "#contracts/enums.ts";

interface Caller {
  /** Names the token; idempotency keys are scoped by it. */
  readonly name: string;
}

/** Who asks. */
export type Principal =
  | (Caller & {
      readonly kind: "operator";
      /** The process that speaks, where everybody has the operator's rights. */
      readonly process?: RuntimePrincipal;
    })
  | (Caller & { readonly kind: "reader" })
  | (Caller & { readonly kind: "agent"; readonly agent_id: string })
  | RuntimePrincipal;

/** A process that the node started. */
export interface RuntimePrincipal extends Caller {
  readonly kind: "runtime";
  readonly target_id: string;
  /** The start that its token was given to. */
  readonly launch_id: string;
}

/** An agent, or a process of the node, that gives tasks in the course of its own. */
export interface Delegator {
  /** Who it is as a target, and so the sender of what it gives. */
  readonly target_id: string;
  /** The start of the process; undefined: an agent that was not started here. */
  readonly launch_id: string | undefined;
}

/** Whose a task is. */
export interface Parties {
  readonly sender: string;
  readonly resolved_runtime: string;
}

/** Names that nobody may register or have a token for: callers without a name are `local`, nodes that prove nothing `unsigned`, and a path has `register`. */
export const reservedNames: ReadonlySet<string> = new Set(["local", "self", "register", "unsigned"]);

/** Who asks with a token of this role; undefined: such a token is never kept. */
export function principalOfRole(role: TokenRole, name: string): Principal | undefined {
  if (role === "operator" || role === "reader") return { kind: role, name };
  const [kind, id] = splitRole(role);
  return kind === "agent" ? { kind, name, agent_id: id } : undefined;
}

function splitRole(role: `${"agent" | "runtime"}:${string}`): [CallerKind, string] {
  const at = role.indexOf(":");
  return [role.slice(0, at) as CallerKind, role.slice(at + 1)];
}

/** The participant that speaks; undefined: one who may speak for anybody. */
export function participantOf(principal: Principal): string | undefined {
  if (principal.kind === "agent") return principal.agent_id;
  return principal.kind === "runtime" ? principal.target_id : undefined;
}

/** Who gives a task in the course of its own; undefined: one who may give any. */
export function delegatorOf(principal: Principal): Delegator | undefined {
  if (principal.kind === "agent") return { target_id: principal.agent_id, launch_id: undefined };
  return principal.kind === "operator"
    ? principal.process
    : principal.kind === "runtime"
      ? principal
      : undefined;
}

/** Who did it, for the events of a task. */
export const actorOf = (principal: Principal): string => participantOf(principal) ?? principal.name;

/** Whether a participant sends the task or is its target. */
export const concerns = ({ sender, resolved_runtime }: Parties, participant: string): boolean =>
  sender === participant || resolved_runtime === participant;
