/**
 * Threads: who speaks next, how a thread stands, and whether two go on by themselves. All of it follows
 * from the last turn.
 */
import type { FailureReason, HandOffEnd, TaskStatus, ThreadStatus } from "#contracts/enums.ts";

export interface Pair {
  readonly sender: string;
  readonly target: string;
}

/** The two of a thread. */
export interface Participants {
  readonly agent_a_id: string;
  readonly agent_b_id: string;
}

/**
 * Who speaks next, and to whom: the one that was spoken to last, at first agent A, unless said otherwise.
 * @returns in words, why what was said doesn't fit
 */
export function nextPair(
  { agent_a_id, agent_b_id }: Participants,
  last: Pair | undefined,
  given: Partial<Pair> = {},
): Pair | { readonly why: string } {
  const two = [agent_a_id, agent_b_id];
  const other = (one: string) => (one === agent_a_id ? agent_b_id : agent_a_id);
  const stranger = [given.sender, given.target].find((id) => id !== undefined && !two.includes(id));
  if (stranger !== undefined) {
    return { why: `${stranger} is not in this thread; it is of ${agent_a_id} and ${agent_b_id}` };
  }
  const usual = given.target === undefined ? (last?.target ?? agent_a_id) : other(given.target);
  const sender = given.sender ?? usual;
  const target = given.target ?? other(sender);
  return sender === target ? { why: `${sender} can't speak to itself` } : { sender, target };
}

/** How a turn's task stands. */
export interface TurnStanding {
  readonly status: TaskStatus;
  readonly reason?: FailureReason | undefined;
}

const statusOf: { readonly [Status in TaskStatus]: ThreadStatus } = {
  created: "active",
  pending_launch: "active",
  launching: "active",
  ready: "active",
  dispatching: "active",
  running: "active",
  awaiting_input: "paused",
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
};

/**
 * How a thread stands.
 * @param last its last turn; undefined: it has none
 * @param due a next turn follows by itself
 */
export function threadStatus(last: TurnStanding | undefined, due: boolean): ThreadStatus {
  if (last === undefined) return "active";
  const status = statusOf[last.status];
  if (due && status !== "paused") return "active";
  return status === "failed" && last.reason === "interrupted" ? "interrupted" : status;
}

/** What ends an automatic hand-off before its turns are used up. */
export interface Stops {
  readonly stop_on_awaiting_input: boolean;
  readonly stop_on_same_actor_repeat: boolean;
  readonly stop_on_terminal_error: boolean;
}

export const usualStops: Stops = {
  stop_on_awaiting_input: true,
  stop_on_same_actor_repeat: false,
  stop_on_terminal_error: true,
};

/** What is known of a turn that has ended. */
export interface EndedTurn extends TurnStanding {
  /** It asked something on its way, whatever became of that. */
  readonly asked: boolean;
  /** Its answer is, word for word, the one before of the same actor. */
  readonly repeated: boolean;
  /** The next speaker has something to say: a payload of its own, or what it has just answered. */
  readonly answered: boolean;
}

/**
 * Whether the next of two that go on by themselves begins.
 * @returns why not; undefined: it begins
 */
export function handOffEnd(
  stops: Stops,
  turn: EndedTurn,
): Exclude<HandOffEnd, "next" | "refused"> | undefined {
  if (turn.status === "cancelled") return "cancelled";
  if (turn.reason === "interrupted") return "interrupted";
  if (turn.status === "failed" && stops.stop_on_terminal_error) return "terminal_error";
  if (turn.asked && stops.stop_on_awaiting_input) return "awaiting_input";
  if (turn.repeated && stops.stop_on_same_actor_repeat) return "same_actor_repeat";
  return turn.answered ? undefined : "no_answer";
}
