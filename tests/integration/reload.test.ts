/** What a reload of the registry does to targets, their processes and their tasks. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Target } from "#src/core/ports.ts";
import type { RoutingTable } from "#src/core/route.ts";
import { reloadRegistry } from "#src/engine/reload-registry.ts";
import { probeRuntime, startRuntime } from "#src/engine/runtimes.ts";
import { stopEngine } from "#src/engine/stop.ts";
import { StartError } from "#src/errors.ts";
import { fakeTarget, openEngine, until } from "../open-engine.ts";

const byHand = () => {};
const tested = fakeTarget();
const tableOf = (...targets: Target[]): RoutingTable => ({
  targets: new Map(targets.map((target) => [target.target_id, target])),
  routes: new Map(),
});
const withEnv = (value: string, changes: Partial<Target> = {}): Target =>
  fakeTarget({ ...changes, launch: { ...tested.launch, env: { VALUE: value } } });

describe("a reload", () => {
  it("says what is new, different and gone, and routes by it at once", async () => {
    const other = fakeTarget({ target_id: "other" });
    await using node = await openEngine({ targets: [tested, other] });
    const fresh = fakeTarget({ target_id: "fresh", capabilities: ["fresh.do"] });
    expect(await node.reload(tableOf(fakeTarget({ display_name: "New" }), fresh))).toEqual({
      targets: ["tested", "fresh"],
      added: ["fresh"],
      changed: ["tested"],
      removed: ["other"],
    });
    await expect(node.submit({ target_runtime: "other" })).rejects.toMatchObject({
      code: "target_not_found",
    });
    const { task_id } = await node.submit({ intent: "fresh.do" });
    expect((await node.reaches(task_id, "completed")).resolved_runtime).toBe("fresh");
  });

  it("of a file with mistakes changes nothing, and says where they are", async () => {
    await using node = await openEngine();
    const before = node.engine.routing;
    const mistakes = [{ path: "runtimes.a", message: "line 3, column 5: is not known here" }];
    const read = () => {
      throw new StartError("config", "registry.yaml:3:5: runtimes.a: is not known here", { mistakes });
    };
    await expect(reloadRegistry(node.engine, read, async () => {})).rejects.toMatchObject({
      code: "registry_invalid",
      errors: mistakes,
    });
    expect(node.engine.routing).toBe(before);
  });

  it("that can't be written down changes nothing", async () => {
    await using node = await openEngine();
    const before = node.engine.routing;
    const full = () => Promise.reject(new Error("disk full"));
    await expect(reloadRegistry(node.engine, () => tableOf(), full)).rejects.toThrow("disk full");
    expect(node.engine.routing).toBe(before);
  });

  it("is refused while the node is stopping", async () => {
    await using node = await openEngine();
    await stopEngine(node.engine);
    await expect(node.reload(tableOf())).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("a target that has gone", () => {
  it("fails its tasks that wait, in whatever they wait for, and lets the one that runs finish", async () => {
    await using node = await openEngine({
      targets: [fakeTarget({ max_concurrency: 1 })],
      fake: { script: byHand },
    });
    const running = await node.submit({ conversation_id: "one" });
    const turn = await node.fake.turn(0);
    await node.reaches(running.task_id, "running");
    const waiting = await node.submit({ conversation_id: "two" });
    await node.reload(tableOf());
    expect((await node.reaches(waiting.task_id, "failed")).last_error).toEqual({
      reason: "route_not_found",
      detail: "the target tested is not there any more",
    });
    expect(await node.fake.health(tested, {})).toMatchObject({ state: "up" });
    turn.complete("done");
    expect((await node.reaches(running.task_id, "completed")).result?.text).toBe("done");
    await until(() => node.engine.retiring.size === 0);
    expect(await node.fake.health(tested, {})).toMatchObject({ state: "down" });
  });

  it("fails a task that waits for its launch, and the launch is given up", async () => {
    await using node = await openEngine({ fake: { launch: byHand } });
    const { task_id } = await node.submit();
    const start = await node.fake.start(0);
    await node.reload(tableOf());
    expect((await node.reaches(task_id, "failed")).last_error?.reason).toBe("route_not_found");
    expect(start.unwanted.aborted).toBe(true);
  });

  it("has no process any more where nothing runs", async () => {
    await using node = await openEngine();
    await startRuntime(node.engine, tested, {});
    await node.reload(tableOf());
    expect(await node.fake.health(tested, {})).toMatchObject({ state: "down" });
  });
});

it("a target that goes while a large payload is stored takes no task, and nothing of it stays", async () => {
  await using node = await openEngine();
  const submitted = node.submit({ payload: { text: "long ".repeat(10_000) } });
  const gone = node.reload(tableOf());
  await expect(submitted).rejects.toMatchObject({ code: "route_not_found" });
  await gone;
  expect(readdirSync(join(node.dir, "artifacts"))).toEqual([]);
  expect(node.engine.reader.list({}, 10)).toEqual([]);
});

describe("a target whose launch is another", () => {
  it("finishes what runs on the old process, and starts the next task on a new one after it", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const first = await node.submit({ conversation_id: "one" });
    const turn = await node.fake.turn(0);
    await node.reaches(first.task_id, "running");
    await node.reload(tableOf(withEnv("new")));
    const second = await node.submit({ conversation_id: "two" });
    await node.reaches(second.task_id, "pending_launch");
    expect(node.dataOf(second.task_id, "runtime.pending_launch")).toEqual({
      reason: "its runtime still works under the registry of before",
    });
    expect(node.fake.starts).toHaveLength(1);
    turn.complete("old");
    await node.reaches(first.task_id, "completed");
    const next = await node.fake.turn(1);
    expect(next.target.launch.env).toEqual({ VALUE: "new" });
    next.complete("new");
    await node.reaches(second.task_id, "completed");
    expect(node.fake.starts.map(({ target }) => target.launch.env)).toEqual([{}, { VALUE: "new" }]);
  });

  it("takes the tasks that wait with it, in their order", async () => {
    await using node = await openEngine({
      targets: [fakeTarget({ max_concurrency: 1 })],
      fake: { launch: byHand },
    });
    const tasks = [];
    for (const text of ["a", "b", "c"]) tasks.push(await node.submit({ payload: { text } }));
    await node.fake.start(0);
    await node.reload(tableOf(withEnv("new", { max_concurrency: 1 })));
    const start = await node.fake.start(1);
    expect(start.target.launch.env).toEqual({ VALUE: "new" });
    start.ready();
    for (const { task_id } of tasks) await node.reaches(task_id, "completed");
    expect(node.fake.turns.map(({ text }) => text)).toEqual(["a", "b", "c"]);
    expect(node.kinds(tasks[0]?.task_id ?? "").slice(2, 7)).toEqual([
      "3 runtime.pending_launch",
      "4 runtime.launching",
      "5 runtime.pending_launch",
      "6 runtime.launching",
      "7 runtime.ready",
    ]);
  });

  it("refuses a start by hand and a probe while its former process has tasks", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id } = await node.submit();
    await node.reaches(task_id, "running");
    const now = withEnv("new");
    await node.reload(tableOf(now));
    await expect(startRuntime(node.engine, now, {})).rejects.toMatchObject({ code: "unavailable" });
    await expect(probeRuntime(node.engine, now, {})).rejects.toMatchObject({ code: "unavailable" });
    node.fake.turns[0]?.complete();
    await until(() => node.engine.retiring.size === 0);
    expect(await startRuntime(node.engine, now, {})).toMatchObject({ started: true });
  });

  it("and is changed again before the first process is free is started once, as it is last", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const first = await node.submit({ conversation_id: "one" });
    await node.reaches(first.task_id, "running");
    await node.reload(tableOf(withEnv("second")));
    const later = await node.submit({ conversation_id: "two" });
    await node.reload(tableOf(withEnv("third")));
    node.fake.turns[0]?.complete();
    const turn = await node.fake.turn(1);
    expect(turn.target.launch.env).toEqual({ VALUE: "third" });
    turn.complete();
    await node.reaches(later.task_id, "completed");
    expect(node.fake.starts).toHaveLength(2);
  });

  it("forgets a task that was cancelled in the meantime", async () => {
    await using node = await openEngine({ fake: { launch: byHand } });
    const { task_id } = await node.submit();
    await node.fake.start(0);
    const reloaded = node.reload(tableOf(withEnv("new")));
    await node.cancel(task_id);
    await reloaded;
    await node.reaches(task_id, "cancelled");
    await until(() => node.engine.works.size === 0);
    expect(node.fake.turns).toHaveLength(0);
  });
});

describe("a target of which only other things changed", () => {
  it("keeps its process, and its limit holds from now on", async () => {
    await using node = await openEngine({
      targets: [fakeTarget({ max_concurrency: 3 })],
      fake: { script: byHand },
    });
    const submit = (conversation_id: string) => node.submit({ conversation_id });
    for (const name of ["a", "b", "c", "d", "e"]) await submit(name);
    await node.fake.turn(2);
    await node.reload(tableOf(fakeTarget({ max_concurrency: 2 })));
    node.fake.turns[0]?.complete();
    node.fake.turns[1]?.complete();
    await node.fake.turn(3);
    await until(() => node.engine.works.size === 3);
    expect(node.fake.turns).toHaveLength(4);
    expect(node.fake.starts).toHaveLength(1);
    node.fake.turns[2]?.complete();
    await node.fake.turn(4);
  });

  it("takes back a limit that its waiting tasks were held by", async () => {
    await using node = await openEngine({
      targets: [fakeTarget({ max_concurrency: 1 })],
      fake: { script: byHand },
    });
    for (const conversation_id of ["a", "b"]) await node.submit({ conversation_id });
    await node.fake.turn(0);
    expect(node.fake.turns).toHaveLength(1);
    await node.reload(tableOf(fakeTarget()));
    expect((await node.fake.turn(1)).task.conversation_id).toBe("b");
  });
});
