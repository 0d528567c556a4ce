/**
 * The stdio Agent Client Protocol as a way out: one process per target (or executor), many sessions
 * in it, one open turn per session.
 */
import type { Clock, Companion, Json, JsonObject, Launch, RuntimeAdapter, Target } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import type { SessionBindings } from "#src/core/session-bindings.ts";
import { createCompanions } from "#src/processes/companions.ts";
import { answers } from "#src/processes/healthcheck.ts";
import { createPool, type Plan, type PoolOptions } from "#src/processes/pool.ts";
import { type Agent, greet } from "./agent.ts";
import { reuseOf } from "./continuity.ts";
import { dialectOf } from "./dialects.ts";
import { defaultLineLimit } from "./message-stream.ts";
import { probeAgent } from "./probe.ts";
import { executorOf, sessionPlaceOf, slotOf, subcontextOf } from "./session-place.ts";
import { cwdOf, submit } from "./submit.ts";

export interface AcpOptions extends PoolOptions {
  readonly clock: Clock;
  /** Where it is kept which session continues what. */
  readonly bindings: SessionBindings;
  /** Where agents work whose target names no directory; absolute and existing. */
  readonly workDir: string;
  /** Of this program, for the agents. */
  readonly version?: string;
  /** From a cancel to the end of a turn that doesn't confirm it. Default: 5000. */
  readonly cancelGraceMs?: number;
  /** The longest line that is read, in bytes. Default: 64 MiB. */
  readonly lineLimit?: number;
  /** The longest text that one turn may say, in characters. Default: 64 Mi. */
  readonly turnLimit?: number;
  /** Idle sessions kept open in one process. Default: 32. */
  readonly idleSessions?: number;
}

/** A text can't be longer than 512 Mi characters in V8, and as JSON it may be six times as long. */
const defaultTurnLimit = 64 * 1024 * 1024;
const defaultSetupMs = 90_000;
const defaultIdleMs = 3_600_000;
/** Processes and their companions together are ended in about this time. */
const closeMs = 7000;
const leastCloseMs = 1000;

