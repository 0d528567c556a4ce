import { type CallOptions, getTask, getTaskHistory, resumeTask, type TaskStanding } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { answerGiven, theOnlyQuestion } from "../answer.ts";
import { hasPerson } from "../person.ts";
import { taskId, waitFor, waitLimitOf } from "../shared-flags.ts";
import { TaskCommand } from "../task-command.ts";
import { UsageError } from "../usage-error.ts";
import { idOf } from "../values.ts";

/** Answers a question of a task. */
export class TaskResume extends TaskCommand {
  static override summary = "answer what a task asks";
  static override description =
    "Without an answer in its flags it shows the question at the terminal and reads the answer there; Ctrl-C leaves the question open. A yes means once: it never chooses an option that allows for good.";
  static override examples = [
    "<%= config.bin %> task-resume 01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
    "<%= config.bin %> task-resume 01KAT3Q4V5W6X7Y8Z9A0B1C2D3 --yes --wait",
    '<%= config.bin %> task-resume 01KAT3Q4V5W6X7Y8Z9A0B1C2D3 --payload \'{"name": "Ada"}\'',
  ];
  static override flags = {
    ...taskId.flags,
    yes: Flags.boolean({ description: "allow it, once" }),
    no: Flags.boolean({ description: "reject it, once; or decline a form" }),
    option: Flags.string({ description: "choose the option with that id" }),
    payload: Flags.string({
      description: "the answer as JSON, such as a form's values; @file and - (standard input) too",
    }),
    "request-id": Flags.string({ description: "which question, where several are open" }),
    wait: Flags.boolean({ description: "then wait for the end and print the result", exclusive: ["follow"] }),
    ...waitFor,
    follow: Flags.boolean({ description: "then print each event as it happens, and the result" }),
  };
  static override args = taskId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(TaskResume);
    const id = idOf("task-id", flags["task-id"], args.task);
    const payload = await answerGiven(flags);
    if (payload === undefined && !hasPerson())
      throw new UsageError(
        `say the answer, with one of --yes, --no, --option and --payload; see what is asked with: alink-cli questions ${id}`,
      );
    const limitMs = waitLimitOf(flags);
    const node = this.node(flags);
    const seen = flags.follow ? (await getTaskHistory(id, undefined, node)).events.length : undefined;
    const standing = await this.resume(id, payload, flags["request-id"], node);
    if (flags.follow) await this.follow(flags, id, seen, node);
    else if (flags.wait || limitMs) await this.wait(flags, id, node, limitMs);
    else this.print(flags, standing, answeredInWords);
  }

  private async resume(
    id: string,
    payload: Awaited<ReturnType<typeof answerGiven>>,
    request_id: string | undefined,
    node: CallOptions,
  ): Promise<TaskStanding> {
    if (payload !== undefined && request_id !== undefined)
      return await resumeTask(id, { payload, request_id }, node);
    const task = await getTask(id, undefined, node);
    if (payload === undefined) return await this.answer(task, request_id, node);
    const question = theOnlyQuestion(task);
    return await resumeTask(id, { payload, ...(question && { request_id: question.request_id }) }, node);
  }
}

const answeredInWords = ({ task_id, status }: TaskStanding) =>
  status === "awaiting_input"
    ? `The answer was given. The task asks more: alink-cli questions ${task_id}`
    : `The answer was given; the task is ${status}. Wait for it with: alink-cli task-wait ${task_id}`;
