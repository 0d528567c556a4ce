/**
 * The HTTP Agent Communication Protocol as a way out: servers of others, or processes that are started here,
 * each run followed by its own stream or by asking.
 */
import type { LeftRun } from "#src/core/left-run.ts";
import type { Clock, JsonObject, Probe, Run, RuntimeAdapter, Target, TaskToRun } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import type { SessionBindings } from "#src/core/session-bindings.ts";
import type { PoolOptions } from "#src/processes/pool.ts";
import { createMasker } from "#src/processes/stderr-tail.ts";
import { subcontextOf } from "./agents.ts";
import { NoAnswer, type Server } from "./calls.ts";
import { dialectOf } from "./dialects.ts";
import { headersOf, secretsOf, shownOf, withAdded } from "./headers.ts";
import { objectIn, textIn } from "./json.ts";
import { probeServer } from "./probe.ts";
import { type Begun, createRun } from "./run.ts";
import { createServers, isOutside, type Life } from "./servers.ts";
import { bindingKeyOf, leaveSession } from "./sessions.ts";
import { begin } from "./submit.ts";

export interface AcpHttpOptions extends PoolOptions {
  readonly clock: Clock;
  /** Where it is kept which session continues what. */
  readonly bindings: SessionBindings;
  /** Where processes run whose target names no directory. */
  readonly workDir: string;
  /** From a cancel to the end of a run that doesn't confirm it. Default: 5000. */
  readonly cancelGraceMs?: number;
  /** For each call, to its answer. Default: 30000. */
  readonly callMs?: number;
  /** How long the server of a run may be out of reach. Default: 10000. */
  readonly lostMs?: number;
  /** The most bytes of an answer, of an event, and of all that a run says. Default: 64 MiB. */
  readonly limit?: number;
}

const mostSessions = 10_000;
const never = new AbortController().signal;

