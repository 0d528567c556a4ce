/** Which story a task takes: at a runtime of this node, or at another node. */
import type { RuntimeAdapter, Target } from "#src/core/ports.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import type { Engine, Work } from "./engine.ts";
import { relayToTheEnd } from "./relay-task.ts";
import { beginWork, runToTheEnd } from "./run-task.ts";

/** Takes up an open task; what is known at once is decided in this turn. */
export const startWork = (engine: Engine, task: OpenTask, target: Target, adapter: RuntimeAdapter): Work =>
  beginWork(engine, { task, target, adapter }, target.owner === "remote" ? relayToTheEnd : runToTheEnd);
