/**
 * After a restart: the fate of each task that an earlier life left open, decided from the log before
 * anything is launched or answered.
 *
 * 1. What was not handed over goes on; what was, and can't be taken up again, failed as interrupted,
 *    with the text that was seen of it.
 * 2. A cancel that was under way has had its effect: the processes of earlier lives are ended first.
 */
import { ended } from "#src/core/task-machine.ts";
import type { Happening } from "#src/store/task-log.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import { adapterOf, type Engine } from "./engine.ts";
import { failTask, failure } from "./fail-task.ts";
import { keepResult } from "./keep-result.ts";
import { pendingLaunch, startWork } from "./run-task.ts";

/**
 * Decides what becomes of the open tasks; those that go on are in the queue when it resolves.
 * To be called once, after the children of earlier lives have ended.
 * @returns how many went on and how many ended
 */
export async function recoverTasks(engine: Engine): Promise<{ resumed: number; ended: number }> {
  const open = [...engine.log.openTasks.values()].map((entry) => entry.task);
  await Promise.all(open.map((task) => decide(engine, task)));
  const left = open.filter((task) => !ended(task.status));
  for (const task of left) takeUp(engine, task);
  engine.log.batch.flush();
  return { resumed: left.length, ended: open.length - left.length };
}

/** @returns when what was decided is on disk */
async function decide(engine: Engine, task: OpenTask): Promise<void> {
  const { resolved_runtime } = task.fixed;
  if (handedOver.has(task.status)) await interrupt(engine, task);
  else if (!engine.routing.targets.has(resolved_runtime))
    await failTask(engine, task, "route_not_found", `the target ${resolved_runtime} is not there any more`);
  else if (task.status === "launching" || task.status === "ready") {
    await engine.log.append(task, pendingLaunch("the node was restarted"));
  }
}

const handedOver = new Set<string>(["dispatching", "running", "awaiting_input"]);

async function interrupt(engine: Engine, task: OpenTask): Promise<void> {
  const end = endOf(task);
  const parts = await keepResult(engine, task, { text: saidBefore(engine, task) });
  if (parts.row !== undefined) engine.artifacts.attach(task, parts.row);
  await engine.log.append(task, {
    ...end,
    data: { ...end.data, ...parts.data },
    changes: { ...end.changes, ...parts.changes },
  });
}

function endOf(task: OpenTask): Happening {
  if (task.cancel === "timeout") {
    const after = `ran longer than ${task.fixed.delivery.timeout_ms} ms`;
    return failure("timeout", `${after}; the node ended before the runtime confirmed that it stopped`);
  }
  if (task.cancel !== null) {
    return {
      kind: "task.cancelled",
      source: "core",
      message: "the runtime's process ended with the node",
    };
  }
  return failure("interrupted", interruption[task.status as keyof typeof interruption]);
}

/** What the runtime had said, as far as it was seen. */
function saidBefore({ reader }: Engine, { fixed }: OpenTask): string {
  return reader
    .events(fixed.task_id)
    .map(({ kind, data }) => (kind === "task.progress" && data.type === "message" ? data.text : ""))
    .join("");
}

const interruption = {
  dispatching: "the node ended while the work was handed over; it is unknown whether the runtime took it",
  running: "the node ended in mid-turn, and the runtime's process with it",
  awaiting_input: "the node ended while the runtime waited for an answer, and the runtime's process with it",
} as const;

function takeUp(engine: Engine, task: OpenTask): void {
  const target = engine.routing.targets.get(task.fixed.resolved_runtime);
  if (target !== undefined) startWork(engine, task, target, adapterOf(engine, target));
}
