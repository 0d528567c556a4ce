/** Threads in words. */
import type { ThreadInspection, ThreadRecord, ThreadTurn } from "@aethrolink/client";
import { fieldsInWords, table } from "./render.ts";

/** A line for each thread. */
export function threadsInWords(threads: readonly ThreadRecord[]): string {
  const rows = threads.map(({ thread_id, status, agent_a_id, agent_b_id, continuity_key, updated_at }) => ({
    thread: thread_id,
    status,
    between: `${agent_a_id} and ${agent_b_id}`,
    key: continuity_key,
    updated: updated_at,
  }));
  return table(rows, "There are no such threads.");
}

/** A line for each turn. */
export function turnsInWords(turns: readonly ThreadTurn[]): string {
  const rows = turns.map(
    ({ turn_index, sender_agent_id, target_agent_id, task_id, status, remote_session_id }) => ({
      turn: String(turn_index),
      speaker: sender_agent_id,
      to: target_agent_id,
      status,
      task: task_id,
      session: remote_session_id ?? "",
    }),
  );
  return table(rows, "There are no turns yet.");
}

/** A new thread, and how to go on with it. */
export function threadInWords(thread: ThreadRecord): string {
  const fields = fieldsInWords([
    ["thread", thread.thread_id],
    ["status", thread.status],
    ["between", `${thread.agent_a_id} and ${thread.agent_b_id}`],
    ["key", thread.continuity_key],
    ["created", thread.created_at],
  ]);
  return `${fields}\n\nBegin with: alink-cli thread-continue ${thread.thread_id} --intent … --text …`;
}

/** How a thread stands, and how it would go on. */
export function inspectionInWords(inspection: ThreadInspection): string {
  const { thread, turns, participants, next_continue, next_cursor, interruption_reason } = inspection;
  const { sender_agent_id, target_agent_id, will_reuse_remote_session } = next_continue;
  const reuse = will_reuse_remote_session ? "its session is taken up again" : "in a new session";
  const head = fieldsInWords([
    ["thread", thread.thread_id],
    ["status", thread.status],
    ["why", interruption_reason],
    ["key", thread.continuity_key],
    ["updated", thread.updated_at],
    ["owners", participants.map((each) => `${each.agent_id} ${ownerOf(each)}`).join(", ")],
    ["sessions", inspection.continuity.map(sessionsOf).join("; ")],
    ["hand-off", handOffInWords(inspection)],
    ["next", `${sender_agent_id} speaks to ${target_agent_id}, ${reuse}`],
  ]);
  const older = next_cursor === null ? "" : "\n\nOlder turns: alink-cli thread-turns";
  return `${head}\n\n${turnsInWords(turns)}${older}`;
}

const ownerOf = ({ owner, peer_id }: ThreadInspection["participants"][number]) =>
  owner === "local" ? "(this node)" : `(${peer_id ?? "a peer"})`;

function sessionsOf({
  agent_id,
  session_bindings,
  last_remote_session_id,
}: ThreadInspection["continuity"][number]) {
  // What a peer keeps is known only by what it told.
  if (agent_id.includes("/")) return `${agent_id} ${last_remote_session_id ?? "none"}`;
  const ids = session_bindings.map(({ remote_session_id }) => remote_session_id);
  if (ids.length > 0) return `${agent_id} ${ids.join(" ")}`;
  return last_remote_session_id === undefined ? `${agent_id} none` : `${agent_id} none kept`;
}

function handOffInWords({ hand_off }: ThreadInspection): string | undefined {
  if (hand_off === null) return undefined;
  const left = hand_off.turns_left === 1 ? "1 turn" : `${hand_off.turns_left} turns`;
  if (hand_off.ended === null) return `${left} to follow by themselves`;
  const detail = hand_off.detail === undefined ? "" : ` (${hand_off.detail})`;
  return `ended with ${left} left: ${hand_off.ended}${detail}`;
}
