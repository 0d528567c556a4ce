/** A task with all beneath it, as it is committed. */
import type { TaskStatus } from "#contracts/enums.ts";
import type { TaskInTree } from "#contracts/task-tree.ts";
import type { Sqlite } from "./sql.ts";

/**
 * @param limit how many at most, the upper levels first
 * @returns each right after its parent and what is beneath its older siblings; none: there is no such task
 */
export type TreeReader = (task_id: string, limit: number) => TaskInTree[];

interface Row extends Omit<TaskInTree, "usage" | "last_error"> {
  readonly status: TaskStatus;
  readonly last_error: string | null;
  readonly usage: string | null;
}

/** Level by level, so that what a limit leaves out is what lies deepest. */
const statement = `WITH RECURSIVE beneath (task_id, depth) AS (
    SELECT task_id, 0 FROM tasks WHERE task_id = ?
    UNION ALL
    SELECT tasks.task_id, beneath.depth + 1
      FROM beneath JOIN tasks ON tasks.parent_task_id = beneath.task_id
      ORDER BY 2, 1 LIMIT ?
  )
  SELECT task_id, parent_task_id, depth, sender, resolved_runtime, intent, tasks.status, last_error, usage,
    tasks.created_at, finished_at, origin_proxy_task_id AS origin_task_id, destination_task_id
  FROM beneath JOIN tasks USING (task_id)
    LEFT JOIN node_tasks USING (task_id) LEFT JOIN remote_task_bindings AS bound USING (task_id)
  ORDER BY depth, task_id`;

/** Prepares the read of a database. */
export function openTreeReader(reader: Sqlite): TreeReader {
  const beneath = reader.prepare<[string, number], Row>(statement);
  return (task_id, limit) => inOrder(beneath.all(task_id, limit).map(decoded));
}

const decoded = ({ last_error, usage, ...row }: Row): TaskInTree => ({
  ...row,
  last_error: last_error === null ? null : JSON.parse(last_error),
  usage: usage === null ? null : JSON.parse(usage),
});

/** From level by level to each behind its parent. */
function inOrder([first, ...rest]: readonly TaskInTree[]): TaskInTree[] {
  if (first === undefined) return [];
  const children = Map.groupBy(rest, (task) => task.parent_task_id);
  const withChildren = (task: TaskInTree): TaskInTree[] => [
    task,
    ...(children.get(task.task_id) ?? []).flatMap(withChildren),
  ];
  return withChildren(first);
}
