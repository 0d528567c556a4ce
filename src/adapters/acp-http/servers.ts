/**
 * The servers that targets are reached at: those of others, which are only asked whether they answer, and
 * those that are started here.
 *
 * Invariants:
 * 1. A server of others is never started or stopped; one that doesn't answer, whoever calls it, loses its
 *    leases.
 * 2. A server is not started where another one answers already: its runs would be somebody else's.
 */
import {
  AdapterFault,
  type Health,
  type JsonObject,
  type Launch,
  type Lease,
  type Target,
} from "#src/core/ports.ts";
import { createCompanions } from "#src/processes/companions.ts";
import { answers } from "#src/processes/healthcheck.ts";
import { createLeases } from "#src/processes/leases.ts";
import { createPool, type Plan, type PoolOptions } from "#src/processes/pool.ts";
import { isThere } from "#src/processes/program.ts";
import { subcontextOf } from "./agents.ts";
import { callFor, NoAnswer, type Server } from "./calls.ts";
import { refusalOf } from "./signals.ts";

export interface ServersOptions extends PoolOptions {
  readonly workDir: string;
  /** How a target's server is called. */
  readonly serverOf: (target: Target) => Server;
}

/** A server in use. */
export interface Life {
  leaseOf(subcontext_key: string): Lease;
  /** Runs that it has; of a process that has more than one none is ended for the sake of another. */
  readonly runs: Set<object>;
  /** Aborted when its process has ended. */
  readonly gone: AbortSignal;
  readonly goneSaid: () => string;
  /** Ends its process; undefined: it is none of ours. */
  readonly end: (() => void) | undefined;
}

export interface Servers {
  health(target: Target): Health;
  /** What is known to be up. */
  life(target: Target, user?: AbortSignal): Life | undefined;
  launch(target: Target, options: JsonObject, signal: AbortSignal): Launch;
  /** A run has found out that a server of others doesn't answer. */
  lost(target: Target, why: string): void;
  /** A server of others has answered a run. */
  heard(target: Target): void;
  isInstalled(target: Target): boolean;
  stop(target: Target): Promise<boolean>;
  close(): Promise<void>;
}

/** For so long a server that has answered counts as up without being asked again. */
const freshMs = 5000;
const pollMs = 100;
const closeMs = 7000;
const leastCloseMs = 1000;

interface Outside {
  readonly endpoint: string;
  readonly life: Life;
  readonly lost: AbortController;
  answeredAt: number;
}

export const isOutside = ({ launch }: Target): boolean => launch.mode === "external";

/** What a target's server is asked whether it is up. */
export const healthcheckOf = ({ healthcheck }: Target): string => healthcheck ?? "/ping";

