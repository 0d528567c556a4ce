import { getRuntimeHealth } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { runtimeId } from "../shared-flags.ts";
import { idOf } from "../values.ts";

/** Shows a runtime's health. */
export class RuntimeHealth extends NodeCommand {
  static override summary = "show what is known of a runtime; starts nothing";
  static override examples = ["<%= config.bin %> runtime-health research"];
  static override flags = runtimeId.flags;
  static override args = runtimeId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(RuntimeHealth);
    const id = idOf("runtime-id", flags["runtime-id"], args.runtime);
    this.print(flags, await getRuntimeHealth(id, this.node(flags)), ({ details }) => {
      const { state, detail, process_id } = details;
      const more = [process_id === undefined ? undefined : `process ${process_id}`, detail].filter(
        (part) => part !== undefined,
      );
      return `${id} is ${state}${more.length === 0 ? "" : ` (${more.join(", ")})`}.`;
    });
  }
}
