import { getTask } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { taskInWords } from "../render.ts";
import { taskId } from "../shared-flags.ts";
import { idOf } from "../values.ts";

/** Shows a task. */
export class TaskGet extends NodeCommand {
  static override summary = "show a task";
  static override examples = ["<%= config.bin %> task-get 01KAT3Q4V5W6X7Y8Z9A0B1C2D3"];
  static override flags = taskId.flags;
  static override args = taskId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(TaskGet);
    const id = idOf("task-id", flags["task-id"], args.task);
    this.print(flags, await getTask(id, undefined, this.node(flags)), taskInWords);
  }
}
