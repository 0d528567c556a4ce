/** How a task's end becomes what a command prints last, and its exit code. */
import { type CallOptions, exitCodes, getArtifact, type TaskRecord } from "@aethrolink/client";
import { askingInWords } from "./questions.ts";

/** The exit code that a task's standing asks for. */
export function exitOf(task: TaskRecord): number {
  switch (task.status) {
    case "completed":
      return exitCodes.ok;
    case "failed":
      return task.last_error?.reason === "timeout" ? exitCodes.task_timed_out : exitCodes.task_failed;
    case "cancelled":
      return exitCodes.task_cancelled;
    case "awaiting_input":
      return exitCodes.task_asks;
    default:
      return exitCodes.task_unfinished;
  }
}

/** The whole text of a task's result, out of its artifact where the record has only its beginning. */
export async function wholeText(task: TaskRecord, options: CallOptions): Promise<string> {
  const { result, result_artifact_id } = task;
  if (result?.truncated !== true || result_artifact_id === null) return result?.text ?? "";
  const { bytes, mediaType } = await getArtifact(result_artifact_id, undefined, options);
  const text = new TextDecoder().decode(bytes);
  if (!mediaType.startsWith("application/json")) return text;
  return (JSON.parse(text) as { text: string }).text;
}

/** What people are told of a task that isn't completed; undefined: nothing. */
export function explainTask(task: TaskRecord): string | undefined {
  const { task_id, status, last_error } = task;
  switch (status) {
    case "completed":
      return task.result?.warning === undefined ? undefined : `note: ${task.result.warning}`;
    case "failed":
      return `the task failed: ${last_error?.reason}: ${last_error?.detail ?? ""}`;
    case "cancelled":
      return "the task was cancelled";
    case "awaiting_input":
      return askingInWords(task);
    default:
      return `the task is ${status} and goes on; wait for it with: alink-cli task-wait ${task_id}`;
  }
}
