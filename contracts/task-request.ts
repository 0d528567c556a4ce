/**
 * What a caller sends about a task: the wish itself, and the wish to stop it.
 */
import { z } from "zod";
import {
  ConversationId,
  DurationMs,
  emptyIsAbsent,
  JsonRecord,
  JsonValue,
  TargetName,
  Ulid,
  withinKb,
} from "./shared.ts";
import { DeliveryMode, WhenOffline } from "./vocabulary.ts";

export const Intent = z
  .string()
  .regex(/^\P{Cc}{1,128}$/u, "must be 1 to 128 characters without control characters")
  .meta({
    id: "Intent",
    // The same for programs that don't know Unicode's classes.
    pattern: "^[^\\x00-\\x1f\\x7f-\\x9f]{1,128}$",
    description: "What is wanted, lowercase and dotted by convention; targets offer intents as capabilities.",
    examples: ["research.topic"],
  });

/** A number that may come as its string. */
const OptionMs = z
  .union([DurationMs, z.string().regex(/^[1-9]\d{0,11}$/, "must be a number of milliseconds")])
  .nullish()
  .transform((value) => (typeof value === "string" ? Number(value) : value));

const OptionFlag = z
  .union([z.boolean(), z.enum(["true", "false"])])
  .nullish()
  .transform((value) => (typeof value === "string" ? value === "true" : value));

const OptionText = z.string().max(4096).nullish();

export const RuntimeOptions = z
  .looseObject({
    executor: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be the name of an executor")
      .nullish()
      .meta({ description: "Which of the target's launch commands runs it.", examples: ["default"] }),
    cwd: OptionText.meta({ description: "Absolute working directory.", examples: ["/srv/work"] }),
    workspace: OptionText.meta({ description: "Another name of cwd.", examples: ["/srv/work"] }),
    model: OptionText.meta({ description: "Which model the runtime shall use.", examples: ["small"] }),
    session_key: OptionText.meta({
      description: "The runtime's own name of a session.",
      examples: ["agent:main:x"],
    }),
    headers: z
      .record(z.string(), z.string())
      .nullish()
      .meta({
        description: "Headers for runtimes that are reached by HTTP.",
        examples: [{ "x-team": "core" }],
      }),
    raw_prompt: OptionFlag.meta({
      description: "Send a text that begins with / as it is.",
      examples: [false],
    }),
    initialize_timeout_ms: OptionMs.meta({
      description: "Default 30,000; 55,000 with OpenClaw.",
      examples: [30_000],
    }),
    session_setup_timeout_ms: OptionMs.meta({ description: "Default 90,000.", examples: [90_000] }),
    session_idle_timeout_ms: OptionMs.meta({ description: "Default 3,600,000.", examples: [3_600_000] }),
  })
  .refine(withinKb(16), "must be at most 16 KB, and nest at most 64 deep")
  .meta({
    id: "RuntimeOptions",
    examples: [{ cwd: "/srv/work" }],
    description:
      "Details for the runtime, laid over the target's defaults (deep for objects; null never overrides), at most 16 KB together with them. Unknown ones are kept and ignored.",
  });

export const DeliveryRequest = z
  .strictObject({
    mode: emptyIsAbsent(DeliveryMode).meta({
      description: "sync: hold the answer until the task is terminal or asks. Default: stream.",
      examples: ["stream"],
    }),
    launch_if_down: z.boolean().default(true).meta({ description: "Start the target if it is down." }),
    timeout_ms: DurationMs.nullish().meta({
      description:
        "Running time, standing still while a question is open; absent: the target's, else the node's; null: none.",
    }),
    question_timeout_ms: DurationMs.optional().meta({
      description: "How long a question stays open; default 24 h.",
    }),
    queue_timeout_ms: DurationMs.optional().meta({
      description: "How long it may wait to be dispatched; default 1 h.",
    }),
    wait_ms: z
      .int()
      .min(0)
      .max(600_000)
      .optional()
      .meta({ description: "How long sync holds the answer; default and most 10 minutes." }),
    when_offline: emptyIsAbsent(WhenOffline).meta({
      description: "For a target of another node: fail (default) when that can't be reached, or queue.",
      examples: ["queue"],
    }),
  })
  .meta({
    id: "DeliveryRequest",
    description: "How the task is to be delivered; each part has its own default.",
  });

