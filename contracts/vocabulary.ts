/** The closed vocabularies of enums.ts as schemas, each under its name in the API document. */
import { z } from "zod";
import type { TokenRole as TokenRoleText } from "./enums.ts";
import {
  adapterNames,
  agentStatuses,
  cancelledBy,
  continuities,
  deliveryModes,
  eventSources,
  failureReasons,
  handOffEnds,
  launchModes,
  launchStatuses,
  questionKinds,
  remoteBindings,
  resumedBy,
  runtimeStates,
  targetOwners,
  targetSources,
  taskStatuses,
  threadStatuses,
  whenOffline,
} from "./enums.ts";

/** A role that a token can be made with; the others are the node's to give. */
const tokenRolePattern =
  /^(?:operator|reader|agent:(?!(?:local|self|register)$)(?:[a-z0-9][a-z0-9._-]{0,62}|[0-9A-HJKMNP-TV-Z]{26}))$/;

export const TaskStatus = z
  .enum(taskStatuses)
  .meta({ id: "TaskStatus", description: "Where a task stands.", examples: ["completed"] });

export const ThreadStatus = z.enum(threadStatuses).meta({
  id: "ThreadStatus",
  description:
    "Follows from the last turn. active: it is under way, a next one is due, or there is none yet; paused: it asks something; interrupted: it was cut off with the node; completed, failed, cancelled: as it ended. Whatever it is, the thread can be continued, but for active and paused.",
  examples: ["completed"],
});

export const HandOffEnd = z.enum(handOffEnds).meta({
  id: "HandOffEnd",
  description:
    "How the automatic hand-off behind a turn ended. next: the next turn was begun; interrupted, cancelled, terminal_error: so the turn ended; awaiting_input: it had asked something; same_actor_repeat: its answer was word for word the one before of the same actor; no_answer: it left nothing that could be handed on; refused: the next turn could not be begun.",
  examples: ["next"],
});

export const FailureReason = z
  .enum(failureReasons)
  .meta({ id: "FailureReason", description: "Why a task failed.", examples: ["remote_failed"] });

export const EventSource = z
  .enum(eventSources)
  .meta({ id: "EventSource", description: "Which part of the node wrote an event." });

export const WhenOffline = z.enum(whenOffline).meta({
  id: "WhenOffline",
  description:
    "What becomes of the task while its target's node can't be reached. fail: it fails; queue: it waits in pending_launch.",
  examples: ["fail"],
});

export const DeliveryMode = z.enum(deliveryModes).meta({
  id: "DeliveryMode",
  description: "sync holds the answer to a submit until the task stops moving.",
  examples: ["stream"],
});

export const LaunchMode = z.enum(launchModes).meta({
  id: "LaunchMode",
  description:
    "managed: the node starts and owns the process; on_demand: started for a task, stopped when idle; external: never started here.",
});

export const TargetOwner = z
  .enum(targetOwners)
  .meta({ id: "TargetOwner", description: "Whether a target runs at this node or at a peer." });

export const TargetSource = z
  .enum(targetSources)
  .meta({ id: "TargetSource", description: "Where a target is known from." });

export const AgentStatus = z.enum(agentStatuses).meta({
  id: "AgentStatus",
  description: "online: its lease holds; an agent that is offline can be launched all the same.",
  examples: ["online"],
});

export const AdapterName = z
  .enum(adapterNames)
  .meta({ id: "AdapterName", description: "How a runtime is driven." });

export const RuntimeState = z
  .enum(runtimeStates)
  .meta({ id: "RuntimeState", description: "The phase of a runtime's process.", examples: ["up"] });

export const LaunchStatus = z.enum(launchStatuses).meta({
  id: "LaunchStatus",
  description: "How far a launch came; intended is written before the process is spawned.",
  examples: ["ready"],
});

export const RemoteBinding = z
  .enum(remoteBindings)
  .meta({ id: "RemoteBinding", description: "How a task is bound to the place that runs it." });

export const Continuity = z
  .enum(continuities)
  .meta({ id: "Continuity", description: "How a turn continues its conversation.", examples: ["fresh"] });

export const QuestionKind = z
  .enum(questionKinds)
  .meta({ id: "QuestionKind", description: "What a question asks for." });

export const ResumedBy = z
  .enum(resumedBy)
  .meta({ id: "ResumedBy", description: "Who closed a question.", examples: ["caller"] });

export const CancelledBy = z
  .enum(cancelledBy)
  .meta({ id: "CancelledBy", description: "Who asked for a cancel.", examples: ["caller"] });

export const TokenRole = z
  .custom<TokenRoleText>((value) => typeof value === "string" && tokenRolePattern.test(value), {
    error: "must be operator, reader or agent:<id>, the id in lower case or a ULID",
  })
  .meta({
    id: "TokenRole",
    type: "string",
    pattern: tokenRolePattern.source,
    description:
      "operator: everything; reader: GET only; agent:<id>: its own record, and the tasks that it sends or is the target of.",
    examples: ["reader"],
  });
