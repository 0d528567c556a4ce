import { type ListLaunchesParams, listLaunches } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { launchesInWords } from "../render-launches.ts";
import { runtimeId } from "../shared-flags.ts";
import { idOf } from "../values.ts";

/** Lists the starts of a runtime. */
export class RuntimeLaunches extends NodeCommand {
  static override summary =
    "list a runtime's launches, newest first, and why those that failed did (operator)";
  static override examples = [
    "<%= config.bin %> runtime-launches research",
    "<%= config.bin %> runtime-launches research --limit 1 --stderr",
  ];
  static override flags = {
    ...runtimeId.flags,
    limit: Flags.integer({ description: "how many at most", min: 1, max: 200 }),
    cursor: Flags.string({ description: "the next_cursor of the page before" }),
    stderr: Flags.boolean({ description: "also all that is kept of what it wrote to standard error" }),
  };
  static override args = runtimeId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(RuntimeLaunches);
    const id = idOf("runtime-id", flags["runtime-id"], args.runtime);
    const given = Object.entries({ limit: flags.limit, cursor: flags.cursor });
    const params = Object.fromEntries(given.filter(([, value]) => value !== undefined)) as ListLaunchesParams;
    this.print(flags, await listLaunches(id, params, this.node(flags)), ({ launches, next_cursor }) => {
      const words = launchesInWords(launches, flags.stderr);
      return next_cursor === null ? words : `${words}\n\nThere are more: --cursor ${next_cursor}`;
    });
  }
}
