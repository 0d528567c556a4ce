import { streamEvents } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { eventInWords } from "../render.ts";
import { outageTeller } from "../waiting.ts";

/** Prints the events of all tasks. */
export class Events extends NodeCommand {
  static override summary = "print the events of all tasks as they happen";
  static override examples = [
    "<%= config.bin %> events",
    "<%= config.bin %> events --after 0 --json | jq .kind",
  ];
  static override flags = {
    after: Flags.integer({
      description: "begin behind that position; 0: with the oldest that is kept",
      min: 0,
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Events);
    const readable = this.isReadable(flags);
    const params = flags.after === undefined ? undefined : { after: flags.after };
    const outage = outageTeller();
    const options = { ...this.node(flags), onRetry: outage.onRetry };
    for await (const event of streamEvents(params, undefined, options)) {
      outage.over();
      this.log(readable ? `${event.task_id}  ${eventInWords(event)}` : JSON.stringify(event));
    }
  }
}
