import { describe, expect, test } from "vitest";
import { systemClock } from "#src/clock.ts";
import type { Clock } from "#src/core/ports.ts";
import { createIdle } from "#src/processes/idle.ts";
import { startTimeOf } from "#src/processes/os.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { fixtureAgent, patient } from "../../launching.ts";
import { openPool, planOf } from "./open-pool.ts";

/** A process that is ended after 100 ms, and how often that came. */
function watched(users: readonly AbortController[] = []) {
  const clock = createFakeClock();
  let acts = 0;
  const idle = createIdle(
    clock,
    100,
    users.map(({ signal }) => signal),
    () => {
      acts += 1;
    },
  );
  return { clock, idle, acts: () => acts };
}

describe("a process that may be idle", () => {
  test("is ended after its limit when nobody uses it", () => {
    const { clock, acts } = watched();
    clock.advance(99);
    expect(acts()).toBe(0);
    clock.advance(1);
    expect(acts()).toBe(1);
    clock.advance(1000);
    expect(acts()).toBe(1);
  });

  test("isn't ended while one of its users is left, and the limit begins when the last has gone", () => {
    const users = [new AbortController(), new AbortController()];
    const { clock, acts } = watched(users);
    clock.advance(1000);
    users[0]?.abort();
    clock.advance(1000);
    expect({ acts: acts(), armed: clock.armed() }).toEqual({ acts: 0, armed: 0 });
    users[1]?.abort();
    clock.advance(99);
    expect(acts()).toBe(0);
    clock.advance(1);
    expect(acts()).toBe(1);
  });

  test("has its limit anew when someone came and went", () => {
    const { clock, idle, acts } = watched();
    clock.advance(99);
    const user = new AbortController();
    idle.hold(user.signal);
    idle.hold(user.signal);
    user.abort();
    clock.advance(99);
    idle.hold(AbortSignal.abort());
    clock.advance(99);
    expect({ acts: acts(), armed: clock.armed() }).toEqual({ acts: 0, armed: 1 });
    clock.advance(1);
    expect(acts()).toBe(1);
  });

  test("has no timer any more when it has gone, also when its users leave later", () => {
    const user = new AbortController();
    const { clock, idle, acts } = watched([user]);
    idle.end();
    user.abort();
    clock.advance(1000);
    expect({ acts: acts(), armed: clock.armed() }).toEqual({ acts: 0, armed: 0 });
  });
});

/** The system's clock, but for timers of `idleMs`: those ring when the test says so. */
function handClock() {
  const armed = new Set<() => void>();
  const clock: Clock = {
    now: systemClock.now,
    after(ms, act) {
      if (ms !== idleMs) return systemClock.after(ms, act);
      armed.add(act);
      return () => void armed.delete(act);
    },
  };
  return { clock, armed, ring: () => [...armed].forEach((act) => void act()) };
}
const idleMs = 300_000;

describe("the pool", () => {
  const idlePlan = (stopped: () => void, ...flags: string[]) =>
    planOf(fixtureAgent("lingering", ...flags), { idle: { ms: idleMs, stopped } });

  test("ends a process that nobody uses, and says that it does", async () => {
    const { clock, ring } = handClock();
    await using open = openPool({ clock });
    let stops = 0;
    const user = new AbortController();
    const plan = idlePlan(() => {
      stops += 1;
    });
    const up = await open.pool.launch(plan, user.signal).ready;
    user.abort();
    ring();
    expect({ stops, state: open.pool.state("key") }).toEqual({ stops: 1, state: "stopping" });
    expect(open.pool.up("key", patient)).toBeUndefined();
    await up.ended;
    expect(startTimeOf(up.child.pid)).toBeNull();
    expect(open.ledger.rows()).toMatchObject([{ status: "exited" }]);
    await expect.poll(() => open.pool.state("key")).toBe("down");
  });

  test("has no timer for one that its first caller or a later one still uses", async () => {
    const { clock, armed } = handClock();
    await using open = openPool({ clock });
    const users = [new AbortController(), new AbortController(), new AbortController()] as const;
    const plan = idlePlan(() => {});
    const up = await open.pool.launch(plan, users[0].signal).ready;
    expect(open.pool.up("key", users[1].signal)).toBe(up);
    await open.pool.launch(plan, users[2].signal).ready;
    const counts = users.map((user) => {
      user.abort();
      return armed.size;
    });
    expect(counts).toEqual([0, 0, 1]);
    await open.pool.stop("key");
    expect(armed.size).toBe(0);
  });

  test("launches anew, when the former has gone, for one who comes while it is stopped", async () => {
    const { clock, ring } = handClock();
    await using open = openPool({ clock });
    const user = new AbortController();
    const plan = idlePlan(() => {}, "--ignore-end");
    const former = await open.pool.launch(plan, user.signal).ready;
    user.abort();
    ring();
    expect(open.pool.state("key")).toBe("stopping");
    const up = await open.pool.launch(plan, patient).ready;
    expect(up).not.toBe(former);
    expect(startTimeOf(former.child.pid)).toBeNull();
    expect(open.pool.up("key")).toBe(up);
  });
});
