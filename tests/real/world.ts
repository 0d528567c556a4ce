/** All that a test of a real runtime needs: a model, a node with the runtime as a target, and the command line. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import type { TaskEvent } from "#contracts/events.ts";
import { RuntimeHealth } from "#contracts/targets.ts";
import { TaskRecord } from "#contracts/tasks.ts";
import { startTimeOf } from "#src/processes/os.ts";
import type { TargetEntry } from "../programs.ts";
import { createHome, startNode, type TestNode } from "../support.ts";
import { type CommandLine, commandLineFor } from "./command-line.ts";
import { type ModelServer, startModelServer } from "./model-server.ts";

/** Where a runtime is made at home. */
export interface Place {
  readonly path: string;
  readonly model: ModelServer;
}

export interface World extends AsyncDisposable {
  readonly model: ModelServer;
  readonly cli: CommandLine;
  /** The node that is up, with the runtime as the target `research`; it starts the runtime when it is needed. */
  readonly node: TestNode;
  /** Where the runtime works. */
  readonly workDir: string;
  /** Another node on the same data directory, after the first one's end. */
  startAgain(): Promise<TestNode>;
  /** By `task-get`. */
  task(task_id: string): Promise<TaskRecord>;
  /** By `task-events`. */
  events(task_id: string): Promise<readonly TaskEvent[]>;
  /** By `runtime-health`. */
  health(): Promise<z.output<typeof RuntimeHealth>>;
  /** The process that the node runs; it is gone when the world is. */
  runtime(): Promise<RunningProcess>;
}

export interface RunningProcess {
  readonly pid: number;
  /** Not another one of its number either. */
  alive(): boolean;
  kill(): void;
}

/**
 * Opens a world.
 * @param prepare makes the runtime at home there; what it starts is ended last
 */
export async function openWorld(
  prepare: (place: Place, made: AsyncDisposableStack) => TargetEntry | Promise<TargetEntry>,
): Promise<World> {
  await using made = new AsyncDisposableStack();
  const home = made.use(createHome());
  const model = made.use(await startModelServer());
  home.setRegistry({ research: await prepare({ path: home.path, model }, made) });
  const workDir = join(home.path, "work");
  mkdirSync(workDir);
  const found: RunningProcess[] = [];
  made.defer(() => {
    for (const process of found) process.kill();
  });
  const start = () =>
    startNode({ registry: home.registry, dataDir: home.dataDir, args: ["--work-dir", workDir] });
  let node = made.use(await start());
  const cli = commandLineFor(home.dataDir);
  const health = async () => RuntimeHealth.parse(await cli.json("runtime-health", "research"));
  const kept = made.move();
  return {
    model,
    cli,
    get node() {
      return node;
    },
    workDir,
    async startAgain() {
      node = kept.use(await start());
      return node;
    },
    task: async (task_id) => TaskRecord.parse(await cli.json("task-get", task_id)),
    async events(task_id) {
      await using stored = cli.follow("task-events", task_id);
      await stored.end();
      return stored.events;
    },
    health,
    async runtime() {
      const { process_id } = (await health()).details;
      if (typeof process_id !== "number") throw new Error("the runtime is not up");
      const running = processOf(process_id);
      found.push(running);
      return running;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function processOf(pid: number): RunningProcess {
  const started = startTimeOf(pid);
  const alive = () => started !== null && startTimeOf(pid) === started;
  return {
    pid,
    alive,
    kill() {
      if (alive()) process.kill(pid, "SIGKILL");
    },
  };
}
