import { AethrolinkError, type CallOptions, createTask, exitCodes, heartbeatAgent } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { printable, taskInWords } from "../render.ts";
import { idAlone, runtimeOption, waitFor, waitLimitOf } from "../shared-flags.ts";
import { TaskCommand } from "../task-command.ts";
import { requestOf } from "../task-request.ts";
import { UsageError } from "../usage-error.ts";
import { idempotencyKeyOf } from "../values.ts";
import { holdVisibly } from "../waiting.ts";

/** Gives a task to a target. */
export class Call extends TaskCommand {
  static override summary = "give a task to a target";
  static override description =
    "Answers as soon as the task is on disk at the node. With --wait or --follow it stays until the task has ended, and prints the result. What the task asks meanwhile can be answered at the terminal (--wait), or with task-resume.";
  static override examples = [
    '<%= config.bin %> call --intent demo.echo --text "hello" --wait',
    "<%= config.bin %> call --target research --intent research.topic --text-file question.md --follow",
    '<%= config.bin %> call --intent code.patch --payload \'{"text": "fix it"}\' --option model=small --cwd /srv/work --timeout 10m',
  ];
  static override flags = {
    intent: Flags.string({ description: "what is wanted", required: true }),
    target: Flags.string({
      description: "who shall do it; default: routed by intent",
      aliases: ["target-agent-id", "target-runtime"],
    }),
    text: Flags.string({ description: "what the target gets, as text" }),
    "text-file": Flags.string({ description: "the same from a file; - is standard input" }),
    payload: Flags.string({ description: "the same as JSON; @file and - (standard input) too" }),
    ...runtimeOption,
    cwd: Flags.string({ description: "directory that the runtime works in, on the node's machine" }),
    "thread-id": Flags.string({ description: "makes it the next turn of that thread, with its sender" }),
    "conversation-id": Flags.string({ description: "goes on with that conversation" }),
    parent: Flags.string({
      description: "the open task that this is a part of; within a task of yours the node knows it",
      aliases: ["parent-task-id"],
    }),
    "agent-id": Flags.string({
      description: "who asks; default: AETHROLINK_AGENT_ID, else the state file's, else local",
      aliases: ["sender"],
    }),
    heartbeat: Flags.boolean({ description: "first say that the sender, an agent of this node, is there" }),
    "state-file": Flags.string({ description: "file with your agent_id; default: ~/.aethrolink/agent.json" }),
    timeout: Flags.string({ description: "how long it may run, like 90s" }),
    "when-offline": Flags.option({
      description: "if the target is another node's, and that can't be reached: fail, or queue the task",
      options: ["fail", "queue"] as const,
    })(),
    "idempotency-key": Flags.string({ description: "the same key again gives the same task" }),
    wait: Flags.boolean({
      description: "wait for the end and print the result",
      exclusive: ["follow", "sync"],
    }),
    ...waitFor,
    follow: Flags.boolean({
      description: "print each event as it happens, then the result",
      exclusive: ["sync"],
    }),
    sync: Flags.boolean({
      description: "let the node hold its answer until the end",
      exclusive: ["wait-for"],
    }),
    ...idAlone("wait", "wait-for", "follow", "sync"),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Call);
    const node = this.node(flags);
    const key = flags["idempotency-key"];
    const headers = key === undefined ? undefined : { "Idempotency-Key": idempotencyKeyOf(key) };
    const limitMs = waitLimitOf(flags);
    const request = await requestOf(flags);
    if (flags.heartbeat) await this.beatFor(request.sender ?? undefined, node);
    const answer = createTask(request, headers, node);
    const { task, links } = flags.sync ? await holdVisibly(answer) : await answer;
    if (flags.follow) await this.follow(flags, task.task_id, undefined, node);
    else if (flags.wait || limitMs) await this.wait(flags, task.task_id, node, limitMs);
    else if (flags.sync) await this.finish(flags, task, node);
    else if (flags.id) this.log(task.task_id);
    else
      this.print(
        flags,
        { task, links },
        () => `${taskInWords(task)}\n\nFollow it with: alink-cli task-events ${task.task_id}`,
      );
  }

  /** Only an agent of this node has a lease here. */
  private async beatFor(sender: string | undefined, node: CallOptions): Promise<void> {
    if (sender === undefined)
      throw new UsageError("--heartbeat needs a sender: name it with --sender, or register it first");
    try {
      await heartbeatAgent(sender, undefined, node);
    } catch (thrown) {
      if (!(thrown instanceof AethrolinkError && thrown.code === "agent_not_found")) throw thrown;
      process.stderr.write(
        `alink-cli: --heartbeat is for an agent of this node, and ${printable(sender)} is none; no task was made. Register it, or leave --heartbeat out.\n`,
      );
      this.exit(exitCodes.not_found);
    }
  }
}
