/** A run of a task with everything that writes: a large payload, a launch, questions, their answers and a large result. */
import { expect } from "vitest";
import type { Problem } from "#contracts/errors.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import { fixtureCommand } from "../programs.ts";
import type { TestNode } from "../support.ts";

const text = "0123456789abcdef".repeat(1200);
const result = `first: yes, second: yes\n${text}`;
/** A task goes on, or ends, before it was looked at so often, a second at a time. */
const mostLooks = 20;
/** The target that it runs at. */
export const target = { command: fixtureCommand("asking") };

/** The moments of a run before which something may happen to its node. */
export const moments = ["submit", "launch", "answer", "end"] as const;
export type Moment = (typeof moments)[number];

/** How a task ended, or stands. */
export const endOf = ({ status, last_error }: TaskRecord): string => last_error?.reason ?? status;
const isOver = ({ finished_at }: TaskRecord) => finished_at !== null;

/** Calls; an answer is good, or says that it can't be kept, or that a fault has ended the task before. */
async function call<Body>(node: TestNode, path: string, body: object): Promise<Body | undefined> {
  const answer = await node.call<Body & Problem>("POST", path, body);
  if (answer.status < 300) return answer.body;
  const { status, body: problem } = answer;
  const said = `${status} ${problem.code}`;
  expect([path, said]).toEqual([
    path,
    expect.stringMatching(/^(503 unavailable|409 (question_closed|not_awaiting_input))$/),
  ]);
  return undefined;
}

/**
 * Runs it as far as the node's storage lets it.
 * @param before called before each moment
 * @param isStuck whether the task may be unable to go on, or to end, for now
 * @returns the task's id, or nothing where it was refused
 */
export async function runScript(
  node: TestNode,
  before: (moment: Moment) => void = () => {},
  isStuck: () => boolean = () => false,
): Promise<string | undefined> {
  before("submit");
  const request = { target_runtime: "agent", intent: "test.run", payload: text };
  const created = await call<{ task: TaskRecord }>(node, "/v1/tasks", request);
  if (created === undefined) return undefined;
  const { task_id } = created.task;
  before("launch");
  let task = await node.task(task_id, 1);
  for (let look = 0; !isOver(task) && task.status !== "awaiting_input" && !isStuck(); look++) {
    expect(look, `${task_id} is ${task.status} for ever`).toBeLessThan(mostLooks);
    task = await node.task(task_id, 1);
  }
  if (task.status !== "awaiting_input") return task_id;
  before("answer");
  for (const { request_id } of task.awaiting)
    await call(node, `/v1/tasks/${task_id}/resume`, { request_id, payload: { option_id: "yes" } });
  before("end");
  return task_id;
}

/** Brings a task to its end at a node whose storage is sound again; its history has no hole, and its result is whole. */
export async function endsWell(node: TestNode, task_id: string): Promise<TaskRecord> {
  let task = await node.task(task_id, 1);
  for (let look = 0; !isOver(task); task = await node.task(task_id, 1), look++) {
    expect(look, `${task_id} is ${task.status} for ever`).toBeLessThan(mostLooks);
    // What was refused before is asked again; what was taken is closed.
    for (const { request_id } of task.awaiting)
      await node.call("POST", `/v1/tasks/${task_id}/resume`, { request_id, payload: { option_id: "yes" } });
  }
  expect(endOf(task)).toMatch(/^(completed|internal_error|launch_failed|submit_failed)$/);
  const seqs = (await node.history(task_id)).map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, at) => at + 1));
  if (task.status === "completed")
    expect((await node.call("GET", `/artifacts/${task.result_artifact_id}`)).body === result).toBe(true);
  return task;
}
