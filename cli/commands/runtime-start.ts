import { startRuntime } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { runtimeId, runtimeOption } from "../shared-flags.ts";
import { idOf, optionsOf } from "../values.ts";

/** Starts a runtime. */
export class RuntimeStart extends NodeCommand {
  static override summary = "start a runtime; answers when it is ready";
  static override examples = [
    "<%= config.bin %> runtime-start research",
    "<%= config.bin %> runtime-start research --option executor=fast",
  ];
  static override flags = {
    ...runtimeId.flags,
    ...runtimeOption,
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
