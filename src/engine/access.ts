/**
 * What a caller may see and do of tasks.
 *
 * 1. The operator and readers see everything; an agent what it sends or is the target of; a process of
 *    the node what it has in hand, what is beneath that, and what its target sends: of what its target was
 *    given before, or gives to other processes of it, nothing.
 * 2. A read of what is others' is a read of what isn't there; an act on it is refused.
 */
import type { Trace } from "#contracts/tasks.ts";
import { concerns, delegatorOf, type Principal, participantOf } from "#src/core/access.ts";
import { fail } from "#src/errors.ts";
import type { Engine } from "./engine.ts";

/** Whether a caller sees a task; not of one that isn't there. */
export function seesTask(engine: Engine, principal: Principal, task_id: string): boolean {
  const participant = participantOf(principal);
  if (participant === undefined) return true;
  const parties = engine.reader.standing(task_id);
  if (parties === undefined) return false;
  if (principal.kind !== "runtime") return concerns(parties, participant);
  return parties.sender === participant || isInHand(engine, principal.launch_id, task_id);
}

/** Whether a process has a task in hand, or one above it. */
function isInHand({ inHand, log, reader }: Engine, launch_id: string, task_id: string): boolean {
  const own = new Set(inHand.of(launch_id).map(({ fixed }) => fixed.task_id));
  for (let next: string | undefined = task_id; next !== undefined && own.size > 0; ) {
    if (own.has(next)) return true;
    const trace: Trace | undefined = log.get(next)?.fixed.trace ?? reader.get(next)?.trace;
    next = trace?.parent_task_id;
  }
  return false;
}

/** @throws RequestError task_not_found where the caller doesn't see the task */
export function refuseToRead(engine: Engine, principal: Principal, task_id: string): void {
  if (!seesTask(engine, principal, task_id)) fail("task_not_found", `There is no task ${task_id}.`);
}

/** @throws RequestError forbidden where the task is others', task_not_found where there is none */
export function refuseToSteer(engine: Engine, principal: Principal, task_id: string): void {
  if (seesTask(engine, principal, task_id)) return;
  if (engine.reader.standing(task_id) === undefined) fail("task_not_found", `There is no task ${task_id}.`);
  fail(
    "forbidden",
    `The task ${task_id} is not of ${participantOf(principal)}; only its own may be steered.`,
  );
}

/**
 * Whose name a task bears.
 * @param sender the one that the request names
 * @throws RequestError forbidden for the name of another
 */
export function senderOf(principal: Principal, sender: string | undefined): string | undefined {
  const own = delegatorOf(principal)?.target_id;
  if (own === undefined || sender === undefined || sender === own) return own ?? sender;
  fail("forbidden", `With the token of ${own} the sender is ${own}, not ${sender}; leave it out.`);
}

/** Whether a caller may know of a thread: a participant knows of its own. */
export function seesThread({ threads }: Engine, principal: Principal, thread_id: string): boolean {
  const participant = participantOf(principal);
  if (participant === undefined) return true;
  const { agent_a_id, agent_b_id } = threads.get(thread_id) ?? {};
  return participant === agent_a_id || participant === agent_b_id;
}

/**
 * A task that names a thread's id as its conversation would go on in the thread's session.
 * @throws RequestError thread_not_found where it is a thread that the caller may not know of
 */
export function refuseConversation(engine: Engine, principal: Principal, conversation_id: string): void {
  if (participantOf(principal) === undefined || engine.threads.get(conversation_id) === undefined) return;
  refuseThread(engine, principal, conversation_id);
}

/** @throws RequestError thread_not_found where the caller may not know of the thread */
export function refuseThread(engine: Engine, principal: Principal, thread_id: string): void {
  if (!seesThread(engine, principal, thread_id)) fail("thread_not_found", `There is no thread ${thread_id}.`);
}
