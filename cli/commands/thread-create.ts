import { createThread } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { threadInWords } from "../render-threads.ts";
import { idAlone } from "../shared-flags.ts";

/** Opens a thread. */
export class ThreadCreate extends NodeCommand {
  static override summary = "open a thread of two participants";
  static override description = "Each is a registered agent or a target. Nothing is started.";
  static override examples = [
    "<%= config.bin %> thread-create --agent-a-id writer --agent-b-id critic",
    "<%= config.bin %> thread-create --agent-a-id writer --agent-b-id critic --continuity-key release-notes",
  ];
  static override flags = {
    "agent-a-id": Flags.string({ description: "the one that speaks first", required: true }),
    "agent-b-id": Flags.string({ description: "the other one", required: true }),
    "continuity-key": Flags.string({ description: "a name of yours for it; default: the two ids" }),
    ...idAlone(),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ThreadCreate);
    const key = flags["continuity-key"];
    const request = {
      agent_a_id: flags["agent-a-id"],
      agent_b_id: flags["agent-b-id"],
      ...(key === undefined ? {} : { continuity_key: key }),
    };
    const answer = await createThread(request, this.node(flags));
    if (flags.id) this.log(answer.thread.thread_id);
    else this.print(flags, answer, ({ thread }) => threadInWords(thread));
  }
}
