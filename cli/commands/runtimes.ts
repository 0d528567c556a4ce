import { listRuntimes } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { targetsInWords } from "../render.ts";

/** Lists the runtimes of the node. */
export class Runtimes extends NodeCommand {
  static override summary = "list the targets that run at this node";
  static override examples = ["<%= config.bin %> runtimes --detail"];
  static override flags = { detail: Flags.boolean({ description: "also their commands (operator)" }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(Runtimes);
    const params = flags.detail ? { detail: "true" as const } : undefined;
    this.print(flags, await listRuntimes(params, this.node(flags)), ({ runtimes }) =>
      targetsInWords(runtimes),
    );
  }
}
