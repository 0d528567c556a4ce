/** Flags and arguments of several commands. */
import { Args, Flags } from "@oclif/core";

/** The id of a task, as a flag or as the first argument. */
export const taskId = {
  flags: { "task-id": Flags.string({ description: "the task" }) },
  args: { task: Args.string({ description: "the task" }) },
};

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
