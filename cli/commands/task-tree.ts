import { getTaskTree } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { treeInWords } from "../render-tree.ts";
import { taskId } from "../shared-flags.ts";
import { idOf } from "../values.ts";

/** Shows what a task has delegated. */
export class TaskTree extends NodeCommand {
  static override summary = "show a task with all that was delegated beneath it";
  static override description =
    "Each task stands under its parent, with where it stands and what it used; at the end what all of them used. A figure that a runtime didn't tell is said to be unknown, not taken as none.";
  static override examples = ["<%= config.bin %> task-tree 01KAT3Q4V5W6X7Y8Z9A0B1C2D3"];
  static override flags = taskId.flags;
  static override args = taskId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(TaskTree);
    const id = idOf("task-id", flags["task-id"], args.task);
    this.print(flags, await getTaskTree(id, this.node(flags)), treeInWords);
  }
}
