/**
 * The registry, taken over while the node runs.
 *
 * 1. The file is read and checked whole before anything of it counts; a mistake changes nothing.
 * 2. Runtimes are on disk before the routing names them: a lease or launch may come of it at once.
 * 3. The routing is replaced here (and by agents that come and go), in one turn with what follows for open tasks: what
 *    wasn't handed over fails or goes on with the new settings, what was handed over finishes.
 * 4. A process never works under settings of before for a task that comes after: it is ended when the
 *    tasks that it has are over, and until then nothing is started in its place.
 */
import { isDeepStrictEqual } from "node:util";
import type { RegistryReloaded } from "#contracts/registry.ts";
import type { Target } from "#src/core/ports.ts";
import type { RoutingTable } from "#src/core/route.ts";
import { ended } from "#src/core/task-machine.ts";
import { fail, StartError } from "#src/errors.ts";
import type { LaunchStore } from "#src/store/launches.ts";
import { adapterOf, type Engine, type Work } from "./engine.ts";
import { failTask } from "./fail-task.ts";
import { routingOf } from "./routing.ts";
import { pendingLaunch } from "./run-task.ts";
import { startWork } from "./start-work.ts";

/**
 * Reads the registry and takes it over.
 * @param read throws a StartError for a file that can't be taken
 * @throws RequestError registry_invalid with the place of each mistake
 */
export async function reloadRegistry(
  engine: Engine,
  read: () => RoutingTable,
  know: LaunchStore["know"],
): Promise<RegistryReloaded> {
  if (engine.stopping) fail("unavailable", "The node is stopping; it reads the registry at its next start.");
  const next = checked(read);
  await know(next.targets.values());
  const change = takeOver(engine, next);
  engine.logger.info(change, "the registry was taken over");
  return change;
}

function checked(read: () => RoutingTable): RoutingTable {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof StartError)) throw thrown;
    const errors = thrown.mistakes ?? [{ path: "", message: thrown.message }];
    const [first = ""] = thrown.message.split("\n");
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
    fail("registry_invalid", `Nothing was changed: ${first}${more}`, { errors, cause: thrown });
  }
}

function takeOver(engine: Engine, next: RoutingTable): RegistryReloaded {
  const former = engine.routing.targets;
  engine.registry = next;
  engine.routing = routingOf(next, engine.agents.targets.values());
  const { targets } = engine.routing;
  const added = [...targets.keys()].filter((name) => !former.has(name));
  const changed: string[] = [];
  const removed: string[] = [];
  for (const [name, target] of former) {
    const now = targets.get(name);
    if (now === undefined) removed.push(name);
    else if (isDeepStrictEqual(target, now)) continue;
    else changed.push(name);
    replaceTarget(engine, target, now, "the registry was reloaded");
  }
  return { targets: [...next.targets.keys()], added, changed, removed };
}

/**
 * What follows for a target's tasks and processes when another has come in its place; the routing names
 * that one already.
 * @param now undefined: none has, and its name is free
 * @param why for the tasks that begin to wait anew
 */
export function replaceTarget(engine: Engine, former: Target, now: Target | undefined, why: string): void {
  for (const work of waitingFor(engine, former.target_id)) {
    if (now === undefined) giveUp(engine, work);
    else void moveOn(engine, work, why);
  }
  if (now === undefined || needsNewProcess(former, now)) retire(engine, former);
}

const queued = new Set<string>(["created", "pending_launch", "launching", "ready"]);

const worksOf = ({ works }: Engine, target_id: string) =>
  [...works.values()].filter((work) => work.target.target_id === target_id);

const waitingFor = (engine: Engine, target_id: string) =>
  worksOf(engine, target_id).filter(({ task }) => queued.has(task.status));

const isNotThere = (target_id: string) => `the target ${target_id} is not there any more`;

function giveUp(engine: Engine, { task, target, over }: Work): void {
  failTask(engine, task, "route_not_found", isNotThere(target.target_id));
  over.abort();
}

/** A task that waits begins to wait anew, under the settings of now; its rank is its own. */
async function moveOn(engine: Engine, work: Work, why: string): Promise<void> {
  const {
    task,
    target: { target_id },
    over,
    done,
  } = work;
  over.abort();
  await done;
  // Who came here for another change meanwhile has taken it up.
  if (engine.works.has(task.fixed.task_id)) return;
  if (engine.stopping || ended(task.status)) return;
  const target = engine.routing.targets.get(target_id);
  if (target === undefined) {
    failTask(engine, task, "route_not_found", isNotThere(target_id));
    return;
  }
  if (task.status === "launching" || task.status === "ready") engine.log.append(task, pendingLaunch(why));
  startWork(engine, task, target, adapterOf(engine, target));
}

/** What a process doesn't know of: it may differ, and the process stays. */
const besideTheProcess = {
  display_name: "",
  capabilities: [],
  defaults: {},
  sticky_mode: "none",
  max_concurrency: null,
  queue: 0,
  timeout_ms: null,
} as const satisfies Partial<Target>;

const needsNewProcess = (former: Target, now: Target) =>
  !isDeepStrictEqual({ ...former, ...besideTheProcess }, { ...now, ...besideTheProcess });

/** Ends a target's processes when the tasks that they have are over (invariant 4). */
function retire(engine: Engine, former: Target): void {
  const { target_id } = former;
  const busy = worksOf(engine, target_id).filter(({ task }) => !queued.has(task.status));
  const earlier = engine.retiring.get(target_id);
  if (busy.length === 0 && earlier === undefined) {
    end(engine, former);
    return;
  }
  const over = Promise.all([earlier, ...busy.map(({ done }) => done)]).then(() => {
    if (engine.retiring.get(target_id) === over) engine.retiring.delete(target_id);
    end(engine, former);
  });
  engine.retiring.set(target_id, over);
}

/** From here on the adapter itself starts nothing before the former process has gone. */
function end(engine: Engine, former: Target): void {
  adapterOf(engine, former)
    .stop(former)
    .catch((thrown: unknown) => {
      engine.logger.error({ err: thrown, target: former.target_id }, "a former process could not be ended");
    });
}
