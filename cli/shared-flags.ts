/** Ids that come as a flag or as the first argument. */
import { Args, Flags } from "@oclif/core";

export const taskId = {
  flags: { "task-id": Flags.string({ description: "the task" }) },
  args: { task: Args.string({ description: "the task" }) },
};

export const runtimeId = {
  flags: { "runtime-id": Flags.string({ description: "the runtime" }) },
  args: { runtime: Args.string({ description: "the runtime" }) },
};
