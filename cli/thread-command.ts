/** Staying with a thread while its turns follow one another by themselves. */
import { setTimeout as pause } from "node:timers/promises";
import {
  type CallOptions,
  exitCodes,
  getTask,
  inspectThread,
  type TaskRecord,
  type ThreadInspection,
} from "@aethrolink/client";
import type { SharedFlags } from "./base.ts";
import { exitOf, wholeText } from "./outcome.ts";
import { eventInWords, printable } from "./render.ts";
import { TaskCommand } from "./task-command.ts";
import { countDown, followVisibly, isWatched, waitVisibly } from "./waiting.ts";

interface StayFlags extends SharedFlags {
  readonly follow?: boolean;
}

/** How often is looked whether the next turn has begun. */
const lookMs = 200;

/** Between oclif's class and the commands. */
export abstract class ThreadCommand extends TaskCommand {
  /**
   * Prints each turn from this one on, as long as another follows; exits as the last one ended, or as the
   * one stands that the limit came in.
   */
  protected async stay(
    flags: StayFlags,
    begun: TaskRecord,
    node: CallOptions,
    limitMs?: number,
  ): Promise<never> {
    const left = countDown(limitMs);
    let task = begun;
    for (;;) {
      task = await this.stayWithTurn(flags, task, node, left());
      if (exitOf(task) === exitCodes.task_unfinished) return this.exitAs(task);
      const next = await nextTurn(task, node);
      if (next === undefined) return this.exitAs(task);
      task = next;
    }
  }

  private async stayWithTurn(
    flags: StayFlags,
    task: TaskRecord,
    node: CallOptions,
    limitMs: number | undefined,
  ): Promise<TaskRecord> {
    const { task_id } = task;
    const readable = this.isReadable(flags);
    if (readable) this.log(printable(`${task.sender} → ${task.resolved_runtime}`));
    if (flags.follow) {
      for await (const event of followVisibly(task_id, undefined, node, readable && isWatched()))
        this.log(readable ? eventInWords(event) : JSON.stringify(event));
    }
    const over = await waitVisibly({ task_id }, node, limitMs);
    if (readable) this.log(printable(await wholeText(over, node)));
    else if (flags.follow !== true) this.log(JSON.stringify(over));
    return over;
  }
}

/** The turn behind one that has stopped; undefined: none follows by itself. */
async function nextTurn({ task_id, thread_id, status }: TaskRecord, node: CallOptions) {
  if (thread_id === undefined || status === "awaiting_input") return undefined;
  for (;;) {
    const seen = await inspectThread(thread_id, undefined, node);
    const next = behind(seen, task_id);
    if (next !== undefined) return getTask(next, undefined, node);
    const { last_task_id, status: stands } = seen.thread;
    if (last_task_id === task_id && stands !== "active") return undefined;
    await pause(lookMs);
  }
}

/** The task of the turn behind that of a task. */
function behind({ turns }: ThreadInspection, task_id: string): string | undefined {
  const at = turns.findIndex((turn) => turn.task_id === task_id);
  return at === -1 ? undefined : turns[at + 1]?.task_id;
}
