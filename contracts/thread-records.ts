/** What threads, their turns and their inspection look like. */
import { z } from "zod";
import { JsonRecord, NextCursor, TargetName, Time, Ulid } from "./shared.ts";
import { TaskAccepted, TaskRecord } from "./tasks.ts";
import { AdapterName, HandOffEnd, TargetOwner, TaskStatus, ThreadStatus } from "./vocabulary.ts";

const threadId = Ulid.meta({ examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D8"] });
const writer = TargetName.meta({ examples: ["writer"] });
const critic = TargetName.meta({ examples: ["critic"] });

export const ThreadRecord = z
  .object({
    thread_id: threadId,
    agent_a_id: writer,
    agent_b_id: critic,
    status: ThreadStatus,
    continuity_key: z.string().meta({ examples: ["writer:critic"] }),
    last_task_id: Ulid.optional().meta({ description: "The task of the last turn." }),
    last_actor_agent_id: writer.optional().meta({ description: "Who spoke last." }),
    last_target_agent_id: critic.optional().meta({ description: "Who was spoken to last." }),
    metadata: JsonRecord,
    created_at: Time,
    updated_at: Time.meta({ description: "When its last turn changed, or it was opened." }),
  })
  .meta({ id: "ThreadRecord", description: "A conversation of two as it is now." });
export type ThreadRecord = z.infer<typeof ThreadRecord>;

const threadLinks = z.object({
  self: z.string().meta({ examples: ["/v1/threads/01KAT3Q4V5W6X7Y8Z9A0B1C2D8"] }),
  turns: z.string().meta({ examples: ["/v1/threads/01KAT3Q4V5W6X7Y8Z9A0B1C2D8/turns"] }),
});

export const ThreadCreated = z
  .object({ thread: ThreadRecord, links: threadLinks })
  .meta({ id: "ThreadCreated", description: "The new thread, and where its turns are." });

export const ThreadList = z
  .object({ threads: z.array(ThreadRecord), next_cursor: NextCursor })
  .meta({ id: "ThreadList", description: "A page of threads, newest first." });

export const ThreadTurn = z
  .object({
    thread_id: threadId,
    turn_index: z.int().meta({ description: "From 1.", examples: [1] }),
    task_id: Ulid,
    sender_agent_id: writer,
    target_agent_id: critic,
    target_owner: TargetOwner,
    remote_peer_id: z
      .string()
      .optional()
      .meta({ description: "The peer whose target was spoken to.", examples: ["build"] }),
    destination_node_id: z.string().optional().meta({ description: "The node that took the task." }),
    destination_task_id: z.string().optional().meta({ description: "What the task is called there." }),
    destination_thread_id: z
      .string()
      .optional()
      .meta({ description: "What the thread is called there, where that node told." }),
    remote_session_id: z.string().optional().meta({ description: "In the runtime's own words." }),
    remote_execution_id: z.string().optional(),
    status: TaskStatus,
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: "ThreadTurn", description: "A turn of a thread: one speaks, the other one answers." });
export type ThreadTurn = z.infer<typeof ThreadTurn>;

export const ThreadTurns = z
  .object({ turns: z.array(ThreadTurn), next_cursor: NextCursor })
  .meta({ id: "ThreadTurns", description: "A page of turns, the first one first." });

export const SessionBinding = z
  .object({
    target_id: critic,
    subcontext_key: z
      .string()
      .meta({ description: "Which part of the target's process.", examples: ["default"] }),
    sticky_key: z.string().meta({ examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D8"] }),
    adapter: AdapterName,
    remote_session_id: z.string().meta({ examples: ["sess-7"] }),
    metadata: JsonRecord,
    created_at: Time,
    updated_at: Time,
    last_used_at: Time,
    last_activity_at: Time,
  })
  .meta({ id: "SessionBinding", description: "Which session of a runtime continues a conversation." });
export type SessionBinding = z.infer<typeof SessionBinding>;

export const ThreadInspection = z
  .object({
    thread: ThreadRecord,
    turns: z.array(ThreadTurn).meta({ description: "The newest 200, or those before the cursor, in order." }),
    next_cursor: NextCursor.meta({ description: "Where the turns before these are; null: there are none." }),
    participants: z.array(
      z.object({
        agent_id: writer,
        owner: TargetOwner,
        peer_id: z
          .string()
          .optional()
          .meta({ description: "The peer whose target it is.", examples: ["build"] }),
        node_id: z.string().optional().meta({ description: "That peer's node, where its key is known." }),
      }),
    ),
    continuity: z.array(
      z.object({
        agent_id: critic,
        last_remote_session_id: z.string().optional(),
        last_remote_execution_id: z.string().optional(),
        session_bindings: z.array(SessionBinding),
      }),
    ),
    next_continue: z.object({
      sender_agent_id: critic,
      target_agent_id: writer,
      will_reuse_remote_session: z.boolean().meta({
        description:
          "Whether the target's session of this thread will be taken up again; of a peer's target, whether one was told of there.",
      }),
    }),
    hand_off: z
      .object({
        turns_left: z.int().meta({ description: "Automatic turns behind the last one.", examples: [3] }),
        ended: HandOffEnd.nullable().meta({ description: "Why they don't follow; null: they do." }),
        detail: z.string().optional().meta({ description: "For people." }),
      })
      .nullable()
      .meta({ description: "The automatic hand-off behind the last turn; null: there is none." }),
    interruption_reason: z
      .string()
      .optional()
      .meta({
        description: "Why the last turn was cut off.",
        examples: ["the node ended in mid-turn, and the runtime's process with it"],
      }),
  })
  .meta({ id: "ThreadInspection", description: "How a thread stands, and how it would go on." });
export type ThreadInspection = z.infer<typeof ThreadInspection>;

export const ThreadContinued = z
  .object({
    task: TaskRecord,
    thread_id: threadId,
    links: TaskAccepted.shape.links,
  })
  .meta({ id: "ThreadContinued", description: "The turn's task, and where to follow it." });