/** Anything of the caller's. */
export const Metadata = JsonRecord.refine(withinKb(16), "must be at most 16 KB");

export const TaskCreateRequest = z
  .strictObject({
    intent: Intent,
    payload: JsonValue.meta({
      description: "What the target gets; {text} is the usual shape for an agent.",
      examples: [{ text: "Summarize the last release." }],
    }),
    target_runtime: emptyIsAbsent(TargetName).meta({
      description: "Who shall do it; absent: routed by intent.",
      examples: ["research"],
    }),
    target_agent_id: emptyIsAbsent(TargetName).meta({
      description: "Another name of target_runtime.",
      examples: ["research"],
    }),
    sender: emptyIsAbsent(TargetName).meta({
      description: 'Who asks; default "local".',
      examples: ["local"],
    }),
    runtime_options: RuntimeOptions.optional(),
    thread_id: emptyIsAbsent(Ulid).meta({
      description:
        "Makes the task the next turn of a thread that the sender is in; an absent target is the other one, an absent conversation_id the thread's id.",
    }),
    conversation_id: emptyIsAbsent(ConversationId).meta({
      description: "Turns with the same one share the runtime's session; made if absent.",
    }),
    delivery: DeliveryRequest.nullish(),
    trace: z
      .strictObject({
        trace_id: emptyIsAbsent(
          z.string().regex(/^[\x21-\x7e]{1,128}$/, "must be 1 to 128 visible ASCII characters"),
        ),
        parent_task_id: emptyIsAbsent(Ulid).meta({
          description:
            "The open task that this one is a part of, at most 8 above it; the trace is the parent's unless another is named. A runtime's own token names it by itself.",
          examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D2"],
        }),
      })
      .nullish()
      .meta({
        description: "Continues a trace; a traceparent header does too.",
        examples: [{ trace_id: "0af7651916cd43dd8448eb211c80319c" }],
      }),
    metadata: Metadata.nullish().meta({
      description: "Anything of yours, at most 16 KB.",
      examples: [{ ticket: "A-17" }],
    }),
  })
  .refine(
    (task) => !(task.target_runtime && task.target_agent_id && task.target_runtime !== task.target_agent_id),
    { path: ["target_agent_id"], message: "differs from target_runtime; give one of them" },
  )
  .meta({
    id: "TaskCreateRequest",
    description: "A task to be done.",
    examples: [
      {
        intent: "research.topic",
        payload: { text: "Summarize the last release." },
        target_runtime: "research",
        conversation_id: "release-notes",
      },
    ],
  });
export type TaskCreateRequest = z.output<typeof TaskCreateRequest>;

export const TaskResumeRequest = z
  .strictObject({
    payload: JsonValue.meta({
      description:
        "The answer: {option_id}; {approved}, where true allows once and false rejects once; or what was asked for.",
      examples: [{ approved: true }],
    }),
    request_id: emptyIsAbsent(Ulid).meta({
      description: "Which question; may be left out when one is open.",
      examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D5"],
    }),
    // Its event has 16 KB, and says who answered which question.
    metadata: JsonRecord.refine(withinKb(15), "must be at most 15 KB")
      .nullish()
      .meta({
        description: "Anything of yours, at most 15 KB, kept with the event.",
        examples: [{ ticket: "A-17" }],
      }),
  })
  .meta({ id: "TaskResumeRequest", description: "An answer to a question of the runtime." });
export type TaskResumeRequest = z.output<typeof TaskResumeRequest>;

export const TaskCancelRequest = z
  .strictObject({
    reason: emptyIsAbsent(z.string().max(1024)).meta({ description: "Why.", examples: ["no longer needed"] }),
  })
  .meta({ id: "TaskCancelRequest", description: "A wish to stop a task." });
