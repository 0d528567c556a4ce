import { stopRuntime } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { runtimeId, runtimeOption } from "../shared-flags.ts";
import { idOf, optionsOf } from "../values.ts";

/** Stops a runtime. */
export class RuntimeStop extends NodeCommand {
  static override summary = "stop a runtime";
  static override examples = [
    "<%= config.bin %> runtime-stop research",
    "<%= config.bin %> runtime-stop research --force",
  ];
  static override flags = {
    ...runtimeId.flags,
    ...runtimeOption,
    force: Flags.boolean({ description: "also while it has open tasks" }),
  };
  static override args = runtimeId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(RuntimeStop);
    const id = idOf("runtime-id", flags["runtime-id"], args.runtime);
    const body = {
      ...(flags.force ? { force: true } : {}),
      ...(flags.option === undefined ? {} : { runtime_options: optionsOf(flags.option) }),
    };
    this.print(flags, await stopRuntime(id, body, this.node(flags)), ({ stopped }) =>
      stopped ? `${id} was stopped.` : `${id} was not running.`,
    );
  }
}
