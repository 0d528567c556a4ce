/** Flags and arguments of several commands. */
import { exitCodes } from "@aethrolink/client";
import { Args, Flags } from "@oclif/core";
import { durationMs } from "./values.ts";

/** The id of a task, as a flag or as the first argument. */
export const taskId = {
  flags: { "task-id": Flags.string({ description: "the task" }) },
  args: { task: Args.string({ description: "the task" }) },
};

/** The id of a thread, as a flag or as the first argument. */
export const threadId = {
  flags: { "thread-id": Flags.string({ description: "the thread" }) },
  args: { thread: Args.string({ description: "the thread" }) },
};

/** Which page of a list. */
export const page = {
  limit: Flags.integer({ description: "how many at most", min: 1, max: 200 }),
  cursor: Flags.string({ description: "the next_cursor of the page before" }),
};

/** The same for the API. */
export const pageOf = ({ limit, cursor }: { limit?: number | undefined; cursor?: string | undefined }) => ({
  ...(limit === undefined ? {} : { limit }),
  ...(cursor === undefined ? {} : { cursor }),
});

/** For those who can't wait for long in one go, such as agents. */
export const waitFor = {
  "wait-for": Flags.string({
    description: `wait, but no longer than this, like 45s; then the task goes on, with exit code ${exitCodes.task_unfinished}`,
    exclusive: ["follow"],
  }),
};

/** For scripts, which go on with the id. */
export const idAlone = (...others: string[]) => ({
  id: Flags.boolean({ description: "print the id alone", exclusive: ["json", ...others] }),
});

/**
 * How long to wait at most.
 * @returns milliseconds; undefined: to the end
 * @throws UsageError
 */
export const waitLimitOf = (flags: { readonly "wait-for"?: string | undefined }): number | undefined =>
  flags["wait-for"] === undefined ? undefined : durationMs(flags["wait-for"]);

/** The id of a runtime, as a flag or as the first argument. */
export const runtimeId = {
  flags: { "runtime-id": Flags.string({ description: "the runtime" }) },
  args: { runtime: Args.string({ description: "the runtime" }) },
};

/** Options for a runtime, one a flag. */
export const runtimeOption = {
  option: Flags.string({
    description: "an option for the runtime, as name=value; repeatable",
    multiple: true,
    multipleNonGreedy: true,
  }),
};
