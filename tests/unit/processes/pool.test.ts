import { describe, expect, test } from "vitest";
import { startTimeOf } from "#src/processes/os.ts";
import type { Plan } from "#src/processes/pool.ts";
import { createMemoryLedger, faultOf, fixtureAgent, patient } from "../../launching.ts";
import { openPool, planOf } from "./open-pool.ts";

const lingering = (...flags: string[]): string[] => fixtureAgent("lingering", ...flags);
const never = (): Promise<never> => new Promise(() => {});

describe("the pool", () => {
  test("writes the launch row before it spawns, and each phase after it", async () => {
    await using open = openPool();
    const { launch_id, ready } = open.pool.launch(planOf(lingering()), patient);
    const up = await ready;
    expect(open.ledger.row(launch_id)).toMatchObject({
      runtime_id: "tested",
      status: "ready",
      pid: up.child.pid,
      started_at_os: startTimeOf(up.child.pid),
    });
    await open.pool.stop("key");
    expect(open.ledger.notes).toEqual(
      ["intended", "launching", "ready", "exited"].map((note) => `${note} ${launch_id}`),
    );
  });

  test("spawns nothing when the row can't be written", async () => {
    await using open = openPool({
      ledger: { ...createMemoryLedger(), intended: () => Promise.reject(new Error("disk full")) },
    });
    let greeted = false;
    const greet = async () => {
      greeted = true;
      return "";
    };
    const fault = await faultOf(open.pool.launch(planOf(lingering(), { greet }), patient).ready);
    expect(fault).toMatchObject({ kind: "launch_failed" });
    expect(fault.message).not.toContain("disk full");
    expect(greeted).toBe(false);
    expect(open.pool.state("key")).toBe("down");
  });

  test("goes through its phases: down, starting, up, stopping, down", async () => {
    await using open = openPool();
    const { pool } = open;
    const seen = [pool.state("key")];
    const { ready } = pool.launch(planOf(lingering()), patient);
    seen.push(pool.state("key"));
    await ready;
    seen.push(pool.state("key"));
    const stopped = pool.stop("key");
    seen.push(pool.state("key"));
    await stopped;
    seen.push(pool.state("key"));
    expect(seen).toEqual(["down", "starting", "up", "stopping", "down"]);
  });

  test("stops a start that takes longer than its limit", async () => {
    await using open = openPool();
    const plan = planOf(lingering(), { timeoutMs: 100, greet: never });
    const { launch_id, ready } = open.pool.launch(plan, patient);
    expect(await faultOf(ready)).toMatchObject({
      kind: "launch_failed",
      message: expect.stringContaining("100 ms"),
    });
    const row = open.ledger.row(launch_id);
    expect(row?.status).toBe("failed");
    expect(startTimeOf(row?.pid ?? 0)).toBeNull();
  });

  test("stops a start that nobody waits for any more", async () => {
    await using open = openPool();
    const callers = [new AbortController(), new AbortController()];
    const launches = callers.map(({ signal }) =>
      open.pool.launch(planOf(lingering(), { greet: never }), signal),
    );
    await expect.poll(() => open.ledger.rows()[0]?.status).toBe("launching");
    callers[0]?.abort();
    expect(open.pool.state("key")).toBe("starting");
    callers[1]?.abort();
    for (const { ready } of launches) expect(await faultOf(ready)).toMatchObject({ kind: "unavailable" });
    await expect.poll(() => open.ledger.rows()[0]?.status).toBe("failed");
    expect(open.ledger.rows()).toHaveLength(1);
  });

  test("spawns nothing for a caller that left before the row was written", async () => {
    const written = Promise.withResolvers<void>();
    const ledger = createMemoryLedger();
    await using open = openPool({
      ledger: { ...ledger, intended: (row) => ledger.intended(row).then(() => written.promise) },
    });
    const caller = new AbortController();
    const { launch_id, ready } = open.pool.launch(planOf(lingering()), caller.signal);
    caller.abort();
    expect(await faultOf(ready)).toMatchObject({ kind: "unavailable" });
    written.resolve();
    await expect.poll(() => ledger.row(launch_id)?.status).toBe("failed");
    expect(ledger.row(launch_id)?.pid).toBeNull();
  });

  test("starts the next process only when the former has gone", async () => {
    await using open = openPool();
    const first = await open.pool.launch(planOf(lingering("--ignore-end", "--ignore-term")), patient).ready;
    const stopped = open.pool.stop("key");
    const second = await open.pool.launch(planOf(lingering()), patient).ready;
    expect(startTimeOf(first.child.pid)).toBeNull();
    expect(startTimeOf(second.child.pid)).not.toBeNull();
    await stopped;
    expect(open.pool.up("key")).toBe(second);
  });

  test("ends a start that is stopped, and launches nothing after it is closed", async () => {
    await using open = openPool();
    const { ready } = open.pool.launch(planOf(lingering(), { greet: never }), patient);
    const failed = faultOf(ready);
    await open.pool.close();
    expect(await failed).toMatchObject({
      kind: "launch_failed",
      message: expect.stringContaining("stopped"),
    });
    expect(() => open.pool.launch(planOf(lingering()), patient)).toThrow(
      expect.objectContaining({ kind: "unavailable" }),
    );
  });

  test.each<[string, Partial<Plan<string>>, RegExp]>([
    ["the command is missing", { command: ["/nowhere/agent"] }, /command not found: \/nowhere\/agent/],
    ["the command may not be run", { command: ["/etc/passwd"] }, /permission denied: \/etc\/passwd/],
    ["the directory is missing", { cwd: "/nowhere" }, /working directory does not exist: \/nowhere/],
    ["the command is empty", { command: [] }, /command is empty/],
  ])("says what the system said when %s", async (_, changes, message) => {
    await using open = openPool();
    const { launch_id, ready } = open.pool.launch(planOf(lingering(), changes), patient);
    expect(await faultOf(ready)).toMatchObject({
      kind: "launch_failed",
      message: expect.stringMatching(message),
    });
    expect(open.ledger.row(launch_id)).toMatchObject({
      status: "failed",
      pid: null,
      error_text: expect.stringMatching(message),
    });
  });

  test("tells by its gone signal how a process ended", async () => {
    await using open = openPool();
    const up = await open.pool.launch(planOf(lingering()), patient).ready;
    process.kill(up.child.pid, "SIGKILL");
    await up.ended;
    expect(String(up.gone.reason.message)).toMatch(/was ended by SIGKILL/);
    expect(open.ledger.rows()).toMatchObject([{ status: "exited" }]);
  });

  test("keeps the end of stderr with its secrets masked", async () => {
    await using open = openPool({ secrets: () => ["token-of-the-node"] });
    const script =
      'console.error("x".repeat(100000)); console.error("a", process.env.KEY, "b token-of-the-node c")';
    const command = [process.execPath, "-e", `${script}; process.exit(1)`];
    const plan = planOf(command, { env: { KEY: "canary-secret" }, greet: never });
    const { launch_id, ready } = open.pool.launch(plan, patient);
    await faultOf(ready);
    const text = open.ledger.row(launch_id)?.error_text ?? "";
    expect(text).toMatch(/a \*\*\* b \*\*\* c\n$/);
    expect(text.length).toBeLessThan(66_000);
  });
});
