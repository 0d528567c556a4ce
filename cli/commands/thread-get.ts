import { inspectThread } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { inspectionInWords } from "../render-threads.ts";
import { threadId } from "../shared-flags.ts";
import { idOf } from "../values.ts";

/** Shows how a thread stands. */
export class ThreadGet extends NodeCommand {
  static override summary = "show how a thread stands, and how it would go on";
  static override description =
    "Its turns in order, who owns whom, the sessions that are kept for each of the two, who speaks next, and why it was interrupted. No runtime is touched.";
  static override examples = ["<%= config.bin %> thread-get 01KAT3Q4V5W6X7Y8Z9A0B1C2D8"];
  static override flags = threadId.flags;
  static override args = threadId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(ThreadGet);
    const id = idOf("thread-id", flags["thread-id"], args.thread);
    this.print(flags, await inspectThread(id, undefined, this.node(flags)), inspectionInWords);
  }
}
