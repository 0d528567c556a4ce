import { type ListTasksParams, listTasks, type TaskStatus } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { tasksInWords } from "../render.ts";

const statuses = {
  created: 0,
  pending_launch: 0,
  launching: 0,
  ready: 0,
  dispatching: 0,
  running: 0,
  awaiting_input: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
} satisfies { [Status in TaskStatus]: 0 };

/** Lists tasks. */
export class TaskList extends NodeCommand {
  static override summary = "list tasks, newest first";
  static override examples = [
    "<%= config.bin %> task-list --status failed",
    "<%= config.bin %> task-list --target research --limit 10",
  ];
  static override flags = {
    status: Flags.string({ description: "only tasks that stand there", options: Object.keys(statuses) }),
    target: Flags.string({
      description: "only tasks of that target",
      aliases: ["target-agent-id", "target-runtime"],
    }),
    sender: Flags.string({ description: "only tasks from it" }),
    "conversation-id": Flags.string({ description: "only tasks of that conversation" }),
    parent: Flags.string({ description: "only the children of that task", aliases: ["parent-task-id"] }),
    "thread-id": Flags.string({ description: "only the turns of that thread" }),
    "created-after": Flags.string({ description: "only tasks made after that time (RFC 3339)" }),
    limit: Flags.integer({ description: "how many at most", min: 1, max: 200 }),
    cursor: Flags.string({ description: "the next_cursor of the page before" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(TaskList);
    const params = {
      status: flags.status,
      target: flags.target,
      sender: flags.sender,
      conversation_id: flags["conversation-id"],
      parent_task_id: flags.parent,
      thread_id: flags["thread-id"],
      created_after: flags["created-after"],
      limit: flags.limit,
      cursor: flags.cursor,
    };
    const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
    this.print(
      flags,
      await listTasks(given as ListTasksParams, this.node(flags)),
      ({ tasks, next_cursor }) =>
        next_cursor === null
          ? tasksInWords(tasks)
          : `${tasksInWords(tasks)}\n\nThere are more: --cursor ${next_cursor}`,
    );
  }
}
