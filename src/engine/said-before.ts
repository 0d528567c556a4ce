/** What a task's runtime had said, as far as it is on disk. */
import type { OpenTask } from "#src/store/task-rows.ts";
import type { Engine } from "./engine.ts";

/** The text of all its messages, joined; empty where it said nothing. */
export function saidBefore({ reader }: Engine, { fixed }: Pick<OpenTask, "fixed">): string {
  return reader
    .events(fixed.task_id)
    .map(({ kind, data }) => (kind === "task.progress" && data.type === "message" ? data.text : ""))
    .join("");
}
