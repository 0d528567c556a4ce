/** Runtimes by hand. */
import { describe, expect, it } from "vitest";
import { findTarget, healthOf, startRuntime, stopRuntime } from "#src/engine/runtimes.ts";
import { stopEngine } from "#src/engine/stop.ts";
import { fakeTarget, type OpenEngine, openEngine, until } from "../open-engine.ts";

const byHand = () => {};
const target = fakeTarget({
  launch: { ...fakeTarget().launch, command: ["a"], commands: { b: ["b"] } },
});
const open = (fake = {}): Promise<OpenEngine> => openEngine({ targets: [target], fake });

describe("a start", () => {
  it("brings the runtime up once, however many ask for it", async () => {
    await using node = await open({ launch: byHand });
    const all = [1, 2, 3].map(() => startRuntime(node.engine, target, {}));
    (await node.fake.start(0)).ready();
    const leases = (await Promise.all(all)).map(({ lease }) => lease.lease_id);
    expect(new Set(leases).size).toBe(1);
    expect(await startRuntime(node.engine, target, {})).toMatchObject({ started: false });
  });

  it("that fails says why, and which launch it was", async () => {
    await using node = await open({ launch: (start: { fail(why: string): void }) => start.fail("exited") });
    await expect(startRuntime(node.engine, target, {})).rejects.toMatchObject({
      code: "launch_failed",
      message: "exited",
      launchId: "launch-1",
    });
  });

  it("of an executor that there isn't is refused", async () => {
    await using node = await open();
    await expect(startRuntime(node.engine, target, { executor: "c" })).rejects.toMatchObject({
      code: "launch_failed",
      launchId: undefined,
    });
  });

  it("is refused while the node is stopping", async () => {
    await using node = await open();
    await stopEngine(node.engine);
    await expect(startRuntime(node.engine, target, {})).rejects.toMatchObject({ code: "unavailable" });
  });

  it("that goes wrong by a fault of ours is no launch that failed", async () => {
    await using node = await open({
      launch: () => {
        throw new TypeError("we made a mistake");
      },
    });
    await expect(startRuntime(node.engine, target, {})).rejects.toThrow(TypeError);
  });
});

describe("a stop", () => {
  it("is refused while a task runs, and done when forced: the task fails", async () => {
    await using node = await open({ script: byHand });
    const { task_id } = await node.submit();
    await node.reaches(task_id, "running");
    await expect(stopRuntime(node.engine, target, undefined, false)).rejects.toMatchObject({
      code: "runtime_busy",
    });
    expect(await stopRuntime(node.engine, target, undefined, true)).toBe(true);
    expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({ reason: "remote_failed" });
    await until(() => node.engine.works.size === 0);
    expect(await stopRuntime(node.engine, target, undefined, false)).toBe(false);
  });

  it("of one context leaves the others", async () => {
    await using node = await open();
    await startRuntime(node.engine, target, {});
    await startRuntime(node.engine, target, { executor: "b" });
    expect(await stopRuntime(node.engine, target, { executor: "b" }, false)).toBe(true);
    expect(await healthOf(node.engine, target)).toEqual({ healthy: true, state: "up" });
    expect(await stopRuntime(node.engine, target, { executor: "b" }, false)).toBe(false);
  });

  it("of a runtime that starts ends the start, and the tasks that wait for it", async () => {
    await using node = await open({ launch: byHand });
    const { task_id } = await node.submit();
    await node.fake.start(0);
    expect(await stopRuntime(node.engine, target, undefined, false)).toBe(true);
    expect((await node.reaches(task_id, "failed")).last_error).toMatchObject({ reason: "launch_failed" });
  });
});

it("looking at a runtime starts nothing", async () => {
  await using node = await open();
  expect(await healthOf(node.engine, target)).toEqual({ healthy: false, state: "down" });
  expect(node.fake.starts).toHaveLength(0);
});

it.each(["runtime_not_found", "target_not_found"] as const)("one that isn't there is %s", async (code) => {
  await using node = await open();
  expect(findTarget(node.engine, "tested", code)).toBe(target);
  expect(() => findTarget(node.engine, "nobody", code)).toThrow(
    /^There is no (runtime|target) nobody. Known: tested.$/,
  );
});
