import { AethrolinkError, continueThread } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { taskInWords } from "../render.ts";
import { idAlone, runtimeOption, threadId, waitFor, waitLimitOf } from "../shared-flags.ts";
import { ThreadCommand } from "../thread-command.ts";
import { continueRequestOf } from "../thread-request.ts";
import { idempotencyKeyOf, idOf } from "../values.ts";
import { warn } from "../waiting.ts";

/** Begins the next turn of a thread. */
export class ThreadContinue extends ThreadCommand {
  static override summary = "begin the next turn of a thread, or several that follow by themselves";
  static override description =
    "The one that was spoken to last speaks next, unless --sender says otherwise. With --auto each answer is what its speaker says in the next turn. With --wait or --follow it stays until the turn, or the last of them, has ended.";
  static override examples = [
    '<%= config.bin %> thread-continue 01KAT3Q4V5W6X7Y8Z9A0B1C2D8 --intent text.write --text "Draft a note." --wait',
    '<%= config.bin %> thread-continue 01KAT3Q4V5W6X7Y8Z9A0B1C2D8 --intent text.write --text "Draft a note." --auto --max-turns 6 --follow',
    '<%= config.bin %> thread-continue 01KAT3Q4V5W6X7Y8Z9A0B1C2D8 --intent text.write --text "Draft a note." --payload-for critic="Make it shorter." --auto --max-turns 4',
  ];
  static override flags = {
    ...threadId.flags,
    sender: Flags.string({ description: "who speaks; default: the one that was spoken to last" }),
    "target-agent-id": Flags.string({
      description: "who is spoken to; default: the other one",
      aliases: ["target"],
    }),
    intent: Flags.string({ description: "what is wanted" }),
    "intent-for": Flags.string({
      description: "what one of the two wants, as name=intent; repeatable",
      multiple: true,
      multipleNonGreedy: true,
    }),
    text: Flags.string({ description: "what is said, as text" }),
    "text-file": Flags.string({ description: "the same from a file; - is standard input" }),
    payload: Flags.string({ description: "the same as JSON; @file and - (standard input) too" }),
    "payload-for": Flags.string({
      description: "what one of the two always says, as name=text or name=JSON; repeatable",
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...runtimeOption,
    cwd: Flags.string({ description: "directory that the runtimes work in, on the node's machine" }),
    "conversation-id": Flags.string({ description: "default: the thread's id" }),
    timeout: Flags.string({ description: "how long each turn may run, like 90s" }),
    auto: Flags.boolean({
      description: "with --max-turns: let the two go on by themselves",
      dependsOn: ["max-turns"],
    }),
    "max-turns": Flags.integer({
      description: "with --auto: turns in all, this one counted",
      min: 1,
      max: 100,
    }),
    "stop-on-awaiting-input": Flags.boolean({
      description: "end where a turn asks something (default), or wait for the answer",
      allowNo: true,
    }),
    "stop-on-same-actor-repeat": Flags.boolean({
      description: "end where one of the two repeats itself word for word",
      allowNo: true,
    }),
    "stop-on-terminal-error": Flags.boolean({
      description: "end where a turn fails (default), or go on with what it had said",
      allowNo: true,
    }),
    "idempotency-key": Flags.string({ description: "the same key again gives the same turn" }),
    wait: Flags.boolean({ description: "wait for the end and print each answer", exclusive: ["follow"] }),
    ...waitFor,
    follow: Flags.boolean({ description: "print each event as it happens, then the answers" }),
    ...idAlone("wait", "wait-for", "follow"),
  };
  static override args = threadId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(ThreadContinue);
    const node = this.node(flags);
    const id = idOf("thread-id", flags["thread-id"], args.thread);
    const limitMs = waitLimitOf(flags);
    const key = flags["idempotency-key"];
    const headers = key === undefined ? undefined : { "Idempotency-Key": idempotencyKeyOf(key) };
    const request = await continueRequestOf(flags);
    const answer = await continueThread(id, request, headers, node).catch((thrown: unknown) => {
      const isUnheard = thrown instanceof AethrolinkError && thrown.code === "target_not_found";
      if (isUnheard && flags.sender === undefined)
        warn("the one who speaks next speaks to an agent that only sends; say with --sender who speaks");
      throw thrown;
    });
    if (flags.follow || flags.wait || limitMs) await this.stay(flags, answer.task, node, limitMs);
    else if (flags.id) this.log(answer.task.task_id);
    else
      this.print(
        flags,
        answer,
        ({ task }) => `${taskInWords(task)}\n\nSee the thread with: alink-cli thread-get ${id}`,
      );
  }
}
