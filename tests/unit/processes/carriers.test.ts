/** Processes that try to be overlooked. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { systemClock } from "#src/clock.ts";
import { carriersOf, endCarriers, killCarrier, launchIdVariable } from "#src/processes/carriers.ts";
import { startTimeOf } from "#src/processes/os.ts";
import { newId } from "../../launching.ts";

const again = 'exec sh -c "$1" sh "$1"';

async function carrying(launch_id: string, file: string, ...args: string[]): Promise<ChildProcess> {
  const env = { PATH: process.env["PATH"] ?? "", [launchIdVariable]: launch_id };
  const child = spawn(file, args, { env, detached: true, stdio: "ignore" });
  await once(child, "spawn");
  return child;
}

const living = (children: readonly ChildProcess[]) =>
  children.map(({ pid = 0 }) => pid).filter((pid) => startTimeOf(pid) !== null);

describe.runIf(process.platform === "linux")("what carries the id of a launch", () => {
  test("is found also in the midst of an exec, when its environment can't be seen", async () => {
    const rounds = 20;
    for (let round = 0; round < rounds; round += 1) {
      const launch_id = newId();
      const start = () => carrying(launch_id, "sh", "-c", again, "sh", again);
      const children = await Promise.all([1, 2, 3, 4].map(start));
      await endCarriers(new Set([launch_id]), systemClock);
      try {
        // One that was killed may be dying yet. One that was overlooked goes on for ever.
        await expect.poll(() => living(children), { message: `round ${round}` }).toEqual([]);
      } finally {
        for (const pid of living(children)) process.kill(pid, "SIGKILL");
      }
    }
  });

  test("isn't killed by another's launch, nor when its number is another's by now", async () => {
    const launch_id = newId();
    const child = await carrying(launch_id, "sleep", "120");
    await endCarriers(new Set([newId()]), systemClock);
    const [carrier, ...others] = carriersOf(new Set([launch_id]));
    expect(others).toEqual([]);
    expect(carrier).toMatchObject({ pid: child.pid, launch_id });
    if (carrier !== undefined) killCarrier({ ...carrier, started: `${carrier.started}0` });
    expect(living([child])).toEqual([child.pid]);
    const gone = once(child, "exit");
    await endCarriers(new Set([launch_id]), systemClock);
    await gone;
    expect(living([child])).toEqual([]);
  });
});
