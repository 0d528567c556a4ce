/**
 * One task from acceptance to its end: wait for a runtime and a place, hand the work over, write down
 * what the run tells.
 *
 * 1. Nothing leaves the node before the event that announces it is on disk.
 * 2. The work is handed over at most once, whatever goes wrong afterwards.
 * 3. The place is given back only when the task has ended and its run too.
 */
import { setMaxListeners } from "node:events";
import type { FailureReason } from "#contracts/enums.ts";
import {
  AdapterFault,
  type Lane,
  type Launch,
  type Lease,
  type Run,
  type RuntimeAdapter,
  type Target,
  type TaskToRun,
} from "#src/core/ports.ts";
import { stickyKey } from "#src/core/sticky-key.ts";
import { ended } from "#src/core/task-machine.ts";
import { messageOf } from "#src/errors.ts";
import type { Happening } from "#src/store/task-log.ts";
import type { NewTask } from "#src/store/task-rows.ts";
import type { Engine, Work } from "./engine.ts";
import { failRun, failTask } from "./fail-task.ts";
import { followRun, noteOfRun } from "./follow-run.ts";
import { armRunningTime, cancelRun } from "./steer-task.ts";

/** A runtime that dies before it gets the work is launched again for it, but not for ever. */
const mostLaunches = 3;

const taskIsOver = new Error("the task is over");

/** `over`: where somebody listens to it already. */
export type WorkToBegin = Pick<Work, "task" | "target" | "adapter"> & Partial<Pick<Work, "over">>;

/**
 * Begins to work on a task.
 * @param story what is done; when it is over the place is given back
 */
export function beginWork(
  engine: Engine,
  { task, target, adapter, over = new AbortController() }: WorkToBegin,
  story: (engine: Engine, work: Work) => Promise<void>,
): Work {
  const done = Promise.withResolvers<void>();
  const work: Work = {
    task,
    target,
    adapter,
    over,
    done: done.promise,
    place: undefined,
    run: undefined,
    letOut: undefined,
    timers: {},
    leftMs: undefined,
    runningSince: 0,
    answering: new Set(),
    interrupting: false,
    left: false,
    lost: undefined,
  };
  setMaxListeners(0, work.over.signal);
  engine.works.set(task.fixed.task_id, work);
  story(engine, work)
    .catch((thrown: unknown) => endAsFault(engine, work, thrown))
    .finally(() => {
      // Also takes back what is still asked for. With a reason, since the usual one is an exception made anew.
      work.over.abort(taskIsOver);
      work.place?.release();
      for (const takeBack of Object.values(work.timers)) takeBack();
      engine.inHand.end(task);
      engine.works.delete(task.fixed.task_id);
      done.resolve();
    });
  return work;
}

export async function runToTheEnd(engine: Engine, work: Work): Promise<void> {
  const lease = await untilReady(engine, work);
  if (lease === undefined) {
    work.place?.giveBack();
    return;
  }
  engine.log.append(work.task, { kind: "runtime.ready", source: "core", data: { lease_id: lease.lease_id } });
  if (!engine.keptLeases.has(lease)) {
    const write = () => engine.leases.insert(lease);
    engine.log.with(work.task, write, () => void engine.keptLeases.add(lease));
  }
  watchLease(engine, lease);
  const kept = engine.log.append(work.task, { kind: "task.dispatching", source: "core" });
  if (kept === undefined) return; // the task was never kept, or has ended
  await kept;
  if (work.over.signal.aborted) return;
  armRunningTime(engine, work);
  const run = await handOver(engine, work, lease);
  if (run === undefined) return;
  work.run = run;
  if (ended(work.task.status)) {
    // It was cancelled while it was handed over: the handle that still came is cancelled there.
    cancelRun(engine, work);
  } else {
    noteOfRun(engine, work, runningEvent(run));
    if (work.task.cancel !== null) cancelRun(engine, work);
  }
  await followRun(engine, work, run);
}

const runningEvent = ({ handle, continuity, continuity_reason }: Run) => {
  const { adapter_state, ...remote } = handle;
  const ids = {
    ...(handle.remote_execution_id === undefined ? {} : { remote_execution_id: handle.remote_execution_id }),
    ...(handle.remote_session_id === undefined ? {} : { remote_session_id: handle.remote_session_id }),
  };
  return {
    kind: "task.running",
    source: "adapter",
    data: { ...ids, continuity, continuity_reason },
    changes: { remote, adapter_state },
  } as const;
};

