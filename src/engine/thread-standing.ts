/** How the turns of a thread stand, and whether a next one is due by itself: from what is on disk. */

import type { TaskCreateRequest } from "#contracts/task-request.ts";
import type { LastError, TaskResult } from "#contracts/tasks.ts";
import type { Json } from "#src/core/ports.ts";
import { ended } from "#src/core/task-machine.ts";
import { type EndedTurn, handOffEnd, type Stops, type TurnStanding } from "#src/core/thread.ts";
import type { TurnRow } from "#src/store/threads.ts";
import type { Engine } from "./engine.ts";

/** How the turns are made that follow by themselves, as it is kept. */
export interface HandOffPlan extends Stops {
  readonly intent: string | undefined;
  readonly intent_by_agent: { readonly [agent_id: string]: string };
  readonly payload_by_agent: { readonly [agent_id: string]: Json };
  /** What each turn's task has besides. */
  readonly common: Pick<
    TaskCreateRequest,
    "runtime_options" | "conversation_id" | "delivery" | "metadata" | "trace"
  >;
}

/** Whether the end of a turn is on disk. */
export const isOver = ({ log }: Engine, { task_id, status }: TurnRow): boolean =>
  ended(status) && log.get(task_id) === undefined;

/** How a turn stands. */
export const standingOf = ({ status, last_error }: TurnRow): TurnStanding => ({
  status,
  reason: last_error === null ? undefined : (JSON.parse(last_error) as LastError).reason,
});

/** What is to follow a turn by itself; undefined: nothing is, or no more. */
export const planOf = ({ turns_left, plan, hand_off_end }: TurnRow): HandOffPlan | undefined =>
  turns_left > 0 && hand_off_end === null && plan !== null ? (JSON.parse(plan) as HandOffPlan) : undefined;

/** Whether a next turn follows by itself, or will when this one goes well. */
export function isDue(engine: Engine, turn: TurnRow): boolean {
  const plan = planOf(turn);
  if (plan === undefined) return false;
  return !isOver(engine, turn) || handOffEndOf(engine, turn, plan) === undefined;
}

/** Why nothing follows a turn that is over; undefined: the next one is due. */
export function handOffEndOf(engine: Engine, turn: TurnRow, plan: HandOffPlan) {
  const result = resultOf(engine, turn);
  const facts: EndedTurn = {
    ...standingOf(turn),
    asked: plan.stop_on_awaiting_input && engine.threads.asked(turn.task_id),
    repeated: plan.stop_on_same_actor_repeat && repeats(engine, turn, result),
    answered: Object.hasOwn(plan.payload_by_agent, turn.target_agent_id) || (result?.text ?? "") !== "",
  };
  return handOffEnd(plan, facts);
}

const resultOf = ({ reader }: Engine, { task_id }: TurnRow) => reader.get(task_id)?.result ?? undefined;

/** The same actor answered two turns before, where the two take turns. */
function repeats(engine: Engine, turn: TurnRow, result: TaskResult | undefined): boolean {
  const before = engine.threads.turn(turn.thread_id, turn.turn_index - 2);
  if (before?.target_agent_id !== turn.target_agent_id || result === undefined || result.truncated)
    return false;
  return resultOf(engine, before)?.text === result.text;
}
