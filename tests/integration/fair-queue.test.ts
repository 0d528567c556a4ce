/** A target with many tasks of several senders: who goes when, what is refused, and what is told meanwhile. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fakeTarget, type OpenEngine, openEngine, until } from "../open-engine.ts";
import { nextTurn } from "../open-server.ts";

const byHand = () => {};
const narrow = (queue = 10_000) => [fakeTarget({ max_concurrency: 1, queue })];

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
}

/** Gives a task of each of these senders, in this order; gives their ids. */
async function give(node: OpenEngine, ...senders: string[]): Promise<string[]> {
  const given = senders.map((sender) => node.submit({ sender }));
  return (await Promise.all(given)).map(({ task_id }) => task_id);
}

/** Ends each turn as soon as it has begun, until so many have been. */
async function runAll(node: OpenEngine, count: number): Promise<void> {
  for (let n = 0; n < count; n++) (await node.fake.turn(n)).complete();
  await until(() => node.engine.works.size === 0, "all to end");
}

const sendersRun = (node: OpenEngine) => node.fake.turns.map(({ task }) => task.sender);

/** The positions that a task was told, in order. */
const positions = (node: OpenEngine, task_id: string | undefined) =>
  node.engine.reader
    .events(task_id ?? "")
    .filter(({ kind }) => kind === "runtime.health")
    .map(({ data }) => (data as { queue_position: number }).queue_position);

describe("the places of a target", () => {
  it("go round between senders, whoever has given more", async () => {
    await using node = await openEngine({ targets: narrow(), fake: { script: byHand } });
    await give(node, "a", "a", "a", "a", "b", "b", "c");
    await runAll(node, 7);
    expect(sendersRun(node)).toEqual(["a", "b", "c", "a", "b", "a", "a"]);
  });

  it("go round after a restart as well, each sender's tasks in the order in which they came", async () => {
    const first = await openEngine({ targets: narrow(), fake: { launch: byHand } });
    const ids = await give(first, "a", "a", "a", "b", "a", "b");
    first.abandon();
    await using node = await openEngine({ ...first, targets: narrow(), fake: { script: byHand } });
    await runAll(node, 6);
    expect(node.fake.turns.map(({ task }) => ids.indexOf(task.task_id))).toEqual([0, 3, 1, 5, 2, 4]);
  });

  it("are not all taken after a restart by the sender that came first", async () => {
    const targets = [fakeTarget({ max_concurrency: 2 })];
    const first = await openEngine({ targets, fake: { launch: byHand } });
    await give(first, "a", "a", "a", "b");
    first.abandon();
    await using node = await openEngine({ ...first, targets, fake: { launch: byHand, script: byHand } });
    (await node.fake.start(0)).ready();
    await settled();
    expect(sendersRun(node)).toEqual(["a", "b"]);
  });

  it("go round all the same where each task takes its process with it, and all get their turn", async () => {
    const [target] = narrow();
    if (target === undefined) throw new Error("there is no target");
    await using node = await openEngine({
      targets: [target],
      fake: {
        launch: (start) => void setImmediate(() => start.ready()),
        script: () => void setImmediate(() => node.fake.crash(target, "exited with code 3")),
      },
    });
    const senders = ["a", "b", "c", "d"];
    const ids = await give(node, ...Array.from({ length: 24 }, (_, n) => senders[n % 4] ?? ""));
    await until(() => node.engine.works.size === 0, "all to end");
    expect(sendersRun(node)).toEqual(Array.from({ length: 24 }, (_, n) => senders[n % 4]));
    expect(node.fake.turns.map(({ task }) => task.task_id)).toEqual(ids);
    const reasons = ids.map((task_id) => node.record(task_id).last_error?.reason);
    expect(new Set(reasons)).toEqual(new Set(["remote_failed"]));
  });

  it("cost a sender no turn where its task was cancelled before it had its runtime", async () => {
    await using node = await openEngine({ targets: narrow(), fake: { launch: byHand, script: byHand } });
    const ids = await give(node, "a", "a", "b", "b");
    await node.cancel(ids[0] ?? "");
    (await node.fake.start(0)).ready();
    await runAll(node, 3);
    expect(sendersRun(node)).toEqual(["a", "b", "b"]);
  });
});

