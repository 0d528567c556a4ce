/** What all commands share: how they find the node, print, and fail. */

import { stripVTControlCharacters } from "node:util";
import {
  AethrolinkError,
  type CallOptions,
  errorTable,
  exitCodes,
  type TaskRecord,
  UnreachableError,
} from "@aethrolink/client";
import { Command, Errors, Flags, type Interfaces } from "@oclif/core";
import { type Connection, findConnection } from "./connection.ts";
import { nodeFetch } from "./node-fetch.ts";
import { exitOf, explainTask } from "./outcome.ts";
import { printable } from "./render.ts";
import { UsageError } from "./usage-error.ts";

/** The flags of every command. */
const shared = {
  server: Flags.string({
    description: "address of the node; default: that of the data directory",
    helpGroup: "GLOBAL",
  }),
  "token-file": Flags.string({
    description: "file with a token (AETHROLINK_TOKEN goes first)",
    helpGroup: "GLOBAL",
  }),
  "data-dir": Flags.string({
    description: "the node's data directory; default: ~/.aethrolink",
    helpGroup: "GLOBAL",
  }),
  json: Flags.boolean({
    description: "print what the API answers; also where the output is no terminal",
    helpGroup: "GLOBAL",
  }),
} satisfies Interfaces.FlagInput;

/** `--json` of the commands whose words are for programs, too: they print JSON for nothing else. */
export const onlyJson = {
  json: Flags.boolean({ description: "print JSON", helpGroup: "GLOBAL" }),
} satisfies Interfaces.FlagInput;

/** The shared flags as they were given. */
export interface SharedFlags {
  readonly server?: string | undefined;
  readonly "token-file"?: string | undefined;
  readonly "data-dir"?: string | undefined;
  readonly json?: boolean;
}

/** The class that oclif asks for. */
export abstract class NodeCommand extends Command {
  static override baseFlags = shared;

  /** How to call the node that the flags name. */
  protected node(flags: SharedFlags): CallOptions & { baseUrl: string } {
    return this.callOf(this.connection(flags));
  }

  /** Which node the flags name, and the token for it. */
  protected connection(flags: SharedFlags): Connection {
    const { server, "token-file": tokenFile, "data-dir": dataDir } = flags;
    return findConnection({ server, tokenFile, dataDir, env: process.env });
  }

  protected callOf({ baseUrl, token }: Connection): CallOptions & { baseUrl: string } {
    return { baseUrl, token, fetch: nodeFetch };
  }

  /** Whether people read what is printed. */
  protected isReadable(flags: SharedFlags): boolean {
    return flags.json !== true && process.stdout.isTTY === true;
  }

  /** Prints an answer: as JSON for programs, in words for people. */
  protected print<Answer>(flags: SharedFlags, answer: Answer, words: (answer: Answer) => string): void {
    this.log(this.isReadable(flags) ? printable(words(answer)) : JSON.stringify(answer));
  }

  /** Ends as the task stands, and says why where it isn't completed. */
  protected exitAs(task: TaskRecord): never {
    const explanation = explainTask(task);
    if (explanation !== undefined) process.stderr.write(`alink-cli: ${printable(explanation)}\n`);
    this.exit(exitOf(task));
  }

  protected override async catch(thrown: Error & { exitCode?: number }): Promise<void> {
    if (thrown instanceof Errors.ExitError) throw thrown;
    const { lines, exit } = explain(thrown);
    process.stderr.write(lines.map((line) => `${printable(line)}\n`).join(""));
    this.exit(exit);
  }
}

interface Explanation {
  readonly lines: readonly string[];
  readonly exit: number;
}

function explain(thrown: Error & { showHelp?: boolean }): Explanation {
  if (thrown instanceof AethrolinkError) return explainRefusal(thrown);
  if (thrown instanceof UnreachableError) {
    const hint =
      "Start a node with `npm start` or `npx alink-node`, or name another with --server or --data-dir.";
    return { lines: [`alink-cli: ${thrown.message}.`, hint], exit: exitCodes.unreachable };
  }
  const isUsage = thrown instanceof UsageError || thrown instanceof Errors.CLIError;
  const exit = isUsage ? exitCodes.usage : exitCodes.unexpected;
  const [first = "it failed", ...rest] = linesOf(thrown.message);
  const more = rest.filter((line) => !line.startsWith("See more help"));
  return {
    lines: [`alink-cli: ${first}`, ...more, ...(isUsage ? ["See --help for how to call it."] : [])],
    exit,
  };
}

/** What a message says, without the heading and the dim letters that oclif gives those of flags at a terminal. */
function linesOf(message: string): string[] {
  const lines = stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const [heading = "", ...mistakes] = lines;
  return /^The following errors? occurred:$/.test(heading) ? mistakes.map((line) => line.trim()) : lines;
}

const hints: { readonly [code: string]: string } = {
  unauthorized: "Set AETHROLINK_TOKEN or --token-file, or --data-dir to the node's data directory.",
  agent_not_found: "Register it with `alink-cli register`, or see what there is with `alink-cli agents`.",
  task_not_found: "See what there is with `alink-cli task-list`.",
  thread_not_found: "See what there is with `alink-cli thread-list`.",
  participant_not_found: "See what there is with `alink-cli agents` and `alink-cli targets`.",
  thread_busy: "See where it stands with `alink-cli thread-get`.",
  target_not_found: "See what there is with `alink-cli targets`.",
  runtime_not_found: "See what there is with `alink-cli runtimes`.",
  queue_full: "Give it again when some of the tasks that wait have ended; `alink-cli task-list` shows them.",
  not_awaiting_input: "See what is asked with `alink-cli questions`.",
  question_closed: "See what is asked with `alink-cli questions`.",
  parent_ambiguous: "Name it with --parent.",
  loop_detected:
    "See the tasks above with `alink-cli task-tree`; ask another target, or in another --conversation-id.",
  peer_not_found: "See what there is with `alink-cli peer-list`.",
  peer_unreachable: "See how the peers stand with `alink-cli peer-list`.",
  launch_failed: "See how its launches ended with `alink-cli runtime-launches`.",
  nothing_to_say:
    "Say it with --intent or --intent-for, and with --text, --text-file, --payload or --payload-for.",
  route_not_found: "See what each target offers with `alink-cli targets`.",
};

function explainRefusal(error: AethrolinkError): Explanation {
  const known = Object.hasOwn(errorTable, error.code)
    ? errorTable[error.code as keyof typeof errorTable]
    : undefined;
  const places =
    error.errors.length > 1 ? error.errors.map(({ path, message }) => `  ${path}: ${message}`) : [];
  const hint = hints[error.code];
  // Of other errors the log has no cause.
  const id =
    error.status === 500 && error.requestId !== undefined
      ? [`The node's log says more: request ${error.requestId}.`]
      : [];
  return {
    lines: [
      `alink-cli: ${error.detail} (${error.code})`,
      ...places,
      ...(hint === undefined ? [] : [hint]),
      ...id,
    ],
    exit: known?.exit ?? exitCodes.unexpected,
  };
}
