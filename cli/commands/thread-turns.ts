import { listThreadTurns } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { turnsInWords } from "../render-threads.ts";
import { page, pageOf, threadId } from "../shared-flags.ts";
import { idOf } from "../values.ts";

/** Lists the turns of a thread. */
export class ThreadTurns extends NodeCommand {
  static override summary = "list the turns of a thread, the first one first";
  static override examples = ["<%= config.bin %> thread-turns 01KAT3Q4V5W6X7Y8Z9A0B1C2D8 --limit 20"];
  static override flags = { ...threadId.flags, ...page };
  static override args = threadId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(ThreadTurns);
    const id = idOf("thread-id", flags["thread-id"], args.thread);
    const answer = await listThreadTurns(id, pageOf(flags), this.node(flags));
    this.print(flags, answer, ({ turns, next_cursor }) =>
      next_cursor === null
        ? turnsInWords(turns)
        : `${turnsInWords(turns)}\n\nThere are more: --cursor ${next_cursor}`,
    );
  }
}
