import { getTaskHistory, type TaskEvent } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { eventInWords } from "../render.ts";
import { taskId } from "../shared-flags.ts";
import { idOf } from "../values.ts";
import { followVisibly, isWatched } from "../waiting.ts";

/** Prints a task's events as they happen. */
export class TaskEvents extends NodeCommand {
  static override summary = "print a task's events as they happen, until it has ended";
  static override examples = [
    "<%= config.bin %> task-events 01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
    "<%= config.bin %> task-events 01KAT3Q4V5W6X7Y8Z9A0B1C2D3 --after 7 --json",
  ];
  static override flags = {
    ...taskId.flags,
    after: Flags.integer({ description: "only events behind this number", min: 0 }),
    history: Flags.boolean({ description: "only what has happened so far", exclusive: ["after"] }),
  };
  static override args = taskId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(TaskEvents);
    const id = idOf("task-id", flags["task-id"], args.task);
    const node = this.node(flags);
    const readable = this.isReadable(flags);
    const say = (event: TaskEvent) => this.log(readable ? eventInWords(event) : JSON.stringify(event));
    if (flags.history) {
      for (const event of (await getTaskHistory(id, undefined, node)).events) say(event);
      return;
    }
    for await (const event of followVisibly(id, flags.after, node, readable && isWatched())) say(event);
  }
}
