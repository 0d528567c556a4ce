/** All that a test of a real runtime needs: a model, the runtime's home, a node, and the command line. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import type { TaskEvent } from "#contracts/events.ts";
import { RuntimeHealth } from "#contracts/targets.ts";
import { TaskRecord } from "#contracts/tasks.ts";
import { startTimeOf } from "#src/processes/os.ts";
import { createHome, startNode, type TestNode } from "../support.ts";
import { type CommandLine, commandLineFor } from "./command-line.ts";
import { makeHermesHome } from "./hermes.ts";
import { type ModelServer, startModelServer } from "./model-server.ts";

export interface World extends AsyncDisposable {
  readonly model: ModelServer;
  readonly cli: CommandLine;
  /** A node with Hermes as the target `research`, not started yet. */
  readonly node: TestNode;
  /** Another node on the same data directory, after the first one's end. */
  startAgain(): Promise<TestNode>;
  /** By `task-get`. */
  task(task_id: string): Promise<TaskRecord>;
  /** By `task-events`. */
  events(task_id: string): Promise<readonly TaskEvent[]>;
  /** By `runtime-health`. */
  health(): Promise<z.output<typeof RuntimeHealth>>;
  /** The process that runs Hermes; it is gone when the world is. */
  hermes(): Promise<RunningProcess>;
}

export interface RunningProcess {
  readonly pid: number;
  /** Not another one of its number either. */
  alive(): boolean;
  kill(): void;
}

/** @param command Hermes's */
export async function openWorld(command: readonly string[]): Promise<World> {
  await using made = new AsyncDisposableStack();
  const home = made.use(createHome());
  const model = made.use(await startModelServer());
  const env = makeHermesHome(join(home.path, "hermes"), model.url);
  home.setRegistry({
    research: { command, env, more: { dialect: "hermes", capabilities: ["research.topic"] } },
  });
  const workDir = join(home.path, "work");
  mkdirSync(workDir);
  const found: RunningProcess[] = [];
  made.defer(() => {
    for (const process of found) process.kill();
  });
  const start = () =>
    startNode({ registry: home.registry, dataDir: home.dataDir, args: ["--work-dir", workDir] });
  const node = made.use(await start());
  const cli = commandLineFor(home.dataDir);
  const health = async () => RuntimeHealth.parse(await cli.json("runtime-health", "research"));
  const kept = made.move();
  return {
    model,
    cli,
    node,
    startAgain: async () => kept.use(await start()),
    task: async (task_id) => TaskRecord.parse(await cli.json("task-get", task_id)),
    async events(task_id) {
      await using stored = cli.follow("task-events", task_id);
      await stored.end();
      return stored.events;
    },
    health,
    async hermes() {
      const { process_id } = (await health()).details;
      if (typeof process_id !== "number") throw new Error("Hermes is not up");
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

/** The words of an answer, as they came. */
export function wordsIn(events: readonly TaskEvent[]): string {
  return events
    .map((event) =>
      event.kind === "task.progress" && event.data.type === "message" ? String(event.data.text) : "",
    )
    .join("");
}

export const isWords = (event: TaskEvent): boolean => wordsIn([event]) !== "";
