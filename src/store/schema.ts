/**
 * The tables. Columns bear the names of the wire; JSON stands as text. `npm run generate` makes the
 * migrations from here.
 */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import {
  adapterNames,
  cancelledBy,
  eventSources,
  handOffEnds,
  launchStatuses,
  peerStatuses,
  peerTrusts,
  relayStatuses,
  stickyModes,
  taskEventKinds,
  taskStatuses,
} from "#contracts/enums.ts";

/** Every runtime that this file has seen, so that leases and launches of one that has gone keep their name. */
export const runtimes = sqliteTable("runtimes", {
  runtime_id: text().primaryKey(),
  display_name: text().notNull(),
  adapter: text().notNull(),
  dialect: text().notNull(),
  updated_at: text().notNull(),
});

export const runtimeLeases = sqliteTable(
  "runtime_leases",
  {
    lease_id: text().primaryKey(),
    runtime_id: text()
      .notNull()
      .references(() => runtimes.runtime_id),
    subcontext_key: text().notNull(),
    process_id: integer(),
    metadata: text().notNull(),
    created_at: text().notNull(),
    released_at: text(),
  },
  (lease) => [index("runtime_leases_held").on(lease.runtime_id).where(sql`released_at IS NULL`)],
);

export const tasks = sqliteTable(
  "tasks",
  {
    task_id: text().primaryKey(),
    thread_id: text(),
    conversation_id: text().notNull(),
    sender: text().notNull(),
    intent: text().notNull(),
    requested_runtime: text(),
    resolved_runtime: text().notNull(),
    runtime_options: text().notNull(),
    payload: text(),
    payload_artifact_id: text(),
    delivery: text().notNull(),
    trace: text().notNull(),
    /** That of `trace`, for those who look for children. */
    parent_task_id: text(),
    metadata: text().notNull(),
    created_at: text().notNull(),
    status: text({ enum: taskStatuses }).notNull(),
    /** Who asked for the cancel that is under way. */
    cancel: text({ enum: cancelledBy }),
    last_seq: integer().notNull(),
    remote: text(),
    /** What an adapter needs to attach again; never leaves the node. */
    adapter_state: text(),
    awaiting: text().notNull(),
    last_error: text(),
    result: text(),
    result_artifact_id: text(),
    usage: text(),
    updated_at: text().notNull(),
    finished_at: text(),
  },
  (task) => [
    index("tasks_by_status").on(task.status, task.task_id),
    index("tasks_by_target").on(task.resolved_runtime, task.task_id),
    index("tasks_by_sender").on(task.sender, task.task_id),
    index("tasks_by_conversation").on(task.conversation_id, task.task_id),
    index("tasks_by_parent").on(task.parent_task_id, task.task_id).where(sql`parent_task_id IS NOT NULL`),
    index("tasks_by_thread").on(task.thread_id, task.task_id).where(sql`thread_id IS NOT NULL`),
  ],
);

export const taskEvents = sqliteTable(
  "task_events",
  {
    /** The order of commits over all tasks. */
    position: integer().primaryKey({ autoIncrement: true }),
    event_id: text().notNull(),
    /** Refers to no row: the events of a forgotten task go after it, some at a time. */
    task_id: text().notNull(),
    seq: integer().notNull(),
    kind: text({ enum: taskEventKinds }).notNull(),
    state: text({ enum: taskStatuses }).notNull(),
    source: text({ enum: eventSources }).notNull(),
    message: text(),
    data: text().notNull(),
    created_at: text().notNull(),
    /** Its task's, once more, so that a participant's events are found by position; null: `local`. */
    sender: text(),
    target: text().notNull(),
  },
  (event) => [
    index("task_events_by_sender").on(event.sender, event.position).where(sql`sender IS NOT NULL`),
    index("task_events_by_target").on(event.target, event.position),
    uniqueIndex("task_events_seq").on(event.task_id, event.seq),
    // The database itself refuses a second end. (For IN, SQLite would make a table of the three for each event.)
    uniqueIndex("task_events_end")
      .on(event.task_id)
      .where(sql`kind = 'task.completed' OR kind = 'task.failed' OR kind = 'task.cancelled'`),
  ],
);

export const artifacts = sqliteTable(
  "artifacts",
  {
    artifact_id: text().primaryKey(),
    /** As with events. */
    task_id: text().notNull(),
    media_type: text().notNull(),
    size_bytes: integer().notNull(),
    sha256: text().notNull(),
    created_at: text().notNull(),
  },
  (artifact) => [index("artifacts_by_task").on(artifact.task_id)],
);

