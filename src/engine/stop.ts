/**
 * A graceful end: turns that run are cancelled at their runtimes and end as interrupted, with what
 * they had; what waits, and what goes on at its runtime without this node, stays in the log for the next
 * life.
 */
import { ended } from "#src/core/task-machine.ts";
import type { Engine, Work } from "./engine.ts";
import { interruptTask } from "./interrupt-task.ts";
import { cancelRun } from "./steer-task.ts";

/** How long runs may take to confirm. */
const confirmMs = 2000;

/**
 * Stops taking tasks and brings those that run to their end.
 * @returns when each of them has ended, or the time for it is over
 */
export async function stopEngine(engine: Engine): Promise<void> {
  engine.stopping = true;
  const works = [...engine.works.values()];
  for (const work of works) if (work.run === undefined) leave(work);
  await Promise.race([Promise.all(works.map(letGo)), elapsed(engine, confirmMs)]);
  const running = works.filter((work) => work.run !== undefined && !work.left);
  await Promise.race([
    Promise.all(running.map((work) => interrupt(engine, work))),
    elapsed(engine, confirmMs),
  ]);
  engine.log.batch.flush();
  // What can't be written now is decided by the next life.
  await Promise.allSettled(
    running.map(({ task }) => (ended(task.status) ? undefined : interruptTask(engine, task, unconfirmed))),
  );
  engine.log.batch.flush();
}

const unconfirmed = {
  interrupted: "the node was stopped in mid-turn; the runtime did not confirm that it stopped",
  timeout: "the node was stopped before the runtime confirmed that it stopped",
  cancelled: "the runtime's process ends with the node",
};

/** It stays where it is in the log; nothing more happens to it in this life. */
function leave(work: Work): void {
  work.over.abort();
}

/** A run that goes on without the node is taken up again by the next life. */
async function letGo(work: Work): Promise<void> {
  if (work.run?.detach === undefined || ended(work.task.status)) return;
  work.left = true;
  work.run.detach();
  await work.done;
}

async function interrupt(engine: Engine, work: Work): Promise<void> {
  work.interrupting = true;
  const over = new Promise<void>((resolve) => {
    const stop = engine.log.tail(work.task.fixed.task_id)?.listen(() => {
      if (engine.log.get(work.task.fixed.task_id) !== undefined) return;
      stop?.();
      resolve();
    });
    if (stop === undefined) resolve();
  });
  cancelRun(engine, work);
  await over;
}

const elapsed = (engine: Engine, ms: number) =>
  new Promise<void>((resolve) => void engine.clock.after(ms, resolve));
