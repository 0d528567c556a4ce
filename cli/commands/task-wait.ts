import { exitCodes, getTask } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { taskInWords } from "../render.ts";
import { taskId, waitLimitOf } from "../shared-flags.ts";
import { idOf } from "../values.ts";
import { waitVisibly } from "../waiting.ts";

/** Waits for a task. */
export class TaskWait extends NodeCommand {
  static override summary = "wait until a task has ended, or asks";
  static override description =
    `The exit code tells how it ended: ${exitCodes.ok} completed, ${exitCodes.task_failed} failed, ${exitCodes.task_cancelled} cancelled, ${exitCodes.task_timed_out} timed out, ${exitCodes.task_asks} it asks, ${exitCodes.task_unfinished} it goes on.`;
  static override examples = ["<%= config.bin %> task-wait 01KAT3Q4V5W6X7Y8Z9A0B1C2D3 --wait-for 45s"];
  static override flags = {
    ...taskId.flags,
    "wait-for": Flags.string({
      description: "how long to wait at most, like 45s; the task goes on",
      aliases: ["timeout"],
    }),
  };
  static override args = taskId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(TaskWait);
    const id = idOf("task-id", flags["task-id"], args.task);
    const limitMs = waitLimitOf(flags);
    const node = this.node(flags);
    const task = await waitVisibly(await getTask(id, undefined, node), node, limitMs);
    this.print(flags, task, taskInWords);
    this.exitAs(task);
  }
}
