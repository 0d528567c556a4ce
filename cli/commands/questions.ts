import { NodeCommand } from "../base.ts";
import { findQuestions, questionsInWords } from "../questions.ts";
import { taskId } from "../shared-flags.ts";
import { idOf } from "../values.ts";

/** Lists what runtimes ask. */
export class Questions extends NodeCommand {
  static override summary = "list what runtimes ask and nobody has answered";
  static override description =
    "All open questions, those of the newest task first, each with the command that answers it.";
  static override examples = [
    "<%= config.bin %> questions",
    "<%= config.bin %> questions 01KAT3Q4V5W6X7Y8Z9A0B1C2D3 --json",
  ];
  static override flags = taskId.flags;
  static override args = taskId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(Questions);
    const named = flags["task-id"] ?? args.task;
    const id = named === undefined ? undefined : idOf("task-id", flags["task-id"], args.task);
    const questions = await findQuestions(id, this.node(flags));
    this.print(flags, { questions }, () => questionsInWords(questions));
  }
}
