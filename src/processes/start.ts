/**
 * One start of one process: from its launch row to a process that is up, or to the end of it.
 *
 * Invariants:
 * 1. `ready` settles once. Until then the start owns the child; afterwards the Up does.
 * 2. The launch row is committed before the spawn, and ended once, after the process and all that it
 *    left have gone.
 * 3. A message names the command and what the system said; stderr goes to the launch row only, which
 *    the caller names beside it.
 * 4. What it requires is held from the beginning of the start until the process has gone, and let go
 *    once; the time limit of the start begins when that is up.
 */
import { AdapterFault, type Clock, type LaunchLedger } from "#src/core/ports.ts";
import { type Child, describeExit, nameOf, supervise } from "./supervise.ts";

/** What pino's logger has of it. */
export interface ProcessLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
}

/** What to start, and when it counts as ready. */
export interface Plan<T> {
  readonly key: string;
  readonly runtime_id: string;
  readonly subcontext_key: string;
  readonly command: readonly string[];
  readonly cwd: string;
  /** What the registry adds to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** From spawn to ready. */
  readonly timeoutMs: number;
  /** Ends the process after so long without use; `stopped` is called when that begins. */
  readonly idle?: { readonly ms: number; readonly stopped: () => void };
  /** Begins to hold what must be up before the spawn. */
  readonly require?: () => Hold;
  /** Makes a spawned child usable. `gone` will abort when the process has gone or is being ended. */
  readonly greet: (child: Child, gone: AbortSignal) => Promise<T>;
}

/** A hold on what a process requires. */
export interface Hold {
  /**
   * Resolves when all of it is up.
   * @param signal nobody waits any more
   * @throws AdapterFault launch_failed or unavailable
   */
  ready(signal: AbortSignal): Promise<void>;
  /** Aborted when some of it, that was started here, has ended: whoever needs it is of no use any more. */
  readonly lost: AbortSignal;
  /** Lets go. */
  release(): void;
}

/** A process that is up, with what its greeting made of it. */
export interface Up<T> {
  readonly child: Child;
  readonly value: T;
  /** Aborted when the process has gone or is being ended; the reason's message says how. */
  readonly gone: AbortSignal;
  /** Settles when nothing is left of it and its row is ended. */
  readonly ended: Promise<void>;
  /** Ends it as {@link Child.stop}; resolves when nothing is left of it. */
  stop(urgent?: boolean): Promise<void>;
}

export interface Start<T> {
  readonly launch_id: string;
  /** For a caller that waits until `signal` aborts. */
  wait(signal: AbortSignal): Promise<Up<T>>;
  /** Gives the start up; resolves when nothing is left of it. */
  abandon(why: string): Promise<void>;
}

export interface StartOptions<T> {
  readonly plan: Plan<T>;
  readonly launch_id: string;
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  /** Settles when the former process of this key has gone. */
  readonly former: Promise<void>;
  readonly ledger: LaunchLedger;
  readonly clock: Clock;
  readonly log: ProcessLog;
  readonly secrets: () => readonly string[];
  readonly stepMs?: number;
  readonly hurry?: AbortSignal;
  /** Called once if the start fails; `gone` settles when nothing is left of it. */
  readonly over: (gone: Promise<void>) => void;
  /** Called once if it succeeds, before anyone who waits hears of it; `waiting` are the callers' signals. */
  readonly up: (up: Up<T>, waiting: Iterable<AbortSignal>) => void;
}

/** Begins at once. */
export function createStart<T>(options: StartOptions<T>): Start<T> {
  const { plan, launch_id } = options;
  const failed = new AbortController();
  const waiting = new Set<AbortSignal>();
  const outcome = Promise.withResolvers<Up<T>>();
  outcome.promise.catch(() => {}); // each caller has a view of its own
  let settled = false;

  const fail = (fault: AdapterFault): void => {
    if (settled) return;
    settled = true;
    failed.abort(fault);
    options.over(work);
  };
  const work = run(options, failed.signal, fail, (up) => {
    settled = true;
    options.up(up, waiting);
    outcome.resolve(up);
  }).then(() => {
    if (failed.signal.aborted) outcome.reject(failed.signal.reason);
  });

  return {
    launch_id,
    wait(signal) {
      waiting.add(signal);
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(signal);
          reject(new AdapterFault("unavailable", "the caller no longer waits for this start"));
          if (waiting.size === 0)
            fail(new AdapterFault("unavailable", "nobody waits for this start any more"));
        };
        if (signal.aborted) return leave();
        signal.addEventListener("abort", leave, { once: true });
        outcome.promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
      });
    },
    abandon(why) {
      fail(new AdapterFault("launch_failed", `${nameOf(plan.command)}: ${why}`));
      return work;
    },
  };
}

