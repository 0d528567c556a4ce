/**
 * The processes of one adapter, by key: started once however many wait, watched, ended.
 *
 * Invariants:
 * 1. A key has one phase: down (no entry), starting, up or stopping; the phase owns the promise that
 *    ends it, and whoever comes shares that promise.
 * 2. A launch row is on disk before its process is spawned, and is ended exactly once.
 * 3. A start has its own time limit. It is stopped when nobody waits for it any more.
 * 4. A start begins only after the former process of its key has gone.
 * 5. A process with an idle limit is ended when nobody has used it for so long; that nobody does, and
 *    that it is being stopped, is one step.
 */
import { AdapterFault, type Clock, type Health, type LaunchLedger } from "#src/core/ports.ts";
import { childEnvironment } from "./environment.ts";
import { createIdle, type Idle } from "./idle.ts";
import { createStart, type Plan, type ProcessLog, type Start, type Up } from "./start.ts";

export type { Plan, ProcessLog, Up } from "./start.ts";

export interface PoolOptions {
  readonly ledger: LaunchLedger;
  readonly clock: Clock;
  readonly log: ProcessLog;
  /** Makes a launch id. */
  readonly newId: () => string;
  /** This node's own environment, of which harmless names are passed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The node's own variables for a launch (AETHROLINK_SERVER, AETHROLINK_AGENT_ID and such). */
  readonly ownVariables: (launch: {
    launch_id: string;
    runtime_id: string;
  }) => Readonly<Record<string, string>>;
  /** Values beyond the registry's env that must not be shown in what a child prints. */
  readonly secrets: () => readonly string[];
  /** Between the steps of an escalation. Default: 3000. */
  readonly stepMs?: number;
  /** Aborted: there is no more time for an escalation, what is left is killed. */
  readonly hurry?: AbortSignal;
}

export interface Pool<T> {
  /** What is up now, without waiting. `user`: it is in use until that aborts. */
  up(key: string, user?: AbortSignal): Up<T> | undefined;
  state(key: string): Health["state"];
  /**
   * Starts the process or joins its start. `ready` rejects with an AdapterFault of kind launch_failed,
   * or unavailable when the pool is closed or `signal`, this caller's patience, has aborted. The
   * process is in use until `signal` aborts.
   */
  launch(plan: Plan<T>, signal: AbortSignal): { launch_id: string; ready: Promise<Up<T>> };
  /**
   * Ends the process of a key, up or starting; resolves, when it is gone, with whether there was one.
   * @param launch_id only the process of this launch, not one that came after it
   */
  stop(key: string, urgent?: boolean, launch_id?: string): Promise<boolean>;
  /** Ends all; nothing is started afterwards. */
  close(urgent?: boolean): Promise<void>;
}

type Phase<T> =
  | { readonly phase: "starting"; readonly start: Start<T> }
  | { readonly phase: "up"; readonly up: Up<T>; readonly idle: Idle | undefined }
  | { readonly phase: "stopping"; readonly gone: Promise<void> };

function launchOf<T>(phase: Phase<T>): string | undefined {
  if (phase.phase === "starting") return phase.start.launch_id;
  return phase.phase === "up" ? phase.up.child.launch_id : undefined;
}

/** A pool without processes. */
export function createPool<T>(options: PoolOptions): Pool<T> {
  const phases = new Map<string, Phase<T>>();
  let closed = false;

  const environmentOf = (plan: Plan<T>, launch_id: string): Record<string, string> =>
    childEnvironment(
      options.environment,
      plan.env,
      options.ownVariables({ launch_id, runtime_id: plan.runtime_id }),
    );

  /** Sets a phase that nothing but its own end takes away. */
  const leave = (key: string, gone: Promise<unknown>): Promise<void> => {
    const done = gone.then(
      () => {},
      () => {},
    );
    const phase: Phase<T> = {
      phase: "stopping",
      gone: done.then(() => {
        if (phases.get(key) === phase) phases.delete(key);
      }),
    };
    phases.set(key, phase);
    return phase.gone;
  };

  const begin = (plan: Plan<T>, former: Promise<void>): Start<T> => {
    const launch_id = options.newId();
    const start = createStart({
      ...options,
      plan,
      launch_id,
      former,
      env: environmentOf(plan, launch_id),
      over: (gone) => void leave(plan.key, gone),
      up(up, waiting) {
        const idle = idleOf(plan, waiting);
        phases.set(plan.key, { phase: "up", up, idle });
        const over = (): void => {
          idle?.end();
          void leave(plan.key, up.ended);
        };
        up.gone.addEventListener("abort", over, { once: true });
      },
    });
    phases.set(plan.key, { phase: "starting", start });
    return start;
  };

  const stop = async (key: string, urgent = false, launch_id?: string): Promise<boolean> => {
    const phase = phases.get(key);
    if (phase === undefined) return false;
    if (launch_id !== undefined && launch_id !== launchOf(phase)) return false;
    if (phase.phase === "stopping") await phase.gone;
    else if (phase.phase === "starting") await phase.start.abandon(`${key} was stopped`);
    else await phase.up.stop(urgent);
    return true;
  };

  const idleOf = ({ key, idle }: Plan<T>, users: Iterable<AbortSignal>): Idle | undefined => {
    if (idle === undefined) return undefined;
    return createIdle(options.clock, idle.ms, users, () => {
      idle.stopped();
      void stop(key);
    });
  };

  return {
    up(key, user) {
      const phase = phases.get(key);
      if (phase?.phase !== "up") return undefined;
      if (user !== undefined) phase.idle?.hold(user);
      return phase.up;
    },
    state: (key) => phases.get(key)?.phase ?? "down",
    launch(plan, signal) {
      if (closed) throw new AdapterFault("unavailable", "the node is stopping");
      const phase = phases.get(plan.key);
      if (phase?.phase === "up") {
        phase.idle?.hold(signal);
        return { launch_id: phase.up.child.launch_id, ready: Promise.resolve(phase.up) };
      }
      const former = phase?.phase === "stopping" ? phase.gone : Promise.resolve();
      const start = phase?.phase === "starting" ? phase.start : begin(plan, former);
      return { launch_id: start.launch_id, ready: start.wait(signal) };
    },
    stop,
    async close(urgent) {
      closed = true;
      await Promise.all([...phases.keys()].map((key) => stop(key, urgent)));
    },
  };
}
