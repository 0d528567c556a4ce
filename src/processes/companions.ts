/**
 * Programs that runtimes need beside their own process, such as a gateway.
 *
 * Invariants:
 * 1. What answers its healthcheck and wasn't started here is somebody else's: it is used, and never
 *    stopped.
 * 2. One process for all that name the same (name, command and healthcheck), however many wait for it.
 * 3. A user is a process from the beginning of its start until it has gone. What was started here is
 *    stopped when the last user has gone. When one dies its users are ended, so that the next launch
 *    starts all of them again: a user may live on without it, and be of no use.
 * 4. While one is being stopped, nobody asks it: it may still answer.
 */
import { setMaxListeners } from "node:events";
import { AdapterFault, type Companion } from "#src/core/ports.ts";
import { answers, untilAnswers } from "./healthcheck.ts";
import { createPool, type Plan, type PoolOptions } from "./pool.ts";
import type { Hold } from "./start.ts";

export interface Companions {
  /**
   * Begins to use companions.
   * @param runtime_id under which a launch is written down
   */
  hold(runtime_id: string, companions: readonly Companion[]): Hold;
  /** Ends what was started here, after its users; what is left after `ms` is killed. */
  close(ms: number): Promise<void>;
}

/** @param workDir where those run that name no directory */
export function createCompanions(options: PoolOptions & { readonly workDir: string }): Companions {
  const { clock, log, workDir } = options;
  /** By companion: what tells each of its users that it has ended. */
  const users = new Map<string, Set<AbortController>>();
  const hurry = new AbortController();
  setMaxListeners(0, hurry.signal);
  const pool = createPool<void>({ ...options, ownVariables: () => ({}), hurry: hurry.signal });

  const planOf = (companion: Companion, runtime_id: string): Plan<void> => ({
    key: keyOf(companion),
    runtime_id,
    subcontext_key: `companion:${companion.name}`,
    command: companion.command,
    cwd: companion.cwd ?? workDir,
    env: companion.env,
    timeoutMs: companion.timeout_ms,
    async greet(child, gone) {
      child.stdin.end();
      child.stdout.on("data", child.keep).resume();
      await untilAnswers(companion.healthcheck, clock, gone);
    },
  });

  const launch = async (companion: Companion, runtime_id: string, signal: AbortSignal): Promise<void> => {
    const key = keyOf(companion);
    const { launch_id, ready } = pool.launch(planOf(companion, runtime_id), signal);
    try {
      const { gone } = await ready;
      const note = (): void => {
        const left = users.get(key);
        if (left === undefined) return;
        log.warn({ launch_id, companion: companion.name }, "a companion ended while it was in use");
        for (const lost of left) lost.abort();
      };
      gone.addEventListener("abort", note, { once: true });
    } catch (error) {
      if (!(error instanceof AdapterFault) || error.kind !== "launch_failed") throw error;
      // Another one may have come up in the meantime, which is why ours could not.
      if (await answers(companion.healthcheck, clock, signal)) return;
      throw failed(companion, `${error.message}, see launch ${launch_id}`);
    }
  };

  /** It lives and is ours, and still doesn't answer: perhaps it is only busy. */
  const wait = async (companion: Companion, signal: AbortSignal): Promise<void> => {
    const up = pool.up(keyOf(companion));
    if (up === undefined) return;
    const { healthcheck, timeout_ms } = companion;
    const limit = new AbortController();
    const takeBack = clock.after(timeout_ms, () => limit.abort());
    const over = AbortSignal.any([signal, limit.signal, up.gone]);
    const answered = await untilAnswers(healthcheck, clock, over);
    takeBack();
    if (answered || !limit.signal.aborted) return;
    const said = `${up.child.name} is running but did not answer at ${healthcheck} in ${timeout_ms} ms`;
    throw failed(companion, `${said}, see launch ${up.child.launch_id}`);
  };

  const ensure = async (companion: Companion, runtime_id: string, signal: AbortSignal): Promise<void> => {
    const key = keyOf(companion);
    while (pool.state(key) === "stopping") await unlessAborted(pool.stop(key), signal);
    if (pool.state(key) !== "starting" && (await answers(companion.healthcheck, clock, signal))) return;
    signal.throwIfAborted();
    await wait(companion, signal);
    signal.throwIfAborted();
    await launch(companion, runtime_id, signal);
  };

  return {
    hold(runtime_id, companions) {
      const keys = companions.map(keyOf);
      const lost = new AbortController();
      for (const key of keys) users.set(key, (users.get(key) ?? new Set()).add(lost));
      return {
        lost: lost.signal,
        async ready(signal) {
          for (const companion of companions) await ensure(companion, runtime_id, signal);
        },
        release() {
          for (const key of keys) {
            const left = users.get(key);
            left?.delete(lost);
            if (left === undefined || left.size > 0) continue;
            users.delete(key);
            void pool.stop(key, true);
          }
        },
      };
    },
    async close(ms) {
      const takeBack = clock.after(ms, () => hurry.abort());
      await pool.close(true);
      takeBack();
    },
  };
}

const keyOf = ({ name, command, healthcheck }: Companion): string =>
  JSON.stringify([name, command, healthcheck]);

/** Without a cause: what a companion's system call said is not said of the runtime's own command. */
function failed(companion: Companion, said: string): AdapterFault {
  return new AdapterFault("launch_failed", `companion ${companion.name}: ${said}`);
}

/** @throws the signal's reason when it aborts first */
async function unlessAborted(settles: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    await Promise.race([settles, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