/** The adapter, with a pool of processes of its own. */
export function createAcpAdapter(options: AcpOptions): RuntimeAdapter {
  const pool = createPool<Agent>(options);
  const companions = createCompanions(options);
  const keys = new Map<string, Set<string>>(); // target → keys of its processes
  const faults = new Map<string, string>(); // key → how its last start failed, or why it was stopped

  const idleOf = (key: string, ms: number) => ({
    ms,
    stopped: () => void faults.set(key, `stopped after ${ms} ms without work`),
  });

  const planOf = (target: Target, runtimeOptions: JsonObject): Plan<Agent> => {
    const key = keyOf(target, runtimeOptions);
    const { target_id: runtime_id, launch } = target;
    const subcontext_key = subcontextOf(target, runtimeOptions);
    return {
      key,
      runtime_id,
      subcontext_key,
      command: commandOf(target, runtimeOptions),
      cwd: launch.cwd ?? options.workDir,
      env: launch.env,
      timeoutMs: launch.timeout_ms,
      ...(launch.mode === "on_demand" ? { idle: idleOf(key, launch.idle_timeout_ms) } : {}),
      ...(launch.requires.length === 0
        ? {}
        : { require: () => companions.hold(runtime_id, launch.requires) }),
      greet: (child, gone) =>
        greet(child, {
          target,
          clock: options.clock,
          log: options.log,
          version: options.version ?? "unknown",
          newId: options.newId,
          gone,
          initializeMs:
            millisecondsOf(runtimeOptions.initialize_timeout_ms) ??
            dialectOf(target.dialect).initialize_timeout_ms,
          lineLimit: options.lineLimit ?? defaultLineLimit,
          idleSessions: options.idleSessions ?? 32,
          endProcess: () => void pool.stop(key, true, child.launch_id),
        }),
    };
  };

  const launch = (target: Target, runtimeOptions: JsonObject, signal: AbortSignal): Launch => {
    const plan = planOf(target, runtimeOptions);
    const known = keys.get(target.target_id) ?? new Set();
    keys.set(target.target_id, known.add(plan.key));
    const { launch_id, ready } = pool.launch(plan, signal);
    const lease = ready.then(
      (up) => {
        faults.delete(plan.key);
        return up.value.leaseOf(subcontextOf(target, runtimeOptions));
      },
      (fault: Error) => {
        faults.set(plan.key, fault.message);
        throw fault;
      },
    );
    return { launch_id, lease };
  };

  const look = async ({ name, healthcheck }: Companion, signal: AbortSignal) => ({
    name,
    healthy: await answers(healthcheck, options.clock, signal),
  });

  return {
    name: "acp",
    health(target, runtimeOptions) {
      const key = keyOf(target, runtimeOptions);
      const state = pool.state(key);
      const pid = pool.up(key)?.child.pid;
      if (pid !== undefined) return { healthy: true, state, process_id: pid };
      const why = state === "down" ? faults.get(key) : undefined;
      return { healthy: false, state, detail: why ?? `its process is ${state}` };
    },
    usable: (target, runtimeOptions, signal) =>
      pool.up(keyOf(target, runtimeOptions), signal)?.value.leaseOf(subcontextOf(target, runtimeOptions)),
    launch,
    async probe(target, runtimeOptions, signal) {
      const probe = await probeAgent({
        launch: () => launch(target, runtimeOptions, signal),
        agent: () => pool.up(keyOf(target, runtimeOptions))?.value,
        isLoggedIn: target.auth_method !== null,
        place() {
          const { command, cwd, env } = planOf(target, runtimeOptions);
          const [program = ""] = command;
          return { program, cwd, path: env["PATH"] ?? options.environment["PATH"] ?? "" };
        },
      });
      const found = await Promise.all(target.launch.requires.map((companion) => look(companion, signal)));
      return found.length === 0 ? probe : { ...probe, companions: found };
    },
    lane: (target, runtimeOptions, sticky_key) => ({
      process: keyOf(target, runtimeOptions),
      session: slotOf(sessionPlaceOf(target, runtimeOptions, sticky_key)),
    }),
    async submit(task, target, lease, signal) {
      const agent = pool.up(keyOf(target, task.runtime_options))?.value;
      if (agent?.leaseOf(subcontextOf(target, task.runtime_options)) !== lease) {
        throw new AdapterFault("submit_failed", "the process of this lease has gone");
      }
      const place = sessionPlaceOf(target, task.runtime_options, task.sticky_key);
      return submit(
        agent,
        task,
        {
          clock: options.clock,
          dialect: dialectOf(target.dialect),
          bindings: options.bindings,
          target_id: target.target_id,
          place,
          // A session that a task names itself has nothing to do with its conversation.
          isNew: task.opens_conversation === true && place.sticky_key === task.sticky_key,
          idleMs: millisecondsOf(task.runtime_options.session_idle_timeout_ms) ?? defaultIdleMs,
          cancelGraceMs: options.cancelGraceMs ?? 5000,
          turnLimit: options.turnLimit ?? defaultTurnLimit,
          cwd: target.launch.cwd ?? options.workDir,
          setupMs: millisecondsOf(task.runtime_options.session_setup_timeout_ms) ?? defaultSetupMs,
        },
        signal,
      );
    },
    reuse(target, runtimeOptions, sticky_key) {
      const { target_id } = target;
      const place = sessionPlaceOf(target, runtimeOptions, sticky_key);
      const cwd = cwdOf(runtimeOptions) ?? target.launch.cwd ?? options.workDir;
      const idleMs = millisecondsOf(runtimeOptions.session_idle_timeout_ms) ?? defaultIdleMs;
      const agent = pool.up(keyOf(target, runtimeOptions))?.value;
      return reuseOf(agent, { bindings: options.bindings, target_id, place, cwd }, idleMs);
    },
    async stop(target, runtimeOptions) {
      const all = keys.get(target.target_id) ?? [];
      const meant = runtimeOptions === undefined ? [...all] : [keyOf(target, runtimeOptions)];
      const stopped = meant.map((key) => pool.stop(key));
      return (await Promise.all(stopped)).includes(true);
    },
    async close() {
      const until = options.clock.now() + closeMs;
      await pool.close();
      await companions.close(Math.max(leastCloseMs, until - options.clock.now()));
    },
  };
}

function keyOf(target: Target, options: JsonObject): string {
  const executor = executorOf(target, options);
  return executor === undefined ? target.target_id : `${target.target_id} executor:${executor}`;
}

/** @throws AdapterFault not_found for an executor that the target doesn't list */
function commandOf(target: Target, options: JsonObject): readonly string[] {
  const { command, commands } = target.launch;
  const executor = executorOf(target, options);
  const named = executor ?? "default";
  const listed = Object.hasOwn(commands, named) ? commands[named] : undefined;
  const chosen = listed ?? (executor === undefined ? command : null);
  if (chosen !== null && chosen !== undefined) return chosen;
  const known = Object.keys(commands).join(", ") || "none";
  throw new AdapterFault("not_found", `${target.target_id} has no executor "${named}"; it has: ${known}`);
}

/** A number of milliseconds, which may come as its string. */
function millisecondsOf(option: Json | undefined): number | undefined {
  const ms = typeof option === "string" && option !== "" ? Number(option) : option;
  return typeof ms === "number" && Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