/** Servers, of which none is known yet. */
export function createServers(options: ServersOptions): Servers {
  const { clock, newId, serverOf } = options;
  const pool = createPool<Life>(options);
  const companions = createCompanions(options);
  const outside = new Map<string, Outside>();
  const faults = new Map<string, string>();
  /** The targets of whose server only a run says that it is out of reach: a run's word is enough against it. */
  const away = new Set<string>();

  const ask = async (target: Target, signal: AbortSignal): Promise<void> => {
    const server = serverOf(target);
    const answer = await callFor(server, {
      name: "health check",
      method: "GET",
      path: healthcheckOf(target),
      signal,
    });
    if (answer.status < 200 || answer.status > 299)
      throw new NoAnswer(`health check: ${refusalOf(answer, server.mask)}`, true);
  };
  const forget = (target_id: string, why: string): void => {
    outside.get(target_id)?.lost.abort(new Error(why));
    outside.delete(target_id);
    away.delete(target_id);
    faults.set(target_id, why);
  };
  const know = (target: Target): Outside => {
    const { target_id } = target;
    const known = outside.get(target_id);
    const found = known?.endpoint === target.endpoint ? known : outsideOf(target);
    found.answeredAt = clock.now();
    outside.set(target_id, found);
    away.delete(target_id);
    faults.delete(target_id);
    return found;
  };

  /** A server of others that answers. */
  const reach = async (target: Target, signal: AbortSignal): Promise<Life> => {
    const { target_id } = target;
    try {
      await ask(target, signal);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) forget(target_id, said);
      throw new AdapterFault("unavailable", `its server does not answer: ${said}`, { cause: error });
    }
    return know(target).life;
  };
  const outsideOf = (target: Target): Outside => {
    const lost = new AbortController();
    const leaseOf = createLeases({
      runtime_id: target.target_id,
      process_id: null,
      metadata: { endpoint: target.endpoint },
      newId,
      gone: lost.signal,
    });
    // Its runs go on, or don't, whatever becomes of the lease.
    const gone = new AbortController().signal;
    const life: Life = { leaseOf, runs: new Set(), gone, goneSaid: () => "", end: undefined };
    return { endpoint: target.endpoint ?? "", life, lost, answeredAt: clock.now() };
  };

  const planOf = (target: Target): Plan<Life> => {
    const { target_id, launch } = target;
    const idle = () => void faults.set(target_id, `stopped after ${launch.idle_timeout_ms} ms without work`);
    return {
      key: target_id,
      runtime_id: target_id,
      subcontext_key: "default",
      command: commandOf(target),
      cwd: launch.cwd ?? options.workDir,
      env: launch.env,
      timeoutMs: launch.timeout_ms,
      ...(launch.mode === "on_demand" ? { idle: { ms: launch.idle_timeout_ms, stopped: idle } } : {}),
      require() {
        const hold = companions.hold(target_id, launch.requires);
        const ready = async (signal: AbortSignal): Promise<void> => {
          await hold.ready(signal);
          if (await answers(urlOf(target), clock, signal)) throw taken(target);
        };
        return { ...hold, ready };
      },
      async greet(child, gone) {
        child.stdin.end();
        child.stdout.on("data", child.keep).resume();
        await untilUp(() => ask(target, gone), gone);
        const { launch_id, pid: process_id } = child;
        const metadata = { launch_id, endpoint: target.endpoint };
        return {
          leaseOf: createLeases({ runtime_id: target_id, process_id, launch_id, metadata, newId, gone }),
          runs: new Set(),
          gone,
          goneSaid: () => `${(gone.reason as Error).message}, see launch ${launch_id}`,
          end: () => void pool.stop(target_id, true, launch_id),
        };
      },
    };
  };
  const untilUp = async (asked: () => Promise<void>, gone: AbortSignal): Promise<void> => {
    while (!gone.aborted) {
      try {
        return await asked();
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
      }
      await new Promise<void>((resolve) => void clock.after(pollMs, resolve));
    }
  };

  return {
    health(target) {
      const { target_id } = target;
      if (isOutside(target)) {
        if (outside.has(target_id)) return { healthy: true, state: "up" };
        return {
          healthy: false,
          state: "down",
          detail: faults.get(target_id) ?? "its server was not asked yet",
        };
      }
      const state = pool.state(target_id);
      const up = pool.up(target_id);
      if (up !== undefined) return { healthy: true, state, process_id: up.child.pid };
      const why = state === "down" ? faults.get(target_id) : undefined;
      return { healthy: false, state, detail: why ?? `its process is ${state}` };
    },
    life(target, user) {
      if (!isOutside(target)) return pool.up(target.target_id, user)?.value;
      const found = outside.get(target.target_id);
      const isFresh = found !== undefined && clock.now() - found.answeredAt <= freshMs;
      return isFresh && found.endpoint === target.endpoint ? found.life : undefined;
    },
    launch(target, runtimeOptions, signal) {
      const subcontext = subcontextOf(runtimeOptions);
      if (isOutside(target)) {
        const lease = reach(target, signal).then(({ leaseOf }) => leaseOf(subcontext));
        return { launch_id: null, lease };
      }
      const { launch_id, ready } = pool.launch(planOf(target), signal);
      const lease = ready.then(
        ({ value }) => {
          faults.delete(target.target_id);
          return value.leaseOf(subcontext);
        },
        (fault: Error) => {
          faults.set(target.target_id, fault.message);
          throw fault;
        },
      );
      return { launch_id, lease };
    },
    lost(target, why) {
      const { target_id, endpoint } = target;
      const known = outside.get(target_id);
      // What a registry of before says of another server, or a run of an ill one, is no news.
      if (!isOutside(target) || (known !== undefined && known.endpoint !== endpoint)) return;
      if (known === undefined && faults.has(target_id)) return;
      forget(target_id, why);
      away.add(target_id);
    },
    heard(target) {
      const { target_id } = target;
      const isUnsure = away.has(target_id) || !faults.has(target_id);
      if (isOutside(target) && !outside.has(target_id) && isUnsure) know(target);
    },
    isInstalled(target) {
      if (isOutside(target)) return true;
      const { command, cwd, env } = planOf(target);
      const [program = ""] = command;
      return isThere({ program, cwd, path: env["PATH"] ?? options.environment["PATH"] ?? "" });
    },
    async stop(target) {
      if (!isOutside(target)) return pool.stop(target.target_id);
      forget(target.target_id, "it was let go of");
      return false;
    },
    async close() {
      const until = clock.now() + closeMs;
      await pool.close();
      await companions.close(Math.max(leastCloseMs, until - clock.now()));
    },
  };
}

/** @throws AdapterFault not_found */
function commandOf({ target_id, launch: { command } }: Target): readonly string[] {
  if (command !== null) return command;
  throw new AdapterFault("not_found", `${target_id} has no command`);
}

const urlOf = (target: Target): string => {
  const path = healthcheckOf(target);
  return /^https?:/.test(path) ? path : `${target.endpoint ?? ""}${path}`;
};

const taken = ({ target_id }: Target) =>
  new AdapterFault(
    "launch_failed",
    `another server answers at the endpoint of ${target_id} already; stop it, or let launch.mode be external to use it`,
  );