/**
 * Waits for a runtime that is up and for a place at it.
 * @returns the lease, held; undefined when the task has ended or shall not go on
 */
async function untilReady(engine: Engine, work: Work): Promise<Lease | undefined> {
  const { task, target, adapter } = work;
  const stopWaiting = armQueueTime(engine, work);
  try {
    for (let launches = 0; ; ) {
      // Asked for before the launch, so that tasks go on in the order in which they came; and before one
      // that it can't use yet is given back, so that the others don't go ahead of it for that.
      const unused = work.place;
      work.place = undefined;
      const granted = askPlace(engine, work);
      unused?.giveBack();
      const retiring = engine.retiring.get(target.target_id);
      if (retiring !== undefined) await formerGone(engine, work, retiring);
      const lease =
        adapter.usable(target, task.fixed.runtime_options, work.over.signal) ??
        (await launchFor(engine, work, launches++));
      if (lease === undefined) return undefined;
      if (granted !== undefined) await granted;
      if (work.place === undefined || work.over.signal.aborted) return undefined;
      if (!lease.gone.aborted) return lease;
    }
  } finally {
    stopWaiting();
  }
}

/** Why a task waits for a launch. */
export const pendingLaunch = (reason: string): Happening => ({
  kind: "runtime.pending_launch",
  source: "core",
  message: reason,
  data: { reason },
});