/** The adapter, with servers of its own. */
export function createAcpHttpAdapter(options: AcpHttpOptions): RuntimeAdapter {
  const { bindings, clock, environment } = options;
  /** Which server has had a turn of a session, by its id; the least recent are forgotten. */
  const sessions = new Map<string, Life>();

  const serverOf = (target: Target, added?: JsonObject): Server => ({
    endpoint: (target.endpoint ?? "").replace(/\/+$/, ""),
    headers: withAdded(headersOf(target, environment), added),
    clock,
    callMs: options.callMs ?? 30_000,
    limit: options.limit ?? 64 * 1024 * 1024,
    mask: createMasker([...secretsOf(target, environment), ...textsIn(added), ...options.secrets()]),
  });
  const servers = createServers({ ...options, serverOf });

  const remember = (session_id: string, life: Life): void => {
    sessions.delete(session_id);
    sessions.set(session_id, life);
    const [oldest] = sessions.keys();
    if (sessions.size > mostSessions && oldest !== undefined) sessions.delete(oldest);
  };
  const follow = (begun: Begun, { task, target, life, server, signal }: Followed): Run => {
    const about = { target_id: target.target_id, subcontext_key: subcontextOf(task.runtime_options) };
    const key = bindingKeyOf(about, task.sticky_key);
    const token = {};
    life?.runs.add(token);
    return createRun(begun, {
      server,
      dialect: dialectOf(target.dialect),
      clock,
      newId: options.newId,
      questionMs: task.question_timeout_ms,
      cancelGraceMs: options.cancelGraceMs ?? 5000,
      lostMs: options.lostMs ?? 10_000,
      gone: life?.gone ?? never,
      goneSaid: life?.goneSaid ?? (() => "its process has ended"),
      cutOff() {
        if (life?.end !== undefined && life.runs.size === 1) {
          life.end();
          return "process_ended";
        }
        if (key !== undefined) leaveSession(bindings, key, "its last turn did not confirm its cancel");
        return "quarantined";
      },
      outlives: isOutside(target),
      lost: (why) => servers.lost(target, why),
      heard: () => servers.heard(target),
      signal,
      over: () => void life?.runs.delete(token),
    });
  };

  return {
    name: "acp_http",
    health: servers.health,
    usable: (target, runtimeOptions, signal) =>
      servers.life(target, signal)?.leaseOf(subcontextOf(runtimeOptions)),
    launch: servers.launch,
    probe: (target, runtimeOptions, signal): Promise<Probe> =>
      probeServer({
        target,
        options: runtimeOptions,
        server: () => serverOf(target),
        launch: () => servers.launch(target, runtimeOptions, signal),
        isInstalled: () => servers.isInstalled(target),
      }),
    lane: (target, runtimeOptions, sticky_key) => ({
      process: target.target_id,
      session: sticky_key === null ? null : `${subcontextOf(runtimeOptions)}\n${sticky_key}`,
    }),
    async submit(task, target, lease, signal) {
      const life = servers.life(target);
      const subcontext_key = subcontextOf(task.runtime_options);
      // A server of others has no process that could have gone.
      if (!isOutside(target) && life?.leaseOf(subcontext_key) !== lease) {
        throw new AdapterFault("submit_failed", "the process of this lease has gone");
      }
      const server = serverOf(target, objectIn(task.runtime_options.headers));
      const dialect = dialectOf(target.dialect);
      const { target_id } = target;
      const isLive = (session_id: string) => life !== undefined && sessions.get(session_id) === life;
      const about = { server, dialect, bindings, target_id, subcontext_key, isLive, target };
      const begun = await begin(about, task, signal).catch((thrown: unknown) => {
        if (thrown instanceof AdapterFault && thrown.cause instanceof NoAnswer)
          servers.lost(target, thrown.cause.message);
        throw thrown;
      });
      if (life !== undefined) remember(begun.session_id, life);
      return follow(begun, { task, target, life, server, signal });
    },
    attach({ task, adapter_state, said, awaiting }, target, signal) {
      const { run_id, session_id, endpoint, mode } = adapter_state;
      const server = serverIn(() => serverOf(target, objectIn(task.runtime_options.headers)));
      // A process of ours has ended with the node, and another server knows nothing of the run.
      if (server === undefined || !isOutside(target) || endpoint !== server.endpoint) return undefined;
      if (typeof run_id !== "string" || typeof session_id !== "string") return undefined;
      const begun: Begun = {
        run_id,
        session_id,
        mode: mode === "async" ? mode : dialectOf(target.dialect).mode,
        taken: takenIn(adapter_state),
        continuity: { continuity: "resumed", continuity_reason: "the run went on while the node was down" },
        stream: new AbortController(),
        frames: undefined,
        left: { said, awaiting },
      };
      return follow(begun, { task, target, life: undefined, server, signal });
    },
    reuse(target, runtimeOptions, sticky_key) {
      const about = { target_id: target.target_id, subcontext_key: subcontextOf(runtimeOptions) };
      const key = bindingKeyOf(about, sticky_key);
      const binding = key === undefined ? undefined : bindings.find(key);
      if (binding === undefined || textIn(binding.metadata, "left") !== undefined) return "none";
      if (!dialectOf(target.dialect).sessions) return "none";
      const life = servers.life(target);
      if (life !== undefined && sessions.get(binding.remote_session_id) === life) return "live";
      // The sessions of a process go with it; those of others may be there still.
      return isOutside(target) ? "resumable" : "none";
    },
    stop: (target) => servers.stop(target),
    close: servers.close,
  };
}

interface Followed {
  readonly task: TaskToRun;
  readonly target: Target;
  readonly life: Life | undefined;
  readonly server: Server;
  readonly signal: AbortSignal;
}

const textsIn = (added: JsonObject | undefined): string[] =>
  Object.values(added ?? {}).flatMap((value) => (typeof value === "string" ? shownOf(value) : []));

/** A server that can't be called, since a secret isn't there, can't be attached to either. */
function serverIn(make: () => Server): Server | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof AdapterFault) return undefined;
    throw error;
  }
}

function takenIn({ taken }: LeftRun["adapter_state"]): Begun["taken"] {
  const count = (name: string): number => {
    const value = objectIn(taken)[name];
    return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : 0;
  };
  return { events: count("events"), said: count("said"), made: count("made") };
}