/** Tasks that were forgotten, while events or artifacts of them are still there. */
export const forgottenTasks = sqliteTable("forgotten_tasks", { task_id: text().primaryKey() });

/** One row, of id 1: up to here events of forgotten tasks are missing. */
export const forgottenPosition = sqliteTable("forgotten_position", {
  id: integer().primaryKey(),
  position: integer().notNull(),
});

export const launchHistory = sqliteTable(
  "launch_history",
  {
    launch_id: text().primaryKey(),
    runtime_id: text()
      .notNull()
      .references(() => runtimes.runtime_id),
    subcontext_key: text().notNull(),
    command: text().notNull(),
    pid: integer(),
    started_at_os: text(),
    status: text({ enum: launchStatuses }).notNull(),
    error_text: text(),
    started_at: text().notNull(),
    ended_at: text(),
  },
  (launch) => [
    index("launch_history_open").on(launch.launch_id).where(sql`ended_at IS NULL`),
    index("launch_history_by_runtime").on(launch.runtime_id, launch.launch_id),
  ],
);

/** Which session of a runtime continues what; outlives the runtime's process and the node. */
export const sessionBindings = sqliteTable(
  "session_bindings",
  {
    target_id: text().notNull(),
    subcontext_key: text().notNull(),
    sticky_key: text().notNull(),
    adapter: text({ enum: adapterNames }).notNull(),
    remote_session_id: text().notNull(),
    metadata: text().notNull(),
    created_at: text().notNull(),
    updated_at: text().notNull(),
    last_used_at: text().notNull(),
    last_activity_at: text().notNull(),
  },
  (binding) => [
    // In this order it finds those of a thread, too.
    primaryKey({ columns: [binding.sticky_key, binding.target_id, binding.subcontext_key] }),
    index("session_bindings_age").on(binding.last_used_at),
  ],
);

/** Conversations of two; all that changes of one follows from its turns. */
export const threads = sqliteTable(
  "threads",
  {
    thread_id: text().primaryKey(),
    agent_a_id: text().notNull(),
    agent_b_id: text().notNull(),
    continuity_key: text().notNull(),
    metadata: text().notNull(),
    created_at: text().notNull(),
  },
  (thread) => [
    index("threads_of_a").on(thread.agent_a_id, thread.thread_id),
    index("threads_of_b").on(thread.agent_b_id, thread.thread_id),
  ],
);

/** Which task is which turn, and what is to follow by itself. How a turn stands is its task's to say. */
export const threadTurns = sqliteTable(
  "thread_turns",
  {
    thread_id: text()
      .notNull()
      .references(() => threads.thread_id, { onDelete: "cascade" }),
    turn_index: integer().notNull(),
    task_id: text()
      .notNull()
      .references(() => tasks.task_id, { onDelete: "cascade" }),
    sender_agent_id: text().notNull(),
    target_agent_id: text().notNull(),
    /** Turns that are to follow by themselves. */
    turns_left: integer().notNull(),
    /** How they are made; for as long as they follow. */
    plan: text(),
    /** How the hand-off behind this turn ended; null: it is due, or there is none. */
    hand_off_end: text({ enum: handOffEnds }),
    hand_off_detail: text(),
  },
  (turn) => [
    primaryKey({ columns: [turn.thread_id, turn.turn_index] }),
    uniqueIndex("thread_turns_of_task").on(turn.task_id),
    index("thread_turns_due").on(turn.thread_id).where(sql`turns_left > 0 AND hand_off_end IS NULL`),
  ],
);

export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    principal: text().notNull(),
    method: text().notNull(),
    path: text().notNull(),
    key: text().notNull(),
    body_sha256: text().notNull(),
    task_id: text().notNull(),
    created_at: text().notNull(),
  },
  (row) => [
    primaryKey({ columns: [row.principal, row.method, row.path, row.key] }),
    index("idempotency_keys_age").on(row.created_at),
  ],
);

/** Participants that registered; whether one is online follows from `lease_expires_at`. */
export const agents = sqliteTable("agents", {
  agent_id: text().primaryKey(),
  display_name: text().notNull(),
  transport_kind: text().notNull(),
  runtime_kind: text(),
  runtime_id: text(),
  endpoint: text(),
  adapter: text(),
  dialect: text(),
  healthcheck: text(),
  launch: text(),
  defaults: text().notNull(),
  capabilities: text().notNull(),
  sticky_mode: text({ enum: stickyModes }),
  metadata: text().notNull(),
  lease_ttl_seconds: integer().notNull(),
  registered_at: text().notNull(),
  updated_at: text().notNull(),
  last_seen_at: text().notNull(),
  lease_expires_at: text().notNull(),
});

