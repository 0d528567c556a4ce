/** Cancels that meet the end of their task at any moment. CANCEL_RACES: how many; SEED: which moments. */
import { expect, it } from "vitest";
import { createRandom } from "../../faults/crash-load.ts";
import { type OpenEngine, openEngine, until } from "../../open-engine.ts";
import { tellFigures } from "../../soak/figures.ts";

const races = Number(process.env["CANCEL_RACES"] ?? 300);
const seed = Number(process.env["SEED"] ?? 10);
const byHand = () => {};
const terminal = /^\d+ task\.(completed|failed|cancelled)$/;

/** Lets some turns of microtasks go by, and now and then one of the event loop. */
async function pause(steps: number): Promise<void> {
  for (let step = 0; step < steps; step++)
    await (step % 4 === 3 ? new Promise((resolve) => setImmediate(resolve)) : undefined);
}

/** A race; gives how the task ended. */
async function race(node: OpenEngine, round: number, random: () => number): Promise<string> {
  const { task_id } = await node.submit({ conversation_id: `race-${round}` });
  const turn = await node.fake.turn(round);
  await node.reaches(task_id, "running");
  turn.cancelled.addEventListener("abort", () => turn.confirmCancel());
  const [first, second] = [Math.floor(random() * 8), Math.floor(random() * 8)];
  const cancelling = pause(first).then(() => node.cancel(task_id));
  const completing = pause(second).then(() => turn.complete("done"));
  const [answer] = await Promise.all([cancelling, completing]);
  await until(() => node.record(task_id).finished_at !== null, `the end of ${task_id}`);
  const { status } = node.record(task_id);
  const ends = node.kinds(task_id).filter((kind) => terminal.test(kind));
  expect(ends).toEqual([node.kinds(task_id).at(-1)]);
  expect(["completed", "cancelled"]).toContain(status);
  if (answer.over) expect(answer.status).toBe(status);
  return status;
}

it(
  `in ${races} races of a cancel with an end, each task has one end, and either may win`,
  async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const random = createRandom(seed);
    const ends: { [status: string]: number } = { completed: 0, cancelled: 0 };
    for (let round = 0; round < races; round++) {
      const status = await race(node, round, random);
      ends[status] = (ends[status] ?? 0) + 1;
    }
    const { completed = 0, cancelled = 0 } = ends;
    expect(completed + cancelled).toBe(races);
    expect(completed).toBeGreaterThan(0);
    expect(cancelled).toBeGreaterThan(0);
    tellFigures("G10", { races, completed, cancelled });
  },
  20_000 + races * 50,
);
