/** What commands share that stay with a task: following it, printing what came of it, and answering what it asks. */
import {
  AethrolinkError,
  type CallOptions,
  exitCodes,
  getTask,
  type TaskRecord,
  type TaskStanding,
} from "@aethrolink/client";
import { answerAtTerminal, leftInWords } from "./answering.ts";
import { NodeCommand, type SharedFlags } from "./base.ts";
import { wholeText } from "./outcome.ts";
import { hasPerson } from "./person.ts";
import { eventInWords, printable } from "./render.ts";
import { countDown, followVisibly, isWatched, waitVisibly, warn } from "./waiting.ts";

/** Between oclif's class and the commands. */
export abstract class TaskCommand extends NodeCommand {
  /** Prints a task's events up to its end, then what came of it. */
  protected async follow(flags: SharedFlags, task_id: string, after: number | undefined, node: CallOptions) {
    const readable = this.isReadable(flags);
    for await (const event of followVisibly(task_id, after, node, readable && isWatched()))
      this.log(readable ? eventInWords(event) : JSON.stringify(event));
    const task = await getTask(task_id, undefined, node);
    if (readable) await this.finish(flags, task, node);
    else this.exitAs(task);
  }

  /** Waits for the end, or as long as the limit allows, and prints what came of it. Who reads along is asked what the task asks. */
  protected async wait(
    flags: SharedFlags,
    task_id: string,
    node: CallOptions,
    limitMs?: number,
  ): Promise<void> {
    const left = countDown(limitMs);
    let task = await waitVisibly({ task_id }, node, left());
    while (task.status === "awaiting_input" && this.isReadable(flags) && hasPerson()) {
      await this.answerUnlessClosed(task, node);
      task = await waitVisibly({ task_id }, node, left());
    }
    await this.finish(flags, task, node);
  }

  private async answerUnlessClosed(task: TaskRecord, node: CallOptions): Promise<void> {
    try {
      const answering = await answerAtTerminal(task, undefined, node);
      if (answering.kind === "answered" || answering.gone === "needless") return;
      this.leave(answering);
    } catch (thrown) {
      if (!(thrown instanceof AethrolinkError) || thrown.status !== 409) throw thrown;
      warn(printable(thrown.detail)); // somebody else was faster
    }
  }

  /** Asks the person at the terminal. */
  protected async answer(
    task: TaskRecord,
    request_id: string | undefined,
    node: CallOptions,
  ): Promise<TaskStanding> {
    const answering = await answerAtTerminal(task, request_id, node);
    return answering.kind === "answered" ? answering.standing : this.leave(answering);
  }

  /** Ends without an answer. */
  private leave(left: Parameters<typeof leftInWords>[0]): never {
    warn(leftInWords(left));
    this.exit({ interrupted: 130, ended: exitCodes.task_asks, needless: exitCodes.conflict }[left.gone]);
  }

  /** Prints what came of it. */
  protected async finish(flags: SharedFlags, task: TaskRecord, node: CallOptions): Promise<void> {
    if (this.isReadable(flags)) {
      const text = await wholeText(task, node);
      if (text !== "") this.log(printable(text));
    } else this.log(JSON.stringify(task));
    this.exitAs(task);
  }
}
