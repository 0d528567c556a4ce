/** Threads at a real node, for tests. */
import { join } from "node:path";
import type { TaskRecord } from "#contracts/tasks.ts";
import type { ThreadInspection } from "#contracts/thread-records.ts";
import { fakeCommand } from "./programs.ts";
import { createHome, type Home, type TestNode } from "./support.ts";

/** A home whose `writer` and `critic` keep their sessions on disk. */
export async function homeOfTwo(): Promise<Home> {
  const home = createHome();
  const entry = async (name: string) => ({
    command: await fakeCommand("--sessions-dir", join(home.path, name)),
  });
  home.setRegistry({ writer: await entry("writer"), critic: await entry("critic") });
  return home;
}

async function good<Body>(node: TestNode, method: string, path: string, body?: unknown): Promise<Body> {
  const answer = await node.call<Body>(method, path, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Opens a thread of the two. */
export async function openThread(node: TestNode): Promise<string> {
  const two = { agent_a_id: "writer", agent_b_id: "critic" };
  return (await good<{ thread: { thread_id: string } }>(node, "POST", "/v1/threads", two)).thread.thread_id;
}

/** Begins the next turn; resolves with its task as it was accepted. */
export async function goOn(node: TestNode, thread_id: string, changes: object): Promise<TaskRecord> {
  const body = { intent: "test.run", ...changes };
  return (await good<{ task: TaskRecord }>(node, "POST", `/v1/threads/${thread_id}/continue`, body)).task;
}

/** Begins the next turn; resolves with its task when that has ended. */
export const say = async (node: TestNode, thread_id: string, text: string) =>
  node.task((await goOn(node, thread_id, { payload: { text } })).task_id, 30);

export const inspect = (node: TestNode, thread_id: string) =>
  good<ThreadInspection>(node, "GET", `/v1/threads/${thread_id}/inspect`);

/** Its turns as "index sender>target status". */
export const turnsIn = ({ turns }: ThreadInspection): string[] =>
  turns.map((turn) => `${turn.turn_index} ${turn.sender_agent_id}>${turn.target_agent_id} ${turn.status}`);
