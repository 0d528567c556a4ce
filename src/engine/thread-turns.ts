/**
 * A task as the next turn of its thread.
 *
 * 1. A turn and its task are one commit; a refused one leaves nothing.
 * 2. A thread has at most one open turn, and at most one that is due: whoever comes meanwhile is refused.
 */
import type { TaskCreateRequest } from "#contracts/task-request.ts";
import { nextPair, type Pair } from "#src/core/thread.ts";
import { fail } from "#src/errors.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import type { ThreadRow, TurnRow } from "#src/store/threads.ts";
import type { CreateTask } from "./create-task.ts";
import type { Engine } from "./engine.ts";
import { refuseUnspeakable } from "./participants.ts";
import { isDue, isOver } from "./thread-standing.ts";

/** What is to follow a turn by itself. */
export interface Following {
  /** The turn that it was made behind; 0: there was none. */
  readonly behind: number;
  readonly turns_left: number;
  /** How the next ones are made; null where none follow. */
  readonly plan: string | null;
  /** Whether it is the next one that is due. */
  readonly due: boolean;
}

/** Where a task stands in its thread. */
export interface TurnPlace {
  readonly turn_index: number;
  readonly pair: Pair;
  readonly following: Following | undefined;
}

/** @throws RequestError thread_not_found */
export function threadOf(engine: Engine, thread_id: string): ThreadRow {
  return engine.threads.get(thread_id) ?? fail("thread_not_found", `There is no thread ${thread_id}.`);
}

/**
 * A request with what its thread says: its target and its conversation.
 * @returns also the turn that it is to be; undefined: it names no thread
 * @throws RequestError thread_not_found, invalid_participants, thread_busy, target_not_found
 */
export function inThread(
  engine: Engine,
  { request, following }: Pick<CreateTask, "request" | "following">,
): { readonly request: TaskCreateRequest; readonly turn: TurnPlace | undefined } {
  const { thread_id, sender = "local", conversation_id = thread_id } = request;
  if (thread_id === undefined) return { request, turn: undefined };
  const thread = threadOf(engine, thread_id);
  const pair = pairOf(thread, undefined, {
    sender,
    target: request.target_runtime ?? request.target_agent_id,
  });
  const last = engine.threads.last(thread_id);
  refuseWhenBusy(engine, thread, last, following);
  refuseUnspeakable(engine, pair.target);
  const placed = { ...request, sender, target_runtime: pair.target, conversation_id };
  return { request: placed, turn: { turn_index: (last?.turn_index ?? 0) + 1, pair, following } };
}

/** @throws RequestError invalid_participants */
export function pairOf(
  thread: ThreadRow,
  last: TurnRow | undefined,
  given: { sender?: string | undefined; target?: string | undefined },
): Pair {
  const pair = nextPair(thread, last && speakersOf(last), {
    ...(given.sender === undefined ? {} : { sender: given.sender }),
    ...(given.target === undefined ? {} : { target: given.target }),
  });
  return "why" in pair ? fail("invalid_participants", `${pair.why}.`) : pair;
}

const speakersOf = ({ sender_agent_id, target_agent_id }: TurnRow): Pair => ({
  sender: sender_agent_id,
  target: target_agent_id,
});

function refuseWhenBusy(
  engine: Engine,
  { thread_id }: ThreadRow,
  last: TurnRow | undefined,
  following: Following | undefined,
): void {
  const busy = (detail: string) => fail("thread_busy", detail);
  if (engine.threads.opening(thread_id)) busy("Another turn of this thread is just beginning.");
  if (following !== undefined && following.behind !== (last?.turn_index ?? 0))
    busy("Another turn of this thread has begun meanwhile.");
  if (last === undefined || following?.due === true) return;
  if (!isOver(engine, last)) {
    const asks = last.status === "awaiting_input" ? "asks something; answer it first" : "is under way";
    busy(`The last turn, task ${last.task_id}, ${asks}. Wait for its end, or cancel it.`);
  }
  if (isDue(engine, last)) {
    busy(`The next turn follows by itself (${last.turns_left} left). Cancel its task to stop that.`);
  }
}

/** Writes the turn in its task's own commit. */
export function beginTurn(
  { threads }: Engine,
  task: OpenTask,
  { turn_index, pair, following }: TurnPlace,
  kept: Promise<void>,
): void {
  const { thread_id, task_id } = task.fixed;
  if (thread_id === undefined) throw new Error(`the turn ${task_id} has no thread`);
  const turn = {
    thread_id,
    turn_index,
    task_id,
    sender_agent_id: pair.sender,
    target_agent_id: pair.target,
    turns_left: following?.turns_left ?? 0,
    plan: following?.plan ?? null,
    hand_off_end: null,
    hand_off_detail: null,
  };
  threads.begin(task, turn, kept);
}
