import { startRuntime } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { runtimeId } from "../ids.ts";
import { idOf, optionsOf } from "../values.ts";

/** Starts a runtime. */
export class RuntimeStart extends NodeCommand {
  static override summary = "start a runtime; answers when it is ready";
  static override examples = ["<%= config.bin %> runtime-start research"];
  static override flags = {
    ...runtimeId.flags,
    option: Flags.string({
      description: "an option for the runtime, as name=value; repeatable",
      multiple: true,
      multipleNonGreedy: true,
    }),
  };
  static override args = runtimeId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(RuntimeStart);
    const id = idOf("runtime-id", flags["runtime-id"], args.runtime);
    const body = flags.option === undefined ? undefined : { runtime_options: optionsOf(flags.option) };
    this.print(
      flags,
      await startRuntime(id, body, this.node(flags)),
      ({ started, process_id }) =>
        `${id} ${started ? "was started" : "is up already"}${process_id === undefined ? "" : ` (process ${process_id})`}.`,
    );
  }
}
