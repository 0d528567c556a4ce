/** When a node forgets: at its start, and every hour. */
import type { Clock } from "#src/core/ports.ts";
import { messageOf } from "#src/errors.ts";
import type { Logger } from "#src/log.ts";
import { forgetOld, type Keeping, removeOrphans } from "./keep.ts";

const hourMs = 60 * 60 * 1000;
/** Between two steps of it. */
const restMs = 10;
/** Looking for bytes without a row goes through all of them: once a day. */
const lookEvery = 24;

/** What a node that works gives of a Keeping. */
export type KeepingParts = Omit<Keeping, "rest">;

/** Forgets now and every hour, in the background, for as long as the process lives. */
export function keepHourly(parts: KeepingParts, logger: Logger): void {
  const keeping: Keeping = { ...parts, rest: () => pause(parts.clock, restMs) };
  let hours = 0;
  let under = false;
  const sweep = async () => {
    if (under || keeping.over()) return;
    under = true;
    try {
      await forget(keeping, logger, hours++ % lookEvery === 0);
    } catch (thrown) {
      if (!keeping.over())
        logger.error({ err: thrown }, "what is too old could not be forgotten; trying again in an hour");
      else logger.debug(`forgetting was left off: ${messageOf(thrown)}`);
    } finally {
      under = false;
    }
  };
  void sweep();
  setInterval(sweep, hourMs).unref();
}

async function forget(keeping: Keeping, logger: Logger, looks: boolean): Promise<void> {
  const forgotten = await forgetOld(keeping);
  const orphans = looks ? await removeOrphans(keeping, hourMs) : 0;
  if (forgotten.tasks + orphans > 0) logger.info({ ...forgotten, orphans }, "forgot what is too old");
}

const pause = (clock: Clock, ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
