import { cancelTask } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { taskId } from "../shared-flags.ts";
import { idOf } from "../values.ts";

/** Asks for a task to be stopped. */
export class TaskCancel extends NodeCommand {
  static override summary = "ask for a task to be stopped";
  static override examples = [
    '<%= config.bin %> task-cancel 01KAT3Q4V5W6X7Y8Z9A0B1C2D3 --reason "no longer needed"',
  ];
  static override flags = { ...taskId.flags, reason: Flags.string({ description: "why" }) };
  static override args = taskId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(TaskCancel);
    const id = idOf("task-id", flags["task-id"], args.task);
    const body = flags.reason === undefined ? undefined : { reason: flags.reason };
    this.print(flags, await cancelTask(id, body, this.node(flags)), ({ status }) =>
      ["completed", "failed", "cancelled"].includes(status)
        ? `The task is ${status}.`
        : `The task is ${status}; its end was asked for. Wait for it with: alink-cli task-wait ${id}`,
    );
  }
}