export const tokens = sqliteTable("tokens", {
  token_id: text().primaryKey(),
  role: text().notNull(),
  name: text().notNull(),
  /** Of the token's text, which is kept nowhere. */
  sha256: text().notNull().unique(),
  created_at: text().notNull(),
});

/** Other nodes. */
export const peers = sqliteTable(
  "peers",
  {
    peer_id: text().primaryKey(),
    /** Of this node under this name: whoever is known by the name later has another. */
    pairing_id: text().notNull(),
    display_name: text().notNull(),
    base_url: text().notNull(),
    node_id: text(),
    trust: text({ enum: peerTrusts }).notNull(),
    status: text({ enum: peerStatuses }).notNull(),
    status_reason: text(),
    capabilities: text().notNull(),
    metadata: text().notNull(),
    registered_at: text().notNull(),
    updated_at: text().notNull(),
    last_seen_at: text(),
  },
  // A key is one peer's; what unsigned nodes call themselves is no key.
  (peer) => [uniqueIndex("peers_by_key").on(peer.node_id).where(sql`node_id LIKE 'did:key:%'`)],
);

/** What peers have said they have. */
export const peerTargets = sqliteTable(
  "peer_targets",
  {
    peer_id: text()
      .notNull()
      .references(() => peers.peer_id, { onDelete: "cascade" }),
    target_id: text().notNull(),
    display_name: text().notNull(),
    capabilities: text().notNull(),
    metadata: text().notNull(),
    synced_at: text().notNull(),
  },
  (target) => [primaryKey({ columns: [target.peer_id, target.target_id] })],
);

/** Messages of other nodes that were taken, as long as they would else hold. */
export const seenSignatures = sqliteTable(
  "seen_signatures",
  {
    jti: text().notNull(),
    iss: text().notNull(),
    /** Milliseconds since the epoch. */
    until: integer().notNull(),
  },
  (seen) => [primaryKey({ columns: [seen.iss, seen.jti] }), index("seen_signatures_age").on(seen.until)],
);

/** Tasks of this node for another: whom they were given to, and how much of what it told was taken over. */
export const remoteTaskBindings = sqliteTable(
  "remote_task_bindings",
  {
    task_id: text()
      .primaryKey()
      .references(() => tasks.task_id, { onDelete: "cascade" }),
    peer_id: text().notNull(),
    /** The peer's, which nobody has who is known by its name later. */
    pairing_id: text().notNull(),
    /** These three are null until the peer has accepted the task. */
    destination_node_id: text(),
    destination_task_id: text(),
    destination_thread_id: text(),
    status: text({ enum: relayStatuses }).notNull(),
    last_remote_seq: integer().notNull(),
    /** The peer is to be told of a cancel, and has not answered it. */
    owes_cancel: integer({ mode: "boolean" }).notNull().default(false),
    created_at: text().notNull(),
    updated_at: text().notNull(),
  },
  (binding) => [index("remote_task_bindings_owing").on(binding.peer_id).where(sql`owes_cancel = 1`)],
);

/** Artifacts of other nodes' making: what each is called there, and whether its bytes are here. */
export const remoteArtifacts = sqliteTable(
  "remote_artifacts",
  {
    artifact_id: text().primaryKey(),
    task_id: text()
      .notNull()
      .references(() => tasks.task_id, { onDelete: "cascade" }),
    remote_artifact_id: text().notNull(),
    fetched: integer({ mode: "boolean" }).notNull(),
  },
  (artifact) => [index("remote_artifacts_of_task").on(artifact.task_id)],
);

/** Tasks that other nodes gave this one. */
export const nodeTasks = sqliteTable(
  "node_tasks",
  {
    /** The peer's, which outlives its name and its key; empty: whoever doesn't sign. */
    pairing_id: text().notNull(),
    origin_proxy_task_id: text().notNull(),
    task_id: text()
      .notNull()
      .references(() => tasks.task_id, { onDelete: "cascade" }),
    /** The nodes that it came through, as JSON. */
    chain: text().notNull(),
    accepted_at: text().notNull(),
  },
  (task) => [
    primaryKey({ columns: [task.pairing_id, task.origin_proxy_task_id] }),
    uniqueIndex("node_tasks_of_task").on(task.task_id),
  ],
);

/** What Drizzle can't say: a task that has ended is never changed again. Made at every start. */
export const terminalTrigger = `CREATE TRIGGER IF NOT EXISTS tasks_have_ended BEFORE UPDATE ON tasks
  WHEN OLD.status = 'completed' OR OLD.status = 'failed' OR OLD.status = 'cancelled'
  BEGIN SELECT RAISE(ABORT, 'a task that has ended is never changed'); END`;