/** Waits until the process of settings that hold no more has done what it has, or nobody waits any more. */
async function formerGone(engine: Engine, { task, over }: Work, retiring: Promise<void>): Promise<void> {
  if (task.status !== "pending_launch") {
    engine.log.append(task, pendingLaunch("its runtime still works under the registry of before"));
  }
  const aborted = new Promise<void>((resolve) => {
    over.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([retiring, aborted]);
}

async function launchFor(engine: Engine, work: Work, launches: number): Promise<Lease | undefined> {
  const { task, target, adapter, over } = work;
  if (over.signal.aborted) return undefined;
  if (target.launch.mode === "external") return reach(engine, work);
  if (!task.fixed.delivery.launch_if_down) {
    failTask(
      engine,
      task,
      "runtime_unavailable",
      `${target.target_id} is down, and the task says not to launch it`,
    );
    return undefined;
  }
  if (launches === mostLaunches) {
    failTask(
      engine,
      task,
      "launch_failed",
      `${target.target_id} came up ${mostLaunches} times and died before it took the work`,
    );
    return undefined;
  }
  const reason = launches === 0 ? "the runtime is down" : "the runtime died before it took the work";
  // After a restart it may stand there already.
  if (task.status !== "pending_launch") engine.log.append(task, pendingLaunch(reason));
  let launch: Launch | undefined;
  try {
    launch = adapter.launch(target, task.fixed.runtime_options, over.signal);
    engine.log.append(task, {
      kind: "runtime.launching",
      source: "core",
      data: { launch_id: launch.launch_id },
    });
    return await launch.lease;
  } catch (thrown) {
    if (!(thrown instanceof AdapterFault)) throw thrown;
    if (over.signal.aborted) return undefined;
    const seen = launch?.launch_id ? `; see launch ${launch.launch_id}` : "";
    failTask(engine, task, "launch_failed", `${thrown.message}${seen}`);
    return undefined;
  }
}

/** A runtime that is never started here answers, or the task has failed. */
async function reach(engine: Engine, { task, target, adapter, over }: Work): Promise<Lease | undefined> {
  try {
    return await adapter.launch(target, task.fixed.runtime_options, over.signal).lease;
  } catch (thrown) {
    if (!(thrown instanceof AdapterFault)) throw thrown;
    if (!over.signal.aborted) failTask(engine, task, "runtime_unavailable", thrown.message);
    return undefined;
  }
}

/** @returns settles when the place is granted or no longer wanted; undefined: it is granted now */
export function askPlace(engine: Engine, work: Work): Promise<void> | undefined {
  const { task, target, adapter, over } = work;
  const { process, session } = laneOf(adapter, target, task.fixed);
  const lane = session === null ? null : `${process}\n${session}`;
  const { task_id: rank, sender } = task.fixed;
  const told = (position: number) => tellPosition(engine, work, position);
  const place = engine.places.take(target, { rank, sender, lane, told }, over.signal);
  if (!(place instanceof Promise)) {
    work.place = place;
    return undefined;
  }
  return place.then((granted) => {
    if (over.signal.aborted) granted?.giveBack();
    else work.place = granted;
  });
}

function tellPosition(engine: Engine, { task, target, adapter }: Work, queue_position: number): void {
  const { healthy } = adapter.health(target, task.fixed.runtime_options);
  const message = `number ${queue_position} in the queue of ${target.target_id}`;
  engine.log.append(task, {
    kind: "runtime.health",
    source: "core",
    message,
    data: { healthy, queue_position },
  });
}

const stickyKeyOf = (target: Target, { thread_id, conversation_id }: NewTask) =>
  stickyKey(target.sticky_mode, thread_id ?? null, conversation_id);

/** Where a task runs or will run; nobody else does meanwhile. */
export const laneOf = (adapter: RuntimeAdapter, target: Target, fixed: NewTask): Lane =>
  adapter.lane(target, fixed.runtime_options, stickyKeyOf(target, fixed));

const submitReasons = new Set<string>(["submit_failed", "protocol_error"]);

async function handOver(engine: Engine, work: Work, lease: Lease): Promise<Run | undefined> {
  const { task, target, adapter, over } = work;
  engine.inHand.begin(task, lease);
  try {
    return await adapter.submit(await taskToRun(engine, work), target, lease, over.signal);
  } catch (thrown) {
    if (ended(task.status)) return undefined;
    if (!(thrown instanceof AdapterFault)) throw thrown;
    const reason = submitReasons.has(thrown.kind) ? (thrown.kind as FailureReason) : "submit_failed";
    if (engine.stopping)
      failTask(engine, task, "interrupted", "the node was stopped while the work was handed over");
    else if (thrown.kind === "timeout") failTask(engine, task, "interrupted", thrown.message);
    else failTask(engine, task, reason, thrown.message);
    return undefined;
  }
}

async function taskToRun(engine: Engine, work: Work): Promise<TaskToRun> {
  const task = taskLeft(work);
  return { ...task, payload: work.task.fixed.payload ?? (await storedPayload(engine, work)) };
}

/** The task as an adapter sees it; a large payload is null. */
export function taskLeft(work: Pick<Work, "task" | "target">): TaskToRun {
  const { fixed } = work.task;
  const { task_id, thread_id, conversation_id, sender, intent, payload, runtime_options } = fixed;
  return {
    task_id,
    conversation_id,
    thread_id: thread_id ?? null,
    sender,
    intent,
    payload,
    runtime_options,
    delivery: { ...fixed.delivery },
    metadata: fixed.metadata,
    trace_id: fixed.trace.trace_id,
    sticky_key: stickyKeyOf(work.target, fixed),
    opens_conversation: fixed.opens_conversation === true,
    question_timeout_ms: fixed.delivery.question_timeout_ms,
  };
}

/** After a restart a large payload is only an artifact. */
export async function storedPayload(
  engine: Engine,
  { task }: Pick<Work, "task">,
): Promise<TaskToRun["payload"]> {
  const id = task.fixed.payload_artifact_id;
  const row = id === null ? undefined : engine.artifacts.find(id);
  if (row === undefined) return null;
  return JSON.parse(Buffer.from(await engine.artifacts.read(row)).toString("utf8"));
}

export function armQueueTime(engine: Engine, work: Work): () => void {
  const { queue_timeout_ms } = work.task.fixed.delivery;
  const leftMs = Date.parse(work.task.fixed.created_at) + queue_timeout_ms - engine.clock.now();
  return engine.clock.after(Math.max(0, leftMs), () => {
    failTask(engine, work.task, "timeout", `waited longer than ${queue_timeout_ms} ms for its turn`);
    work.over.abort();
  });
}

/** A lease's end is written down once, however many tasks have held it. */
function watchLease(engine: Engine, lease: Lease): void {
  if (engine.watched.has(lease)) return;
  engine.watched.add(lease);
  const release = () => {
    engine.leases.release(lease.lease_id).catch((thrown: unknown) => {
      engine.logger.error(
        { err: thrown, lease_id: lease.lease_id },
        "the end of a lease could not be written",
      );
    });
  };
  if (lease.gone.aborted) release();
  else lease.gone.addEventListener("abort", release, { once: true });
}

/** A fault of ours ends the task; that its end can't be written yet keeps nobody waiting. */
async function endAsFault(engine: Engine, work: Work, thrown: unknown): Promise<void> {
  const { task_id } = work.task.fixed;
  engine.logger.error({ err: thrown, task_id }, "a task ended by a fault of the node");
  await failRun(engine, work, "internal_error", `the node made a mistake: ${messageOf(thrown)}`).catch(
    () => {}, // it is tried again
  );
}
