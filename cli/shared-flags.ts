/** Flags and arguments of several commands. */
import { Args, Flags } from "@oclif/core";

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
