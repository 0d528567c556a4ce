/** The open tasks that have a parent, by it, so that a cancel finds them without looking at all. */
import type { OpenTask } from "./task-rows.ts";

export interface OpenChildren {
  /** A task without a parent is passed over. */
  add(task: OpenTask): void;
  remove(task: OpenTask): void;
  /** Those of one parent, the oldest first. */
  of(parent_task_id: string): readonly OpenTask[];
}

/** Knows none yet. */
export function openChildren(): OpenChildren {
  const byParent = new Map<string, Set<OpenTask>>();
  const parentOf = ({ fixed }: OpenTask) => fixed.trace.parent_task_id;
  return {
    add(task) {
      const parent = parentOf(task);
      if (parent !== undefined) byParent.set(parent, (byParent.get(parent) ?? new Set()).add(task));
    },
    remove(task) {
      const parent = parentOf(task) ?? "";
      const left = byParent.get(parent);
      left?.delete(task);
      if (left?.size === 0) byParent.delete(parent);
    },
    of: (parent_task_id) => [...(byParent.get(parent_task_id) ?? [])],
  };
}
