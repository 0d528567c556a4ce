/** An engine with two who speak, and what tests ask of a thread. */
import { ThreadContinueRequest, ThreadCreateRequest } from "#contracts/threads.ts";
import { inspectThread, turnRecord } from "#src/engine/inspect-thread.ts";
import { threadOf } from "#src/engine/thread-turns.ts";
import { continueThread, createThread } from "#src/engine/threads.ts";
import { RequestError } from "#src/errors.ts";
import type { KeyScope } from "#src/store/idempotency.ts";
import { type EngineOptions, fakeTarget, type OpenEngine, openEngine, until } from "../../open-engine.ts";

export const said = { intent: "test.run", payload: { text: "hello" } };

/** Opens an engine whose targets are `a` and `b`. */
export const openTwo = (options: EngineOptions = {}): Promise<OpenEngine> =>
  openEngine({ targets: ["a", "b"].map((target_id) => fakeTarget({ target_id })), ...options });

/** Opens a thread of the two. */
export async function openThread({ engine }: OpenEngine, changes: object = {}): Promise<string> {
  const request = ThreadCreateRequest.parse({ agent_a_id: "a", agent_b_id: "b", ...changes });
  return (await coded(createThread(engine, request))).thread_id;
}

/** Continues it; rejects with the error's code as its message. */
export function goOn({ engine }: OpenEngine, thread_id: string, changes: object = {}, key?: KeyScope) {
  const body = ThreadContinueRequest.parse({ ...said, ...changes });
  return coded(continueThread(engine, thread_id, { body, key }));
}

/** What is refused, by its code. */
export async function coded<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (thrown) {
    throw thrown instanceof RequestError ? new Error(thrown.code, { cause: thrown }) : thrown;
  }
}

export const inspect = ({ engine }: OpenEngine, thread_id: string) =>
  inspectThread(engine, threadOf(engine, thread_id), engine.threads.turns(thread_id, 0, -1));

/** Its turns as "index sender>target status". */
export const turnsOf = ({ engine }: OpenEngine, thread_id: string): string[] =>
  engine.threads
    .turns(thread_id, 0, -1)
    .map((turn) => turnRecord(engine, turn))
    .map((turn) => `${turn.turn_index} ${turn.sender_agent_id}>${turn.target_agent_id} ${turn.status}`);

/** What each of its tasks was told. */
export const payloadsOf = ({ engine }: OpenEngine, thread_id: string): unknown[] =>
  engine.threads.turns(thread_id, 0, -1).map(({ task_id }) => engine.reader.get(task_id)?.payload);

/** Resolves when the thread stands there. */
export const stands = (node: OpenEngine, thread_id: string, status: string) =>
  until(() => inspect(node, thread_id).thread.status === status, `the thread to be ${status}`);
