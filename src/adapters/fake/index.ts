/**
 * A runtime in memory: the second implementation of the port, for the engine's tests. By default its
 * runtimes start at once and each task runs as its payload's `mode` says; a test may drive the starts
 * and the turns by hand instead.
 *
 * Invariants:
 * 1. One start per process (target and executor), however many wait for it.
 * 2. A process that ends ends its runs: the lease is gone, each open run fails.
 * 3. Nothing happens by time except through the clock that was given.
 */
import type {
  Clock,
  JsonObject,
  Launch,
  Lease,
  Probe,
  Run,
  RuntimeAdapter,
  Target,
  TaskToRun,
} from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { type FakeScript, refuseByMode, runByMode } from "./modes.ts";
import { createFakeProcess, type FakeProcess, type FakeStart } from "./process.ts";
import { createRoll, type Roll } from "./roll.ts";
import { type FakeTurn, startTurn } from "./turn.ts";

export type { FakeScript } from "./modes.ts";
export type { FakeStart } from "./process.ts";
export type { FakeTurn } from "./turn.ts";

export interface FakeOptions {
  readonly name?: RuntimeAdapter["name"];
  readonly clock?: Clock;
  /** Drives a start; default: ready at once. `() => {}` leaves it to the test, by {@link FakeAdapter.start}. */
  readonly launch?: (start: FakeStart) => void;
  /** Whether a target's program is there, for a probe of one that doesn't start. Default: it is. */
  readonly installed?: (target: Target) => boolean;
  /** Called before a task is taken; what it throws is thrown by `submit`. Default: mode submit_fail. */
  readonly submit?: (task: TaskToRun, target: Target) => void | Promise<void>;
  /** Drives a turn; default: by the payload's mode. `() => {}` leaves it to the test. */
  readonly script?: FakeScript;
  /** From a cancel to the end of a run that doesn't confirm it. Default: 5000. */
  readonly cancelGraceMs?: number;
  readonly canCancel?: boolean;
  readonly canResume?: boolean;
  /** What becomes of answers in place of being given. */
  readonly resume?: NonNullable<Run["resume"]>;
  /** What becomes of cancels in place of being told to the run. */
  readonly cancel?: NonNullable<Run["cancel"]>;
}

export interface FakeAdapter extends RuntimeAdapter {
  /** All starts so far, in order. */
  readonly starts: readonly FakeStart[];
  /** All turns so far, in order. */
  readonly turns: readonly FakeTurn[];
  /** The n-th start (from 0), as soon as there is one. */
  start(n: number): Promise<FakeStart>;
  /** The n-th turn (from 0), as soon as there is one. */
  turn(n: number): Promise<FakeTurn>;
  /** Ends the target's processes as if they had died: their runs fail with `detail`. */
  crash(target: Target, detail: string): void;
}

interface FakeState {
  readonly options: FakeOptions;
  readonly clock: Clock;
  readonly processes: Map<string, FakeProcess>;
  readonly starts: Roll<FakeStart>;
  readonly turns: Roll<FakeTurn>;
}

const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

const subcontextOf = (options: JsonObject): string =>
  typeof options.executor === "string" ? `executor:${options.executor}` : "default";
const keyOf = (target: Target, options: JsonObject): string => `${target.target_id} ${subcontextOf(options)}`;

function begin(state: FakeState, key: string, target: Target, options: JsonObject): FakeProcess {
  const launch_id = `launch-${state.starts.all.length + 1}`;
  const process = createFakeProcess(target, subcontextOf(options), launch_id, () => {
    state.processes.delete(key);
  });
  state.processes.set(key, process);
  state.starts.add(process.start);
  (state.options.launch ?? ((start) => start.ready()))(process.start);
  return process;
}

