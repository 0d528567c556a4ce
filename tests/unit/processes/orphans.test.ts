/** No process is left behind: by a stop, by a death, by an earlier life of the node. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { systemClock } from "#src/clock.ts";
import type { LaunchRow } from "#src/core/ports.ts";
import { carriersOf, launchIdVariable } from "#src/processes/carriers.ts";
import { startTimeOf } from "#src/processes/os.ts";
import { reap } from "#src/processes/reaper.ts";
import type { Child } from "#src/processes/supervise.ts";
import { createMemoryLedger, fixtureAgent, newId, patient } from "../../launching.ts";
import { openPool, planOf } from "./open-pool.ts";

const linux = process.platform === "linux";
const lingering = (...flags: string[]): string[] => fixtureAgent("lingering", ...flags);
const survivorsOf = (launch_id: string): number[] => carriersOf(new Set([launch_id])).map(({ pid }) => pid);

const ways: [string, string[]][] = [
  ["obeys", []],
  ["ignores the end of its stdin", ["--ignore-end"]],
  ["ignores SIGTERM too", ["--ignore-end", "--ignore-term"]],
  ["leaves a child", ["--child"]],
  ["leaves a child in a session of its own", ["--setsid"]],
  ["does all of it", ["--ignore-end", "--ignore-term", "--child", "--setsid"]],
];

describe.runIf(linux)("an agent that", () => {
  const launch = async (flags: string[], expected: number) => {
    const open = openPool({ stepMs: 200 });
    const greet = async (child: Child): Promise<string> => {
      await expect.poll(() => survivorsOf(child.launch_id).length, { timeout: 5000 }).toBe(expected);
      return "";
    };
    const up = await open.pool.launch(planOf(lingering(...flags), { greet }), patient).ready;
    return { ...open, up };
  };
  const countOf = (flags: string[]): number =>
    1 + Number(flags.includes("--child")) + Number(flags.includes("--setsid"));

  test.each(ways)("%s leaves nothing behind when it is stopped", async (_, flags) => {
    await using launched = await launch(flags, countOf(flags));
    const { up, pool } = launched;
    await pool.close();
    expect(survivorsOf(up.child.launch_id)).toEqual([]);
    expect(startTimeOf(up.child.pid)).toBeNull();
  });

  test.each(ways)("%s leaves nothing behind when it is killed", async (_, flags) => {
    await using launched = await launch(flags, countOf(flags));
    const { up } = launched;
    process.kill(up.child.pid, "SIGKILL");
    await up.ended;
    expect(survivorsOf(up.child.launch_id)).toEqual([]);
  });
});

test("a child without any environment ends with the group of its parent", async () => {
  await using open = openPool();
  const up = await open.pool.launch(planOf(lingering("--bare-child")), patient).ready;
  await expect.poll(() => up.child.stderr().trim(), { timeout: 5000 }).toMatch(/^\d+$/);
  const pid = Number(up.child.stderr());
  expect(startTimeOf(pid)).not.toBeNull();
  process.kill(up.child.pid, "SIGKILL");
  await up.ended;
  await expect.poll(() => startTimeOf(pid)).toBeNull();
});

/** A process as an earlier life of the node would have left it. */
async function leave(
  launch_id: string,
  ...flags: string[]
): Promise<{ child: ChildProcess; row: LaunchRow; stderr: Promise<string> }> {
  const [file = "", ...args] = lingering("--ignore-end", ...flags);
  const env = { ...process.env, [launchIdVariable]: launch_id };
  const child = spawn(file, args, { detached: true, stdio: ["pipe", "pipe", "pipe"], env });
  const stderr = once(child.stderr, "data").then(String);
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  const row: LaunchRow = {
    launch_id,
    runtime_id: "tested",
    subcontext_key: "default",
    command: [file, ...args],
    pid,
    started_at_os: startTimeOf(pid),
    status: "ready",
  };
  return { child, row, stderr };
}

const quiet = { info() {}, warn() {} };

describe.runIf(linux)("the reaper", () => {
  test("ends what an earlier life left: the group, and what carries the launch's id", async () => {
    const launch_id = newId();
    const { child, row } = await leave(launch_id, "--ignore-term", "--child", "--setsid");
    await expect.poll(() => survivorsOf(launch_id).length, { timeout: 5000 }).toBe(3);
    const gone = once(child, "exit");
    const ledger = createMemoryLedger([row]);
    expect(await reap({ ledger, clock: systemClock, log: quiet, graceMs: 200 })).toBe(1);
    await gone;
    expect(survivorsOf(launch_id)).toEqual([]);
    expect(ledger.row(launch_id)?.status).toBe("exited");
    expect(ledger.open()).toEqual([]);
  });

  test("finds by its id what was never noted, because the node died before", async () => {
    const launch_id = newId();
    const { child, row } = await leave(launch_id);
    const gone = once(child, "exit");
    const ledger = createMemoryLedger([{ ...row, pid: null, started_at_os: null, status: "intended" }]);
    await reap({ ledger, clock: systemClock, log: quiet });
    await gone;
    expect(ledger.row(launch_id)?.status).toBe("exited");
  });

  test("ends a group whose leader has gone, also what has no environment, by a process of it that has", async () => {
    const launch_id = newId();
    const { child, row, stderr } = await leave(launch_id, "--child", "--bare-child");
    const bare = Number(await stderr);
    await expect.poll(() => survivorsOf(launch_id).length, { timeout: 5000 }).toBe(2);
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    expect(startTimeOf(bare)).not.toBeNull();
    await reap({ ledger: createMemoryLedger([row]), clock: systemClock, log: quiet });
    await expect.poll(() => startTimeOf(bare), { timeout: 5000 }).toBeNull();
    expect(survivorsOf(launch_id)).toEqual([]);
  });

  test("never touches a process that has the recorded pid and another start time", async () => {
    const { child, row } = await leave("a-launch-of-someone-else");
    const forged = [
      { ...row, launch_id: newId(), started_at_os: "another boot 1" },
      { ...row, launch_id: newId(), started_at_os: null },
    ];
    const ledger = createMemoryLedger(forged);
    expect(await reap({ ledger, clock: systemClock, log: quiet })).toBe(2);
    expect(startTimeOf(row.pid ?? 0)).toBe(row.started_at_os);
    expect(ledger.open()).toEqual([]);
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  });

  test("ends the rows of processes that have gone by themselves", async () => {
    const { child, row } = await leave(newId());
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    const ledger = createMemoryLedger([row]);
    expect(await reap({ ledger, clock: systemClock, log: quiet })).toBe(1);
    expect(ledger.open()).toEqual([]);
  });
});
