/**
 * What a caller may see and do of tasks.
 *
 * 1. The operator and readers see everything; an agent what it sends or is the target of; a process of
 *    the node what it runs and what it sends.
 * 2. A read of what is others' is a read of what isn't there; an act on it is refused.
 */
import { concerns, delegatorOf, type Principal, participantOf } from "#src/core/access.ts";
import { fail } from "#src/errors.ts";
import type { Engine } from "./engine.ts";

/** Whether a caller sees a task; not of one that isn't there. */
export function seesTask({ reader }: Engine, principal: Principal, task_id: string): boolean {
  const participant = participantOf(principal);
  if (participant === undefined) return true;
  const parties = reader.standing(task_id);
  return parties !== undefined && concerns(parties, participant);
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

/** @throws RequestError thread_not_found where the caller may not know of the thread */
export function refuseThread(engine: Engine, principal: Principal, thread_id: string): void {
  if (!seesThread(engine, principal, thread_id)) fail("thread_not_found", `There is no thread ${thread_id}.`);
}
