/** Runtimes by hand: their health, their start and stop. */
import type { TaskStatus } from "#contracts/enums.ts";
import {
  AdapterFault,
  type JsonObject,
  type Launch,
  type Lease,
  type Probe,
  type Target,
} from "#src/core/ports.ts";
import { names } from "#src/core/route.ts";
import { layOver } from "#src/core/runtime-options.ts";
import { fail } from "#src/errors.ts";
import { adapterOf, type Engine } from "./engine.ts";

/**
 * A local target.
 * @throws RequestError of the given code when there is none
 */
export function findTarget(
  engine: Engine,
  target_id: string,
  code: "runtime_not_found" | "target_not_found",
): Target {
  const target = engine.routing.targets.get(target_id);
  if (target === undefined) {
    const known = names(engine.routing.targets.keys());
    fail(
      code,
      `There is no ${code === "target_not_found" ? "target" : "runtime"} ${target_id}. Known: ${known}.`,
    );
  }
  return target;
}

const handedOver = new Set<TaskStatus>(["dispatching", "running", "awaiting_input"]);

/** What is known of a target's runtime, without touching it. */
export function healthOf(engine: Engine, target: Target) {
  return adapterOf(engine, target).health(target, target.defaults);
}

/**
 * Starts a target's runtime, or finds it up.
 * @returns the lease, and whether it had to be started
 * @throws RequestError launch_failed
 */
export async function startRuntime(
  engine: Engine,
  target: Target,
  options: JsonObject,
): Promise<{ lease: Lease; started: boolean }> {
  refuseToStart(engine, target);
  const adapter = adapterOf(engine, target);
  const merged = layOver(target.defaults, options);
  const use = new AbortController();
  let launch: Launch | undefined;
  try {
    const up = adapter.usable(target, merged, use.signal);
    if (up !== undefined) return { lease: up, started: false };
    launch = adapter.launch(target, merged, use.signal);
    return { lease: await launch.lease, started: true };
  } catch (thrown) {
    if (!(thrown instanceof AdapterFault)) throw thrown;
    const launchId = launch?.launch_id ?? undefined;
    const more = launchId === undefined ? {} : { launchId };
    fail("launch_failed", thrown.message, { cause: thrown, ...more });
  } finally {
    use.abort();
  }
}

function refuseToStart({ stopping, retiring }: Engine, { target_id }: Target): void {
  if (stopping) fail("unavailable", "The node is stopping.");
  if (retiring.has(target_id)) {
    fail(
      "unavailable",
      `The process of ${target_id} still works for tasks under the registry of before; it is started anew when they are over.`,
    );
  }
}

/**
 * Asks a target's runtime what it is, and starts it for that if it is down.
 * @throws RequestError unavailable; a runtime that can't be started is an answer
 */
export async function probeRuntime(engine: Engine, target: Target, options: JsonObject): Promise<Probe> {
  refuseToStart(engine, target);
  const use = new AbortController();
  try {
    const merged = layOver(target.defaults, options);
    return await adapterOf(engine, target).probe(target, merged, use.signal);
  } catch (thrown) {
    if (!(thrown instanceof AdapterFault)) throw thrown;
    fail("unavailable", `${target.target_id} can't be started now: ${thrown.message}.`, { cause: thrown });
  } finally {
    use.abort();
  }
}

/**
 * Stops a target's runtime.
 * @param options which context of it; undefined: all of it
 * @param force also while it has open tasks that were handed over
 * @returns whether anything was running
 * @throws RequestError runtime_busy
 */
export async function stopRuntime(
  engine: Engine,
  target: Target,
  options: JsonObject | undefined,
  force: boolean,
): Promise<boolean> {
  const busy = [...engine.works.values()].filter(
    (work) => work.target.target_id === target.target_id && handedOver.has(work.task.status),
  );
  if (busy.length > 0 && !force) {
    fail(
      "runtime_busy",
      `${target.target_id} has ${busy.length} open task(s); wait for them, cancel them, or stop it with force.`,
    );
  }
  const chosen = options === undefined ? undefined : layOver(target.defaults, options);
  return adapterOf(engine, target).stop(target, chosen);
}
