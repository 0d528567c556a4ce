/**
 * After a restart: the fate of each task that an earlier life left open, decided from the log before
 * anything is launched or answered.
 *
 * 1. What was not handed over goes on; what was, and can't be taken up again, failed as interrupted.
 * 2. A cancel that was under way has had its effect: the processes of earlier lives are ended first.
 */
import { ended } from "#src/core/task-machine.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import { adapterOf, type Engine } from "./engine.ts";
import { failTask } from "./fail-task.ts";
import { startWork } from "./run-task.ts";

/**
 * Decides what becomes of the open tasks; those that go on are in the queue when it resolves.
 * To be called once, after the children of earlier lives have ended.
 * @returns how many went on and how many ended
 */
export async function recoverTasks(engine: Engine): Promise<{ resumed: number; ended: number }> {
  const open = [...engine.log.openTasks.values()].map((entry) => entry.task);
  for (const task of open) if (handedOver.has(task.status)) interrupt(engine, task);
  for (const task of open) if (!ended(task.status)) takeUp(engine, task);
  engine.log.batch.flush();
  const gone = open.filter((task) => ended(task.status)).length;
  return { resumed: open.length - gone, ended: gone };
}

const handedOver = new Set<string>(["dispatching", "running", "awaiting_input"]);

function interrupt(engine: Engine, task: OpenTask): void {
  if (task.cancel === "timeout") {
    failTask(
      engine,
      task,
      "timeout",
      `ran longer than ${task.fixed.delivery.timeout_ms} ms; the node ended before the runtime confirmed that it stopped`,
    );
  } else if (task.cancel !== null) {
    engine.log.append(task, {
      kind: "task.cancelled",
      source: "core",
      message: "the runtime's process ended with the node",
    });
  } else {
    failTask(engine, task, "interrupted", interruption[task.status as keyof typeof interruption]);
  }
}

const interruption = {
  dispatching: "the node ended while the work was handed over; it is unknown whether the runtime took it",
  running: "the node ended in mid-turn, and the runtime's process with it",
  awaiting_input: "the node ended while the runtime waited for an answer, and the runtime's process with it",
} as const;

function takeUp(engine: Engine, task: OpenTask): void {
  const { resolved_runtime } = task.fixed;
  const target = engine.routing.targets.get(resolved_runtime);
  if (target === undefined) {
    failTask(engine, task, "route_not_found", `the target ${resolved_runtime} is not there any more`);
    return;
  }
  if (task.status === "launching" || task.status === "ready") {
    const reason = "the node was restarted";
    engine.log.append(task, {
      kind: "runtime.pending_launch",
      source: "core",
      message: reason,
      data: { reason },
    });
  }
  startWork(engine, task, target, adapterOf(engine, target));
}
