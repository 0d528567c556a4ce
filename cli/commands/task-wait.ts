import { getTask } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { taskInWords } from "../render.ts";
import { taskId } from "../shared-flags.ts";
import { durationMs, idOf } from "../values.ts";
import { waitVisibly } from "../waiting.ts";

/** Waits for a task. */
export class TaskWait extends NodeCommand {
  static override summary = "wait until a task has ended, or asks";
  static override description =
    "The exit code tells how it ended: 0 completed, 10 failed, 11 cancelled, 12 timed out, 13 it asks, 14 it goes on.";
  static override examples = ["<%= config.bin %> task-wait 01KAT3Q4V5W6X7Y8Z9A0B1C2D3 --timeout 45s"];
  static override flags = {
    ...taskId.flags,
    timeout: Flags.string({ description: "how long to wait at most, like 45s; the task goes on" }),
  };
  static override args = taskId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(TaskWait);
    const id = idOf("task-id", flags["task-id"], args.task);
    const timeoutMs = flags.timeout === undefined ? undefined : durationMs(flags.timeout);
    const node = this.node(flags);
    const task = await waitVisibly(await getTask(id, undefined, node), node, timeoutMs);
    this.print(flags, task, taskInWords);
    this.exitAs(task);
  }
}
