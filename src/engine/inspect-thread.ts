/** What is told of a thread: all from what is on disk, no runtime is touched. */

import type { JsonObject } from "#contracts/shared.ts";
import type { LastError, TaskRemote } from "#contracts/tasks.ts";
import type { ThreadInspection, ThreadRecord, ThreadTurn } from "#contracts/thread-records.ts";
import type { JsonObject as Options } from "#src/core/ports.ts";
import { stickyKey } from "#src/core/sticky-key.ts";
import { threadStatus } from "#src/core/thread.ts";
import type { ThreadRow, TurnRow } from "#src/store/threads.ts";
import type { Engine } from "./engine.ts";
import { participantOf } from "./participants.ts";
import { relayPeer } from "./relay-link.ts";
import { handOffEndOf, isDue, isOver, planOf, standingOf } from "./thread-standing.ts";
import { pairOf } from "./thread-turns.ts";

/** The record of the wire. */
export function threadRecord(
  engine: Engine,
  row: ThreadRow,
  last = engine.threads.last(row.thread_id),
): ThreadRecord {
  const spoken =
    last === undefined
      ? {}
      : {
          last_task_id: last.task_id,
          last_actor_agent_id: last.sender_agent_id,
          last_target_agent_id: last.target_agent_id,
        };
  const status = threadStatus(last && standingOf(last), last !== undefined && isDue(engine, last));
  const metadata = JSON.parse(row.metadata) as JsonObject;
  return { ...row, ...spoken, metadata, status, updated_at: last?.updated_at ?? row.created_at };
}

const remoteOf = ({ remote }: TurnRow) => (remote === null ? undefined : (JSON.parse(remote) as TaskRemote));

/** The record of the wire. */
export function turnRecord(engine: Engine, row: TurnRow): ThreadTurn {
  const { thread_id, turn_index, task_id, sender_agent_id, target_agent_id, status, created_at, updated_at } =
    row;
  const { binding: _binding, ...remote } = remoteOf(row) ?? { binding: undefined };
  return {
    ...{ thread_id, turn_index, task_id, sender_agent_id, target_agent_id },
    ...ownerOf(engine, row),
    ...remote,
    ...{ status, created_at, updated_at },
  };
}

/** Who has the target of a turn, and what the turn is called there as far as that was told. */
function ownerOf(engine: Engine, row: TurnRow) {
  const { owner, peer_id } = participantOf(engine, row.target_agent_id);
  const { destination_node_id, destination_task_id, destination_thread_id } = row;
  return {
    target_owner: owner,
    ...(peer_id === undefined ? {} : { remote_peer_id: peer_id }),
    ...(destination_node_id === null ? {} : { destination_node_id }),
    ...(destination_task_id === null ? {} : { destination_task_id }),
    ...(destination_thread_id === null ? {} : { destination_thread_id }),
  };
}

/**
 * How a thread stands and how it would go on.
 * @param turns the turns to be shown, in order
 */
export function inspectThread(
  engine: Engine,
  row: ThreadRow,
  turns: readonly TurnRow[],
): Omit<ThreadInspection, "next_cursor"> {
  const last = engine.threads.last(row.thread_id);
  const two = [row.agent_a_id, row.agent_b_id];
  const reason = last && standingOf(last).reason;
  return {
    thread: threadRecord(engine, row, last),
    turns: turns.map((turn) => turnRecord(engine, turn)),
    participants: two.map((agent_id) => participantOf(engine, agent_id)),
    continuity: two.map((agent_id) => continuityOf(engine, row.thread_id, agent_id)),
    next_continue: nextOf(engine, row, last),
    hand_off: last === undefined || last.turns_left === 0 ? null : handOffOf(engine, last),
    ...(reason === "interrupted" && last !== undefined ? { interruption_reason: detailOf(last) } : {}),
  };
}

const detailOf = ({ last_error }: TurnRow) =>
  (JSON.parse(last_error ?? "{}") as Partial<LastError>).detail ?? "the node ended in mid-turn";

function handOffOf(engine: Engine, turn: TurnRow) {
  const { turns_left, hand_off_end, hand_off_detail } = turn;
  const plan = planOf(turn);
  // Decided, and perhaps not yet written down.
  const decided = plan !== undefined && isOver(engine, turn) ? handOffEndOf(engine, turn, plan) : undefined;
  return {
    turns_left,
    ended: hand_off_end ?? decided ?? null,
    ...(hand_off_detail === null ? {} : { detail: hand_off_detail }),
  };
}

function continuityOf({ threads }: Engine, thread_id: string, agent_id: string) {
  const at = threads.lastAt(thread_id, agent_id);
  const { remote_session_id, remote_execution_id } = (at && remoteOf(at)) ?? {};
  return {
    agent_id,
    ...(remote_session_id === undefined ? {} : { last_remote_session_id: remote_session_id }),
    ...(remote_execution_id === undefined ? {} : { last_remote_execution_id: remote_execution_id }),
    session_bindings: threads
      .bindings(thread_id, agent_id)
      .map((binding) => ({ ...binding, metadata: JSON.parse(binding.metadata) as JsonObject })),
  };
}

function nextOf(engine: Engine, row: ThreadRow, last: TurnRow | undefined) {
  const { sender, target } = pairOf(row, last, {});
  return {
    sender_agent_id: sender,
    target_agent_id: target,
    will_reuse_remote_session: willReuse(engine, row.thread_id, target),
  };
}

/**
 * Whether a session of this thread is there that the target would go on with, under the options of its last
 * turn. What a peer keeps is its own to say: it has told of a session there, or it hasn't.
 */
function willReuse(engine: Engine, thread_id: string, target_id: string): boolean {
  const before = engine.threads.lastAt(thread_id, target_id);
  const { peer_id } = participantOf(engine, target_id);
  if (peer_id !== undefined)
    return (
      relayPeer(engine, peer_id) !== undefined &&
      (before && remoteOf(before))?.remote_session_id !== undefined
    );
  const target = engine.routing.targets.get(target_id);
  if (target === undefined) return false;
  const options = before && engine.reader.get(before.task_id)?.runtime_options;
  const sticky_key = stickyKey(target.sticky_mode, thread_id, thread_id);
  const reuse = engine.adapters[target.adapter]?.reuse?.(
    target,
    (options ?? target.defaults) as Options,
    sticky_key,
  );
  return reuse !== undefined && reuse !== "none";
}
