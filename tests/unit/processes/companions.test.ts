/** Programs that a runtime needs beside its own process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "#src/clock.ts";
import type { Companion } from "#src/core/ports.ts";
import { createCompanions } from "#src/processes/companions.ts";
import { answers, untilAnswers } from "#src/processes/healthcheck.ts";
import { startTimeOf } from "#src/processes/os.ts";
import { createPool, type Plan, type PoolOptions } from "#src/processes/pool.ts";
import { freePort } from "../../free-port.ts";
import { createMemoryLedger, faultOf, fixtureAgent, patient, poolOptions } from "../../launching.ts";
import { planOf } from "./open-pool.ts";

/** A pool whose processes may need companions, and a gateway that they can need. */
async function open(changes: Partial<PoolOptions> = {}) {
  const dir = mkdtempSync(join(tmpdir(), "aethrolink-companions-"));
  const ledger = createMemoryLedger();
  const options = poolOptions(ledger, changes);
  const pool = createPool<string>(options);
  const companions = createCompanions({ ...options, workDir: dir });
  const port = await freePort();
  const starts = join(dir, "starts");
  const gateway = (...flags: string[]): Companion => ({
    name: "gateway",
    command: fixtureAgent("gateway", "--port", String(port), "--starts", starts, ...flags),
    env: { SECRET: "canary-secret" },
    cwd: null,
    healthcheck: `http://127.0.0.1:${port}/readyz`,
    timeout_ms: 20_000,
  });
  return {
    ledger,
    pool,
    companions,
    port,
    gateway,
    /** An agent that needs them. */
    plan: (list: readonly Companion[], more: Partial<Plan<string>> = {}): Plan<string> =>
      planOf(fixtureAgent("lingering"), { ...more, require: () => companions.hold("tested", list) }),
    /** The pids of the gateway's starts. */
    starts: () =>
      readFileSync(starts, { encoding: "utf8", flag: "a+" }).trim().split("\n").filter(Boolean).map(Number),
    answers: () => answers(`http://127.0.0.1:${port}/`, systemClock, patient),
    rows: () => ledger.rows().filter(({ subcontext_key }) => subcontext_key === "companion:gateway"),
    async [Symbol.asyncDispose]() {
      await pool.close();
      await companions.close(2000);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The group of a process. */
const groupOf = (pid: number): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ")[2],
  );

describe("a companion that is down", () => {
  test("is started first, in a group of its own and with a row of its own, and awaited until it answers", async () => {
    await using world = await open();
    const { launch_id, ready } = world.pool.launch(
      world.plan([world.gateway("--after", "300")], {
        timeoutMs: 10_000,
        greet: async () => String(await world.answers()),
      }),
      patient,
    );
    const up = await ready;
    expect(up.value).toBe("true");
    const [row] = world.rows();
    expect(row).toMatchObject({ runtime_id: "tested", status: "ready", pid: world.starts()[0] });
    if (process.platform === "linux") expect(groupOf(row?.pid ?? 0)).toBe(row?.pid);
    const order = ["intended", "launching", "ready"];
    const noted = (id: string | undefined) =>
      order.map((status) => world.ledger.notes.indexOf(`${status} ${id}`));
    const [, , gatewayReady = 0] = noted(row?.launch_id);
    const [, spawned = 0] = noted(launch_id);
    expect(gatewayReady).toBeLessThan(spawned);
  });

  test("may take longer than the time limit of the runtime itself", async () => {
    await using world = await open();
    const plan = world.plan([world.gateway("--after", "1500")], { timeoutMs: 1000 });
    await world.pool.launch(plan, patient).ready;
    expect(world.starts()).toHaveLength(1);
  });

  test("is started once for all who need it, whatever their process", async () => {
    await using world = await open();
    const gateway = world.gateway("--after", "200");
    const keys = ["a", "b", "c", "d"];
    const launches = keys.flatMap((key) =>
      [1, 2, 3].map(() => world.pool.launch(world.plan([gateway], { key }), patient).ready),
    );
    const ups = await Promise.all(launches);
    expect(new Set(ups).size).toBe(keys.length);
    expect(world.starts()).toHaveLength(1);
    expect(world.rows()).toHaveLength(1);
  });

  test("has an end of its input, and what it prints goes masked into its row", async () => {
    await using world = await open();
    await world.pool.launch(world.plan([world.gateway()]), patient).ready;
    await world.pool.stop("key");
    await expect.poll(() => world.rows()[0]?.error_text, { timeout: 5000 }).toMatch(/stdout \*\*\*/);
    const text = world.rows()[0]?.error_text ?? "";
    expect(text).toMatch(/stderr \*\*\*/);
    expect(text).toMatch(/no input/);
    expect(text).not.toContain("canary-secret");
  });

  test.each<[string, (gateway: Companion) => Companion, RegExp]>([
    [
      "exits",
      (gateway) => ({ ...gateway, command: [...gateway.command, "--exit", "3"] }),
      /exited with code 3 before it was ready/,
    ],
    [
      "is never ready",
      (gateway) => ({ ...gateway, command: [...gateway.command, "--after", "60000"], timeout_ms: 300 }),
      /was not ready in 300 ms/,
    ],
    [
      "isn't there",
      (gateway) => ({ ...gateway, command: ["/nowhere/gateway"] }),
      /command not found: \/nowhere\/gateway/,
    ],
  ])(
    "and %s fails the launch, which names it, what the system said, and its launch",
    async (_, change, said) => {
      await using world = await open();
      const { launch_id, ready } = world.pool.launch(world.plan([change(world.gateway())]), patient);
      const { kind, message } = await faultOf(ready);
      const [row] = world.rows();
      expect(kind).toBe("launch_failed");
      expect(message).toMatch(said);
      expect(message).toMatch(/^companion gateway: /);
      expect(message).toContain(`see launch ${row?.launch_id}`);
      expect(message).not.toContain("canary-secret");
      expect(row?.status).toBe("failed");
      await expect
        .poll(() => world.ledger.row(launch_id))
        .toMatchObject({ status: "failed", pid: null, error_text: message });
    },
  );

  test("is given up when nobody waits any more", async () => {
    await using world = await open();
    const caller = new AbortController();
    const { ready } = world.pool.launch(world.plan([world.gateway("--after", "60000")]), caller.signal);
    await expect.poll(() => world.starts().length, { timeout: 5000 }).toBe(1);
    caller.abort();
    expect(await faultOf(ready)).toMatchObject({ kind: "unavailable" });
    await expect.poll(() => world.rows()[0]?.status, { timeout: 5000 }).toBe("failed");
    expect(startTimeOf(world.starts()[0] ?? 0)).toBeNull();
  });
});

describe("a companion that was started here", () => {
  test("is stopped when its last user has gone, and not before", async () => {
    await using world = await open();
    const gateway = world.gateway();
    for (const key of ["a", "b"]) await world.pool.launch(world.plan([gateway], { key }), patient).ready;
    await world.pool.stop("a");
    expect(await world.answers()).toBe(true);
    expect(world.rows()).toMatchObject([{ status: "ready" }]);
    await world.pool.stop("b");
    await expect.poll(() => world.rows()[0]?.status, { timeout: 5000 }).toBe("exited");
    expect(await world.answers()).toBe(false);
    const notes = world.ledger.notes.filter((note) => note.startsWith("exited"));
    expect(notes.at(-1)).toBe(`exited ${world.rows()[0]?.launch_id}`);
  });

  test("stays for a user that is started again in the moment in which it ends", async () => {
    await using world = await open();
    const plan = world.plan([world.gateway()]);
    await world.pool.launch(plan, patient).ready;
    const stopped = world.pool.stop("key");
    await world.pool.launch(plan, patient).ready;
    await stopped;
    expect(world.starts()).toHaveLength(1);
    expect(await world.answers()).toBe(true);
  });

  test("and died takes its users along, so that the next launch starts all again", async () => {
    await using world = await open();
    const gateway = world.gateway();
    await world.pool.launch(world.plan([gateway], { key: "a" }), patient).ready;
    process.kill(world.starts()[0] ?? 0, "SIGKILL");
    await expect.poll(() => world.rows()[0]?.status, { timeout: 5000 }).toBe("exited");
    await expect.poll(() => world.pool.state("a")).toBe("down");
    await world.pool.launch(world.plan([gateway], { key: "b" }), patient).ready;
    expect(world.starts()).toHaveLength(2);
    expect(await world.answers()).toBe(true);
  });

  test("and is being stopped is not mistaken for one that is up", async () => {
    await using world = await open();
    const plan = world.plan([world.gateway("--ignore-term")]);
    await world.pool.launch(plan, patient).ready;
    await world.pool.stop("key");
    expect(await world.answers()).toBe(true);
    await world.pool.launch(plan, patient).ready;
    const [first = 0, second = 0] = world.starts();
    expect(startTimeOf(first)).toBeNull();
    expect(startTimeOf(second)).not.toBeNull();
    expect(await world.answers()).toBe(true);
  });

  test("and doesn't answer any more fails the launch, in time, and stays for those who have it", async () => {
    await using world = await open();
    const gateway = world.gateway();
    await world.pool.launch(world.plan([gateway], { key: "a" }), patient).ready;
    const [pid = 0] = world.starts();
    process.kill(pid, "SIGSTOP");
    const silent = world.plan([{ ...gateway, timeout_ms: 300 }], { key: "b" });
    const { message } = await faultOf(world.pool.launch(silent, patient).ready);
    expect(message).toMatch(
      /^companion gateway: .* is running but did not answer at http:.* in 300 ms, see launch /,
    );
    process.kill(pid, "SIGCONT");
    await world.pool.launch(silent, patient).ready;
    expect(world.starts()).toEqual([pid]);
  });

  test("is killed when the time for stopping it is over", async () => {
    await using world = await open({ stepMs: 60_000 });
    await world.pool.launch(world.plan([world.gateway("--ignore-term")]), patient).ready;
    await world.pool.close();
    await world.companions.close(100);
    expect(startTimeOf(world.starts()[0] ?? 0)).toBeNull();
    expect(world.rows()).toMatchObject([{ status: "exited" }]);
  });
});

describe("a companion of somebody else", () => {
  const startedBy = async (gateway: Companion): Promise<ChildProcess> => {
    const [file = "", ...args] = gateway.command;
    const child = spawn(file, args, { stdio: "ignore" });
    expect(await untilAnswers(gateway.healthcheck, systemClock, AbortSignal.timeout(10_000))).toBe(true);
    return child;
  };

  test("is used and left alone", async () => {
    await using world = await open();
    const child = await startedBy(world.gateway());
    await world.pool.launch(world.plan([world.gateway()]), patient).ready;
    expect(world.rows()).toEqual([]);
    await world.pool.close();
    await world.companions.close(2000);
    expect(await world.answers()).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
  });

  test("that came up while ours could not is used", async () => {
    await using world = await open();
    let asked = 0;
    const theirs = createServer((_request, response) => {
      asked += 1;
      response.writeHead(asked === 1 ? 503 : 200).end();
    }).listen(world.port, "127.0.0.1");
    await once(theirs, "listening");
    const { ready } = world.pool.launch(
      world.plan([{ ...world.gateway(), command: ["/nowhere/gateway"] }]),
      patient,
    );
    expect((await ready).value).toBe("greeted");
    expect(world.rows()).toMatchObject([{ status: "failed" }]);
    expect(asked).toBe(2);
    theirs.close();
  });
});
