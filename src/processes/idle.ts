/**
 * Who uses a process that is up, and its end when nobody has for long.
 *
 * Invariants:
 * 1. It is in use as long as the signal of one user has not aborted. A signal counts once.
 * 2. The timer is armed when the last user has left, and disarmed by the next: it can't fire in use.
 * 3. `act` is called in the turn in which that was found, so that nobody can come between.
 */
import type { Clock } from "#src/core/ports.ts";

export interface Idle {
  /** Counts as use until the signal aborts. */
  hold(user: AbortSignal): void;
  /** The process has gone: the timer is taken back for good, the users are let go. */
  end(): void;
}

/**
 * Watches a process that has just come up.
 * @param users those who waited for it
 */
export function createIdle(clock: Clock, ms: number, users: Iterable<AbortSignal>, act: () => void): Idle {
  const held = new Set<AbortSignal>();
  let disarm = (): void => {};
  const armIfUnused = (): void => {
    disarm();
    if (held.size === 0) disarm = clock.after(ms, act);
  };
  const leave = ({ target }: Event): void => {
    held.delete(target as AbortSignal);
    armIfUnused();
  };
  const hold = (user: AbortSignal): void => {
    if (!user.aborted && !held.has(user)) {
      held.add(user);
      user.addEventListener("abort", leave, { once: true });
    }
    armIfUnused();
  };
  armIfUnused();
  for (const user of users) hold(user);
  return {
    hold,
    end() {
      disarm();
      for (const user of held) user.removeEventListener("abort", leave);
      held.clear();
    },
  };
}