describe("a queue that is full", () => {
  const filled = async (queue: number) => {
    const node = await openEngine({ targets: narrow(queue), fake: { script: byHand } });
    const ids = await give(node, ...Array.from({ length: queue + 1 }, () => "a"));
    await node.reaches(ids[0] ?? "", "running");
    return { node, ids };
  };

  it("takes no more, and nothing of what it refuses is kept", async () => {
    const { node } = await filled(2);
    await using _ = node;
    const large = { text: "x".repeat(50_000) };
    await expect(node.submit({ sender: "b" })).rejects.toMatchObject({ code: "queue_full", retryAfterS: 5 });
    await expect(node.submit({ payload: large })).rejects.toMatchObject({ code: "queue_full" });
    expect(node.engine.reader.list({}, 10)).toHaveLength(3);
    expect(readdirSync(join(node.dir, "artifacts"))).toEqual([]);
  });

  it("that fills while a large payload is stored refuses it, and takes its bytes back", async () => {
    await using node = await openEngine({ targets: narrow(1), fake: { script: byHand } });
    await give(node, "a");
    const large = { text: "x".repeat(50_000) };
    const late = Promise.allSettled([node.submit({ payload: large }), node.submit({ payload: large })]);
    await give(node, "a");
    expect((await late).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(node.engine.reader.list({}, 10)).toHaveLength(2);
    expect(readdirSync(join(node.dir, "artifacts"))).toEqual([]);
  });

  it("takes exactly as many as it has room for when more come at once", async () => {
    await using node = await openEngine({ targets: narrow(10), fake: { script: byHand } });
    const given = await Promise.allSettled(Array.from({ length: 50 }, () => node.submit()));
    expect(given.filter(({ status }) => status === "fulfilled")).toHaveLength(11);
    expect(node.engine.reader.list({}, 100)).toHaveLength(11);
  });

  it("has room again when one that waits is cancelled, and when one goes on", async () => {
    const { node, ids } = await filled(2);
    await using _ = node;
    await node.cancel(ids[2] ?? "");
    await give(node, "a");
    await expect(node.submit()).rejects.toMatchObject({ code: "queue_full" });
    node.fake.turns[0]?.complete();
    await until(() => node.fake.turns.length === 2);
    await give(node, "a");
    await expect(node.submit()).rejects.toMatchObject({ code: "queue_full" });
  });

  it("is another target's no matter", async () => {
    const targets = [...narrow(1), fakeTarget({ target_id: "other" })];
    await using node = await openEngine({ targets, fake: { script: byHand } });
    for (let n = 0; n < 2; n++) await node.submit({ target_runtime: "tested" });
    await expect(node.submit({ target_runtime: "tested" })).rejects.toMatchObject({ code: "queue_full" });
    await node.submit({ target_runtime: "other" });
  });

  it("refuses none of those that are taken up after a restart", async () => {
    const { node: first, ids } = await filled(5);
    first.abandon();
    await using node = await openEngine({ ...first, targets: narrow(2), fake: { script: byHand } });
    expect(node.engine.works.size).toBe(5);
    await expect(node.submit()).rejects.toMatchObject({ code: "queue_full" });
    await runAll(node, 5);
    for (const task_id of ids.slice(1)) expect(node.record(task_id).status).toBe("completed");
  });
});

describe("a task that waits for its place", () => {
  it("is told its position once, then when it has halved, and when it is the next", async () => {
    await using node = await openEngine({ targets: narrow(), fake: { script: byHand } });
    const ids = await give(node, ...Array.from({ length: 11 }, () => "a"));
    await settled();
    expect(ids.map((task_id) => positions(node, task_id))).toEqual([
      [],
      ...Array.from({ length: 10 }, (_, n) => [n + 1]),
    ]);
    for (let n = 0; n < 11; n++) {
      (await node.fake.turn(n)).complete();
      await settled();
    }
    expect(positions(node, ids[10])).toEqual([10, 5, 2, 1]);
    expect(positions(node, ids[3])).toEqual([3, 1]);
    expect(positions(node, ids[0])).toEqual([]);
  });

  it("is told where it stands between senders, and whether its runtime is up", async () => {
    await using node = await openEngine({ targets: narrow(), fake: { launch: byHand, script: byHand } });
    const ids = await give(node, "a", "a", "a", "a", "b");
    await settled();
    expect(ids.map((task_id) => positions(node, task_id))).toEqual([[], [2], [3], [4], [1]]);
    expect(node.dataOf(ids[4] ?? "", "runtime.health")).toEqual({ healthy: false, queue_position: 1 });
    (await node.fake.start(0)).ready();
    (await node.fake.turn(0)).complete();
    await settled();
    expect(node.dataOf(ids[1] ?? "", "runtime.health")).toEqual({ healthy: true, queue_position: 1 });
  });

  it("is told nothing behind its place: no event of the queue comes after ready", async () => {
    await using node = await openEngine({ targets: narrow(), fake: { script: (turn) => turn.complete() } });
    const ids = await give(node, ...Array.from({ length: 60 }, (_, n) => `s${n % 7}`));
    await until(() => node.engine.works.size === 0, "all to end");
    for (const task_id of ids) {
      const kinds = node.kinds(task_id).map((kind) => kind.split(" ")[1]);
      expect(kinds.lastIndexOf("runtime.health")).toBeLessThan(kinds.indexOf("runtime.ready"));
    }
  });

  it("hears of it a few times, not at each step of the queue", async () => {
    await using node = await openEngine({ targets: narrow(), fake: { script: (turn) => turn.complete() } });
    const ids = await give(node, ...Array.from({ length: 500 }, () => "a"));
    await until(() => node.engine.works.size === 0, "all to end");
    for (const task_id of ids) expect(positions(node, task_id).length).toBeLessThanOrEqual(10);
  });
});
