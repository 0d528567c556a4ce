import { listThreads } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { threadsInWords } from "../render-threads.ts";
import { page, pageOf } from "../shared-flags.ts";

/** Lists threads. */
export class ThreadList extends NodeCommand {
  static override summary = "list threads, newest first";
  static override examples = ["<%= config.bin %> thread-list --agent-id writer"];
  static override flags = {
    "agent-id": Flags.string({ description: "only threads that it is in" }),
    ...page,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ThreadList);
    const agent = flags["agent-id"] === undefined ? {} : { agent_id: flags["agent-id"] };
    const answer = await listThreads({ ...agent, ...pageOf(flags) }, this.node(flags));
    this.print(flags, answer, ({ threads, next_cursor }) =>
      next_cursor === null
        ? threadsInWords(threads)
        : `${threadsInWords(threads)}\n\nThere are more: --cursor ${next_cursor}`,
    );
  }
}
