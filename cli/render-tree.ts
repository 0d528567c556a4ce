/** A tree of tasks in words. */
import type { TaskInTree, TaskTree, TreeUsage } from "@aethrolink/client";
import { oneLine, shorten } from "./render.ts";

/** The tree, a line for each task, and what they used together. */
export function treeInWords({ tasks, usage, truncated }: TaskTree): string {
  const above = tasks[0]?.parent_task_id ?? null;
  return [
    ...(above === null ? [] : [`part of ${above}`]),
    ...tasks.map((task, place) => `${branchOf(tasks, place)}${lineOf(task)}`),
    ...(truncated ? [`… and more: only the upper ${tasks.length} tasks are shown, and summed up`] : []),
    "",
    `used together: ${sumInWords(usage)}`,
  ].join("\n");
}

/** What leads from the tasks above to one. */
function branchOf(tasks: readonly TaskInTree[], place: number): string {
  const depth = tasks[place]?.depth ?? 0;
  if (depth === 0) return "";
  const trunks = Array.from({ length: depth - 1 }, (_, level) =>
    hasSibling(tasks, place, level + 1) ? "│  " : "   ",
  );
  return `${trunks.join("")}${hasSibling(tasks, place, depth) ? "├─ " : "└─ "}`;
}

/** Whether another task of that depth follows before the branch ends. */
function hasSibling(tasks: readonly TaskInTree[], place: number, depth: number): boolean {
  const next = tasks.slice(place + 1).find((task) => task.depth <= depth);
  return next?.depth === depth;
}

function lineOf(task: TaskInTree): string {
  const { task_id, status, resolved_runtime, intent, usage, last_error } = task;
  const why =
    last_error === null
      ? ""
      : ` (${shorten(oneLine(`${last_error.reason}: ${last_error.detail ?? ""}`), 80)})`;
  const used = [
    usage?.input_tokens === undefined ? [] : [`${usage.input_tokens} in`],
    usage?.output_tokens === undefined ? [] : [`${usage.output_tokens} out`],
    usage?.cost_usd === undefined ? [] : [`$${usage.cost_usd}`],
  ].flat();
  return `${task_id}  ${status}  ${resolved_runtime}  ${shorten(oneLine(intent), 32)}${used.length === 0 ? "" : `  ${used.join(", ")}`}${why}`;
}

function sumInWords({ input_tokens, output_tokens, cost_usd, unknown }: TreeUsage): string {
  return [
    figure(input_tokens, (sum) => `${sum} tokens in`, "tokens in", unknown.input_tokens),
    figure(output_tokens, (sum) => `${sum} tokens out`, "tokens out", unknown.output_tokens),
    figure(cost_usd, (sum) => `$${sum}`, "cost", unknown.cost_usd),
  ].join("; ");
}

function figure(
  sum: number | undefined,
  words: (sum: number) => string,
  name: string,
  unknown: number,
): string {
  if (sum === undefined) return `${name} unknown`;
  return unknown === 0 ? words(sum) : `${words(sum)} (unknown of ${unknown} more)`;
}
