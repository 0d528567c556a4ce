/**
 * The closed vocabularies of the wire. No Zod here, so that the core may import them.
 * Each list is the single source: the schemas, the database and the docs are made from it.
 */

/** Where a task stands. There are no others. */
export const taskStatuses = [
  "created",
  "pending_launch",
  "launching",
  "ready",
  "dispatching",
  "running",
  "awaiting_input",
  "completed",
  "failed",
  "cancelled",
] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** The statuses that a task never leaves. */
export const terminalStatuses = ["completed", "failed", "cancelled"] as const;
export type TerminalStatus = (typeof terminalStatuses)[number];
export type OpenStatus = Exclude<TaskStatus, TerminalStatus>;

/** Where a thread stands, which follows from its last turn. */
export const threadStatuses = [
  "active",
  "paused",
  "interrupted",
  "completed",
  "failed",
  "cancelled",
] as const;
export type ThreadStatus = (typeof threadStatuses)[number];

/**
 * How the automatic hand-off behind a turn ended. `next`: the next turn was begun. `refused`: the next
 * turn could not be begun.
 */
export const handOffEnds = [
  "next",
  "interrupted",
  "cancelled",
  "terminal_error",
  "awaiting_input",
  "same_actor_repeat",
  "no_answer",
  "refused",
] as const;
export type HandOffEnd = (typeof handOffEnds)[number];

/** What can happen to a task. Clients ignore kinds that they don't know. */
export const taskEventKinds = [
  "task.created",
  "task.routed",
  "runtime.pending_launch",
  "runtime.launching",
  "runtime.ready",
  "task.dispatching",
  "task.running",
  "task.progress",
  "task.awaiting_input",
  "task.resume_requested",
  "task.resumed",
  "task.cancel_requested",
  "task.completed",
  "task.failed",
  "task.cancelled",
  "artifact.created",
  "runtime.health",
] as const;
export type TaskEventKind = (typeof taskEventKinds)[number];

/** Which part of the node wrote an event. */
export const eventSources = ["core", "adapter", "runtime", "transport", "storage", "api"] as const;
export type EventSource = (typeof eventSources)[number];

/** Why a task failed. `resume_failed`: the answer was sent and its outcome is unknown. */
export const failureReasons = [
  "route_not_found",
  "route_ambiguous",
  "runtime_unavailable",
  "launch_failed",
  "submit_failed",
  "protocol_error",
  "remote_failed",
  "resume_failed",
  "cancel_failed",
  "timeout",
  "interrupted",
  "internal_error",
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** `sync` holds the answer to a submit until the task stops moving. */
export const deliveryModes = ["stream", "sync"] as const;
export type DeliveryMode = (typeof deliveryModes)[number];

/**
 * `managed`: the node starts and owns the process; `on_demand`: started for a task, stopped when
 * idle; `external`: never started here.
 */
export const launchModes = ["managed", "on_demand", "external"] as const;
export type LaunchMode = (typeof launchModes)[number];

/** Whether a target runs at this node or at a peer. */
export const targetOwners = ["local", "remote"] as const;
export type TargetOwner = (typeof targetOwners)[number];

/** Whether an agent's lease holds. */
export const agentStatuses = ["online", "offline"] as const;
export type AgentStatus = (typeof agentStatuses)[number];

/** Where a target is known from. */
export const targetSources = ["registry", "agent", "peer"] as const;
export type TargetSource = (typeof targetSources)[number];

/** What a target's sessions are kept by. */
export const stickyModes = ["conversation", "thread", "none"] as const;
export type StickyMode = (typeof stickyModes)[number];

/** How a target answers a permission question of its runtime. */
export const permissionPolicies = ["ask", "allow", "deny"] as const;
export type PermissionPolicy = (typeof permissionPolicies)[number];

/** What becomes of a task whose target's node can't be reached: it fails, or waits. */
export const whenOffline = ["fail", "queue"] as const;
export type WhenOffline = (typeof whenOffline)[number];

/** How far a relayed task has come; then as it ended. */
export const relayStatuses = [
  "relay_pending",
  "relay_streaming",
  "relay_interrupted",
  ...terminalStatuses,
] as const;
export type RelayStatus = (typeof relayStatuses)[number];

/** How a task is bound to the place that runs it. */
export const remoteBindings = ["acp_client_stdio", "acp_comm_http", "node_relay"] as const;
export type RemoteBinding = (typeof remoteBindings)[number];

/** How a turn continues its conversation: the rung of the ladder that was taken. */
export const continuities = ["live", "resumed", "loaded", "fresh"] as const;
export type Continuity = (typeof continuities)[number];

/** Adapters of this version. */
export const adapterNames = ["acp", "acp_http", "node_relay"] as const;
export type AdapterName = (typeof adapterNames)[number];

/** Phases of a supervised process, as the health of its runtime shows them. */
export const runtimeStates = ["down", "starting", "up", "stopping"] as const;
export type RuntimeState = (typeof runtimeStates)[number];

/** How far a launch came. `intended` is committed before the process is spawned. */
export const launchStatuses = ["intended", "launching", "ready", "failed", "exited"] as const;
export type LaunchStatus = (typeof launchStatuses)[number];

/** Who closed a question. */
export const resumedBy = ["caller", "policy", "runtime", "timeout"] as const;
export type ResumedBy = (typeof resumedBy)[number];

/** Who asked for a cancel. */
export const cancelledBy = ["caller", "parent", "timeout"] as const;
export type CancelledBy = (typeof cancelledBy)[number];

/** Whose a token is: the operator, somebody who only reads, an agent, or a process that the node started. */
export const callerKinds = ["operator", "reader", "agent", "runtime"] as const;
export type CallerKind = (typeof callerKinds)[number];
/** What a token may do, as one string. */
export type TokenRole = "operator" | "reader" | `agent:${string}` | `runtime:${string}`;

/** What a question asks for. */
export const questionKinds = ["permission", "input"] as const;
export type QuestionKind = (typeof questionKinds)[number];

/** How safely a commit is written: `full` survives a power cut, `normal` only the end of the process. */
export const durabilities = ["full", "normal"] as const;
export type Durability = (typeof durabilities)[number];

/** How far this node believes a peer. `pending`: not yet; `unsigned`: without any proof, because the operator allowed it. */
export const peerTrusts = ["pending", "trusted", "unsigned", "blocked"] as const;
export type PeerTrust = (typeof peerTrusts)[number];

/** Whether a peer answered when it was last asked. */
export const peerStatuses = ["online", "offline"] as const;
export type PeerStatus = (typeof peerStatuses)[number];

/** Whether a peer's target can be reached now. */
export const peerTargetStatuses = ["available", "unavailable"] as const;
export type PeerTargetStatus = (typeof peerTargetStatuses)[number];

/** What a message between nodes is about; signed with it. */
export const messageTypes = [
  "task.submit",
  "task.accepted",
  "task.event",
  "task.resume",
  "task.cancel",
  "task.artifact",
  "targets.list",
  "node.health",
  "node.pair",
  "node.rotate",
  "error",
] as const;
export type MessageType = (typeof messageTypes)[number];
