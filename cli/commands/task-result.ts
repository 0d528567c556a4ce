import { getTask } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand, onlyJson } from "../base.ts";
import { wholeText } from "../outcome.ts";
import { printable } from "../render.ts";
import { taskId, waitFor, waitLimitOf } from "../shared-flags.ts";
import { idOf } from "../values.ts";
import { waitVisibly } from "../waiting.ts";

/** Prints a task's whole result. */
export class TaskResult extends NodeCommand {
  static override summary = "print the whole text of a task's result";
  static override description = "As JSON: the result as the record has it, with its whole text.";
  static override examples = ["<%= config.bin %> task-result 01KAT3Q4V5W6X7Y8Z9A0B1C2D3 --wait > answer.md"];
  static override flags = {
    ...taskId.flags,
    wait: Flags.boolean({ description: "wait for the end first" }),
    ...waitFor,
    ...onlyJson,
  };
  static override args = taskId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(TaskResult);
    const id = idOf("task-id", flags["task-id"], args.task);
    const limitMs = waitLimitOf(flags);
    const node = this.node(flags);
    const now = await getTask(id, undefined, node);
    const task = flags.wait || limitMs ? await waitVisibly(now, node, limitMs) : now;
    const text = await wholeText(task, node);
    if (flags.json)
      this.log(JSON.stringify(task.result === null ? null : { ...task.result, text, truncated: false }));
    else if (text !== "") this.log(process.stdout.isTTY === true ? printable(text) : text);
    this.exitAs(task);
  }
}
