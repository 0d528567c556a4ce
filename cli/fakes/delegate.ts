/** How the fakes delegate: by the client, which takes the address and the token that the node has given their process. */
import { AethrolinkError, createClient, type TaskCreateRequest } from "@aethrolink/client";

/** What a prompt of the mode `delegate` says beside it. */
export interface Delegation {
  readonly target?: unknown;
  readonly intent?: unknown;
  readonly text?: unknown;
  /** In place of a text. */
  readonly payload?: unknown;
  readonly conversation_id?: unknown;
  /** Names the own task as the parent; else the node finds out whose child it is. */
  readonly named?: unknown;
}

/**
 * Gives a task to another and waits for it.
 * @param task_id the own task
 * @param cancelled nobody waits any more
 * @returns "<status>: <text>", or "refused: <code>"
 */
export async function delegate(asked: Delegation, task_id: string, cancelled: AbortSignal): Promise<string> {
  const client = createClient({ signal: cancelled });
  try {
    const { task } = await client.createTask(requestOf(asked, task_id));
    const { status, result, last_error } = await client.waitForTask(task.task_id);
    return `${status}: ${result?.text ?? last_error?.detail ?? ""}`;
  } catch (thrown) {
    if (thrown instanceof AethrolinkError) return `refused: ${thrown.code}`;
    throw thrown;
  }
}

function requestOf(asked: Delegation, task_id: string): TaskCreateRequest {
  const { target, conversation_id, named } = asked;
  return {
    intent: textOr(asked.intent, "demo.echo"),
    payload: asked.payload ?? { text: textOr(asked.text, "hello") },
    ...(typeof target === "string" ? { target_runtime: target } : {}),
    ...(typeof conversation_id === "string" ? { conversation_id } : {}),
    ...(named === true ? { trace: { parent_task_id: task_id } } : {}),
  };
}

const textOr = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);