/** Ends when the process is up, or when nothing is left of a failed start. */
async function run<T>(
  options: StartOptions<T>,
  failed: AbortSignal,
  fail: (fault: AdapterFault) => void,
  succeed: (up: Up<T>) => void,
): Promise<void> {
  const { plan, launch_id, ledger } = options;
  const hold = plan.require?.();
  const gone = new AbortController();
  let child: Child | undefined;
  try {
    await options.former;
    const { runtime_id, subcontext_key, command } = plan;
    await ledger.intended({ launch_id, runtime_id, subcontext_key, command });
    failed.throwIfAborted();
    await hold?.ready(failed);
    failed.throwIfAborted();
    child = await supervise({ ...options, ...plan, env: options.env, secrets: secretsOf(options) });
    const noted = ledger.spawned(launch_id, child.pid, child.started_at_os);
    const value = await greet(options, child, failed, gone.signal);
    await noted;
    await ledger.ready(launch_id);
    failed.throwIfAborted();
    const ended = endOf(options, child, gone, hold);
    const stop = stopper(child, gone, ended);
    succeed({ child, value, gone: gone.signal, ended, stop });
    hold?.lost.addEventListener("abort", () => void stop(), { once: true });
    if (hold?.lost.aborted) void stop();
  } catch (error) {
    fail(faultOf(nameOf(plan.command), error));
    gone.abort(failed.reason);
    await child?.stop(true);
    hold?.release();
    await end(options, "failed", failed.reason, child);
  }
}

function secretsOf<T>(options: StartOptions<T>): string[] {
  return [...Object.values(options.plan.env), ...options.secrets()];
}

function faultOf(name: string, error: unknown): AdapterFault {
  if (!(error instanceof AdapterFault)) {
    return new AdapterFault("launch_failed", `${name} can't be started`, {
      cause: error,
    });
  }
  return error.kind === "unavailable"
    ? error
    : new AdapterFault("launch_failed", error.message, { cause: error });
}

/** The greeting, ended by the first of: its own end, the child's, the time limit, the end of the start. */
function greet<T>(
  options: StartOptions<T>,
  child: Child,
  failed: AbortSignal,
  gone: AbortSignal,
): Promise<T> {
  const { plan, clock } = options;
  let takeBack = (): void => {};
  let abandon = (): void => {};
  return new Promise<T>((resolve, reject) => {
    const refuse = (said: string): void => {
      reject(new AdapterFault("launch_failed", said));
    };
    takeBack = clock.after(plan.timeoutMs, () =>
      refuse(`${child.name} was not ready in ${plan.timeoutMs} ms`),
    );
    abandon = () => reject(failed.reason);
    failed.addEventListener("abort", abandon, { once: true });
    void child.exited.then((exit) => refuse(`${describeExit(child.name, exit)} before it was ready`));
    plan.greet(child, gone).then(resolve, (error: unknown) => {
      // A greeting that breaks because the child ended is better told by the child's end.
      clock.after(50, () => reject(error));
    });
  }).finally(() => {
    takeBack();
    failed.removeEventListener("abort", abandon);
  });
}

/** From here on the process belongs to the Up. Settles when nothing is left of it. */
async function endOf<T>(
  options: StartOptions<T>,
  child: Child,
  gone: AbortController,
  hold: Hold | undefined,
): Promise<void> {
  const how = new Error(describeExit(child.name, await child.exited));
  gone.abort(how);
  await child.cleared;
  hold?.release();
  await end(options, "exited", how, child);
}

function stopper(child: Child, gone: AbortController, ended: Promise<void>): Up<unknown>["stop"] {
  return async (urgent) => {
    gone.abort(new Error(`${child.name} is being stopped`));
    await child.stop(urgent);
    await ended;
  };
}

async function end<T>(
  options: StartOptions<T>,
  status: "failed" | "exited",
  why: unknown,
  child: Child | undefined,
): Promise<void> {
  const stderr = child?.stderr() ?? "";
  const text = [why instanceof Error ? why.message : String(why), stderr]
    .filter((part) => part !== "")
    .join("\n");
  try {
    await options.ledger.ended(options.launch_id, status, text);
  } catch (error) {
    options.log.warn({ launch_id: options.launch_id, err: error }, "the end of a launch could not be noted");
  }
}
