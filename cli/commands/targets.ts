import { listTargets } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { targetsInWords } from "../render.ts";

/** Lists all targets. */
export class Targets extends NodeCommand {
  static override summary = "list the names that a task can be sent to";
  static override examples = ["<%= config.bin %> targets", "<%= config.bin %> targets --refresh"];
  static override flags = {
    detail: Flags.boolean({ description: "also their commands (operator)" }),
    refresh: Flags.boolean({ description: "ask all peers first" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Targets);
    const params = {
      ...(flags.detail ? { detail: "true" as const } : {}),
      ...(flags.refresh ? { refresh: "true" as const } : {}),
    };
    this.print(flags, await listTargets(params, this.node(flags)), ({ targets }) => targetsInWords(targets));
  }
}
