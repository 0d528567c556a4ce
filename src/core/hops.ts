/**
 * Whether a task may be delegated: how deep it would be, and whether it would wait for itself.
 *
 * A parent is taken to wait for its children, and each of them for its own. So a child must not need
 * what an ancestor holds until it ends: its lane (one session of one process), or the last of the
 * places of a target. An ancestor that has ended holds nothing.
 */
import type { Lane } from "./ports.ts";

/** The most ancestors that a task may have. A task without a parent has none: its depth is 0. */
export const deepest = 8;

/** A task above the one that is to be, or a node that one of them came through. */
export interface Ancestor {
  readonly task_id: string;
  /** What it holds, or waits for, until it ends; null: it has ended. */
  readonly holds: { readonly target_id: string; readonly lane: Lane } | null;
}

/** What the task that is to be will need. */
export interface Hop {
  readonly target_id: string;
  readonly max_concurrency: number | null;
  readonly lane: Lane;
}

type Rule = (hop: Hop, ancestors: readonly Ancestor[]) => string | undefined;

const depth: Rule = (_hop, ancestors) =>
  ancestors.length <= deepest
    ? undefined
    : `it would have more than ${deepest} tasks and nodes above it, and no task may be deeper.`;

const lane: Rule = ({ target_id, lane: { process, session } }, ancestors) => {
  if (session === null) return undefined;
  const isTaken = ({ holds }: Ancestor) =>
    holds?.target_id === target_id && holds.lane.process === process && holds.lane.session === session;
  const holder = ancestors.find(isTaken);
  if (holder === undefined) return undefined;
  return `it would wait for the session at ${target_id} that its own ancestor ${holder.task_id} works in; give it another conversation.`;
};

const places: Rule = ({ target_id, max_concurrency }, ancestors) => {
  const held = ancestors.filter(({ holds }) => holds?.target_id === target_id).length;
  if (max_concurrency === null || held < max_concurrency) return undefined;
  return `all places of ${target_id} (max_concurrency ${max_concurrency}) belong to its own ancestors, which would wait for it.`;
};

const rules: readonly Rule[] = [depth, lane, places];

/**
 * Why a task may not be delegated; undefined: it may.
 * @param ancestors from its parent up, at least as many as are needed to see that it is too deep
 */
export function loopIn(hop: Hop, ancestors: readonly Ancestor[]): string | undefined {
  for (const rule of rules) {
    const found = rule(hop, ancestors);
    if (found !== undefined) return found;
  }
  return undefined;
}