async function submit(
  state: FakeState,
  task: TaskToRun,
  target: Target,
  lease: Lease,
  signal: AbortSignal,
): Promise<Run> {
  await (state.options.submit ?? refuseByMode)(task, target);
  const process = state.processes.get(`${target.target_id} ${lease.subcontext_key}`);
  if (process === undefined || lease.gone.aborted) {
    throw new AdapterFault("submit_failed", "its process has gone");
  }
  const live = task.sticky_key !== null && process.sessions.has(task.sticky_key);
  if (task.sticky_key !== null) process.sessions.add(task.sticky_key);
  const { turn, run, giveUp } = startTurn({
    task,
    target,
    lease,
    clock: state.clock,
    cancelGraceMs: state.options.cancelGraceMs ?? 5000,
    canCancel: state.options.canCancel ?? true,
    canResume: state.options.canResume ?? true,
    resume: state.options.resume,
    cancel: state.options.cancel,
    continuity: live
      ? { continuity: "live", continuity_reason: "the session is still open" }
      : { continuity: "fresh", continuity_reason: "no session of this conversation" },
    session: task.sticky_key ?? task.task_id,
  });
  process.turns.add(turn);
  // Also where that was while it was handed over: then it is told at once.
  if (signal.aborted) giveUp();
  else signal.addEventListener("abort", giveUp);
  state.turns.add(turn);
  void (state.options.script ?? ((t) => runByMode(t, state.clock, process.end)))(turn);
  return run;
}

const announced = {
  command_found: true,
  name: "in-memory",
  version: "1.0.0",
  capabilities: { loadSession: false },
  auth_required: false,
} as const;

async function probe(state: FakeState, target: Target, begin: () => Launch): Promise<Probe> {
  let launch_id: string | null = null;
  try {
    const launch = begin();
    ({ launch_id } = launch);
    await launch.lease;
    return { ...announced, launch_id };
  } catch (thrown) {
    if (!(thrown instanceof AdapterFault) || thrown.kind === "unavailable") throw thrown;
    const command_found = thrown.kind !== "not_found" && (state.options.installed ?? (() => true))(target);
    const seen = launch_id === null ? "" : `; see launch ${launch_id}`;
    return { command_found, launch_id, capabilities: {}, error: `${thrown.message}${seen}` };
  }
}

/** @param options what the test drives by hand; the rest happens at once */
export function createFakeAdapter(options: FakeOptions = {}): FakeAdapter {
  const state: FakeState = {
    options,
    clock: options.clock ?? systemClock,
    processes: new Map(),
    starts: createRoll(),
    turns: createRoll(),
  };
  const find = (target: Target, o: JsonObject): FakeProcess | undefined =>
    state.processes.get(keyOf(target, o));
  const launch = (target: Target, o: JsonObject, signal: AbortSignal): Launch => {
    const { executor } = o;
    if (
      typeof executor === "string" &&
      executor !== "default" &&
      !Object.hasOwn(target.launch.commands, executor)
    ) {
      throw new AdapterFault("not_found", `${target.target_id} has no executor "${executor}"`);
    }
    const process = find(target, o) ?? begin(state, keyOf(target, o), target, o);
    return { launch_id: process.start.launch_id, lease: process.wait(signal) };
  };
  const endAll = (concerns: (process: FakeProcess) => boolean, detail: string): boolean => {
    const doomed = [...state.processes.values()].filter(concerns);
    for (const process of doomed) process.end(detail);
    return doomed.length > 0;
  };
  return {
    name: options.name ?? "acp",
    starts: state.starts.all,
    turns: state.turns.all,
    start: state.starts.at,
    turn: state.turns.at,
    crash: (target, detail) => void endAll((process) => process.target_id === target.target_id, detail),
    health(target, o) {
      const process = find(target, o);
      if (process === undefined) return { healthy: false, state: "down" };
      return process.lease() === undefined
        ? { healthy: false, state: "starting" }
        : { healthy: true, state: "up" };
    },
    usable: (target, o) => find(target, o)?.lease(),
    launch,
    probe: (target, o, signal) => probe(state, target, () => launch(target, o, signal)),
    lane: (target, o, sticky_key) => ({ process: keyOf(target, o), session: sticky_key }),
    submit: (task, target, lease, signal) => submit(state, task, target, lease, signal),
    reuse: (target, o, sticky_key) =>
      sticky_key !== null && find(target, o)?.sessions.has(sticky_key) === true ? "live" : "none",
    async stop(target, o) {
      const chosen = o === undefined ? undefined : find(target, o);
      const meant = (process: FakeProcess) => o === undefined || process === chosen;
      return endAll((process) => process.target_id === target.target_id && meant(process), "stopped");
    },
    close: async () => void endAll(() => true, "closed"),
  };
}
