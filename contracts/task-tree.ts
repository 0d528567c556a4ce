/** What a task has delegated: the tasks beneath it, and what all of them have used. */
import { z } from "zod";
import { Time, Ulid } from "./shared.ts";
import { Intent } from "./task-request.ts";
import { LastError, Usage } from "./tasks.ts";
import { TaskStatus } from "./vocabulary.ts";

/** One answer holds no more. */
export const mostInTree = 1000;

export const TaskInTree = z
  .object({
    task_id: Ulid,
    parent_task_id: Ulid.nullable().meta({
      description: "The task right above it; also of the first one, if it has one.",
      examples: [null],
    }),
    depth: z.int().meta({ description: "Steps below the task that was asked for.", examples: [0] }),
    sender: z.string().meta({ examples: ["local"] }),
    origin_task_id: z
      .string()
      .nullable()
      .meta({
        description: "What it is called at the node that gave it; null: no other node did.",
        examples: [null],
      }),
    destination_task_id: z
      .string()
      .nullable()
      .meta({
        description: "What it is called at the node that it was given to; null: it was given to none.",
        examples: [null],
      }),
    resolved_runtime: z.string().meta({ description: "The target that it went to.", examples: ["research"] }),
    intent: Intent,
    status: TaskStatus,
    last_error: LastError.nullable().meta({ examples: [null] }),
    usage: Usage.nullable(),
    created_at: Time,
    finished_at: Time.nullable(),
  })
  .meta({ id: "TaskInTree", description: "A task as a part of a tree." });
export type TaskInTree = z.infer<typeof TaskInTree>;

const figures = {
  input_tokens: z.int().meta({ examples: [1624] }),
  output_tokens: z.int().meta({ examples: [128] }),
  cost_usd: z.number().meta({ examples: [0.02] }),
};

export const TreeUsage = z
  .object({
    input_tokens: figures.input_tokens.optional(),
    output_tokens: figures.output_tokens.optional(),
    cost_usd: figures.cost_usd.optional(),
    unknown: z
      .object({
        input_tokens: z.int().meta({ examples: [0] }),
        output_tokens: z.int().meta({ examples: [0] }),
        cost_usd: z.int().meta({ examples: [2] }),
      })
      .meta({ description: "How many of the tasks haven't told it; the sum is without them." }),
  })
  .meta({
    id: "TreeUsage",
    description: "What the tasks have used together. A figure that none of them told is missing.",
  });
export type TreeUsage = z.infer<typeof TreeUsage>;

export const TaskTree = z
  .object({
    task_id: Ulid.meta({
      description: "The task that was asked for.",
      examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D3"],
    }),
    tasks: z.array(TaskInTree).meta({
      description:
        "Each right after its parent and the tasks beneath its older siblings; the first is the one that was asked for.",
    }),
    usage: TreeUsage.meta({ description: "Of the tasks that are listed." }),
    truncated: z.boolean().meta({ description: "There are more tasks than are listed.", examples: [false] }),
  })
  .meta({ id: "TaskTree", description: "A task and all that was delegated beneath it." });
export type TaskTree = z.infer<typeof TaskTree>;
