/** Following events, and waiting for a task: what a reader gets, whenever it comes and however it reads. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { awaitTask, followAll, followTask, type Sink } from "#src/engine/follow.ts";
import { openTaskForgetter } from "#src/store/forget-tasks.ts";
import { newId } from "#src/store/ulid.ts";
import { failCommits } from "../fail-commits.ts";
import { type OpenEngine, openEngine, running, until } from "../open-engine.ts";

const byHand = () => {};

async function logging(node: OpenEngine) {
  const { task_id, turn } = await running(node);
  const log = (text: string) => turn.emit({ kind: "progress", data: { type: "log", text } });
  return { task_id, turn, log };
}

/** A reader that writes down the ids of the frames that it got; `takes` says whether it takes more. */
function reader(takes: () => boolean = () => true) {
  const ids: number[] = [];
  let ends = 0;
  const note = (bytes: Uint8Array) => {
    const text = Buffer.from(bytes).toString();
    for (const [, id] of text.matchAll(/^id: (\d+)$/gm)) ids.push(Number(id));
  };
  const sink: Sink = {
    write(bytes) {
      note(bytes);
      return takes();
    },
    end(bytes) {
      if (bytes !== undefined) note(bytes);
      ends++;
    },
  };
  return { sink, ids, ends: () => ends };
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, n) => n + first);

function follow(node: OpenEngine, task_id: string, after: number, sink: Sink) {
  const found = followTask(node.engine, task_id, after);
  if (found === undefined) throw new Error("there is nothing to follow");
  return found(sink);
}

describe("a follower of a task", () => {
  it("gets its history, then what happens, each event once, and the end", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn, log } = await logging(node);
    const { sink, ids, ends } = reader();
    follow(node, task_id, 0, sink).pull();
    expect(ids).toEqual(upTo(7));
    log("more");
    await until(() => ids.length === 8);
    expect(ends()).toBe(0);
    turn.complete();
    await until(() => ends() === 1);
    expect(ids).toEqual(upTo(9));
  });

  it.each([0, 3, 8])("of one that has ended gets what is behind %i, and the end", async (after) => {
    await using node = await openEngine();
    const { task_id } = await node.submit();
    await node.reaches(task_id, "completed");
    const { sink, ids, ends } = reader();
    follow(node, task_id, after, sink).pull();
    expect({ ids, ends: ends() }).toEqual({ ids: upTo(9, after + 1), ends: 1 });
  });

  it("is told that there is nothing more behind the end", async () => {
    await using node = await openEngine();
    const { task_id } = await node.submit();
    await node.reaches(task_id, "completed");
    expect(followTask(node.engine, task_id, 9)).toBeUndefined();
    expect(followTask(node.engine, task_id, 1000)).toBeUndefined();
    expect(() => followTask(node.engine, newId(), 0)).toThrow(/There is no task/);
  });

  it("gets from the log what an earlier life wrote, page by page", async () => {
    const first = await openEngine({ fake: { launch: byHand } });
    const { task_id } = await first.submit();
    const task = first.engine.log.get(task_id);
    if (task === undefined) throw new Error("it is not open");
    for (let n = 0; n < 600; n++) first.engine.log.append(task, { kind: "runtime.health", source: "core" });
    first.engine.log.batch.flush();
    first.abandon();
    await using node = await openEngine({ dir: first.dir, fake: { launch: byHand } });
    const { sink, ids } = reader();
    follow(node, task_id, 0, sink).pull();
    expect(ids).toEqual(upTo(node.kinds(task_id).length));
  });

  it("that takes no more is read for when it asks, without gap or repeat", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn, log } = await logging(node);
    const { sink, ids, ends } = reader(() => false);
    const follower = follow(node, task_id, 0, sink);
    for (let n = 0; n < 5; n++) {
      follower.pull();
      log(String(n));
      await until(() => node.engine.reader.standing(task_id)?.last_seq === 8 + n);
    }
    turn.complete();
    await node.reaches(task_id, "completed");
    while (ends() === 0) follower.pull();
    expect(ids).toEqual(upTo(13));
  });

  it("that takes no more is given nothing, however much happens, until it asks", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, log } = await logging(node);
    const takes = { more: false };
    const { sink, ids } = reader(() => takes.more);
    const follower = follow(node, task_id, 0, sink);
    follower.pull();
    expect(ids).toEqual(upTo(7));
    for (let n = 0; n < 5; n++) {
      log(String(n));
      await until(() => node.engine.reader.standing(task_id)?.last_seq === 8 + n);
    }
    expect(ids).toEqual(upTo(7));
    takes.more = true;
    follower.pull();
    expect(ids).toEqual(upTo(12));
    log("more");
    await until(() => ids.length === 13);
  });

  it("gets large events by the handful, so that what it holds while it stalls is small", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    const entries = Array.from({ length: 12 }, () => "x".repeat(1000));
    for (let n = 0; n < 300; n++) turn.emit({ kind: "progress", data: { type: "plan", entries } });
    turn.complete();
    await node.reaches(task_id, "completed");
    const sizes: number[] = [];
    const { sink, ids, ends } = reader();
    const sized: Sink = {
      write: (bytes) => sizes.push(bytes.length) > 0 && sink.write(bytes),
      end: (bytes) => sizes.push(bytes?.length ?? 0) > 0 && sink.end(bytes),
    };
    follow(node, task_id, 0, sized).pull();
    expect([ids, ends()]).toEqual([upTo(308), 1]);
    expect(Math.max(...sizes)).toBeLessThan(300_000);
  });

  it("that was closed gets nothing more, and is heard of no more", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    const { sink, ids, ends } = reader();
    const follower = follow(node, task_id, 0, sink);
    follower.close();
    follower.close();
    expect(node.engine.log.tail(task_id)?.listeners()).toBe(0);
    turn.complete();
    await node.reaches(task_id, "completed");
    follower.pull();
    expect({ ids, ends: ends() }).toEqual({ ids: [], ends: 0 });
  });

  it("whose reading fails is ended, and disturbs neither the others nor the task", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn, log } = await logging(node);
    const bad = reader(() => {
      throw new Error("the disk can't be read");
    });
    const good = reader();
    const follower = follow(node, task_id, 7, bad.sink);
    const other = follow(node, task_id, 7, good.sink);
    follower.pull();
    other.pull();
    log("more");
    await until(() => good.ids.length === 1);
    expect(bad.ends()).toBe(1);
    turn.complete();
    await node.reaches(task_id, "completed");
    expect({ bad: bad.ids, good: good.ids }).toEqual({ bad: [8], good: [8, 9] });
  });

  it("gets each event once, in order, wherever it comes in and however often it takes nothing", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const plan = fc.record({
      after: fc.nat(12),
      takes: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
      events: fc.array(fc.nat(3), { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ after, takes, events }) => {
        const { task_id, turn, log } = await logging(node);
        const start = node.kinds(task_id).length;
        let asked = 0;
        const { sink, ids, ends } = reader(() => takes[asked++ % takes.length] ?? true);
        const follower = follow(node, task_id, Math.min(after, start), sink);
        follower.pull();
        for (const burst of events) {
          for (let n = 0; n < burst; n++) log("more");
          await new Promise((resolve) => setImmediate(resolve));
          if (burst === 0) follower.pull();
        }
        turn.complete();
        await node.reaches(task_id, "completed");
        for (let n = 0; n < 20 && ends() === 0; n++) follower.pull();
        expect(ends()).toBe(1);
        expect(ids).toEqual(upTo(node.kinds(task_id).length, Math.min(after, start) + 1));
      }),
      { numRuns: 40 },
    );
  });
});

describe("a follower of all tasks", () => {
  it("gets what happens from now on, of every task, by position", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    await running(node);
    const { newest } = node.engine.reader.positions();
    const { sink, ids } = reader();
    followAll(node.engine, undefined)(sink).pull();
    await Promise.all([running(node), node.submit()]);
    await until(() => node.fake.turns.length === 3);
    await until(() => ids.at(-1) === node.engine.reader.positions().newest);
    expect(ids).toEqual(upTo(node.engine.reader.positions().newest, newest + 1));
  });

  it("gets what was written while nobody listened, from the log", async () => {
    await using node = await openEngine();
    for (let n = 0; n < 3; n++) await node.reaches((await node.submit()).task_id, "completed");
    const { newest } = node.engine.reader.positions();
    const { sink, ids } = reader();
    const follower = followAll(node.engine, 0)(sink);
    follower.pull();
    expect(ids).toEqual(upTo(newest));
    follower.close();
    await node.reaches((await node.submit()).task_id, "completed");
    const later = reader();
    followAll(node.engine, newest)(later.sink).pull();
    expect(later.ids).toEqual(upTo(node.engine.reader.positions().newest, newest + 1));
  });

  it("is refused a position whose successors are kept no more", async () => {
    await using node = await openEngine();
    const { task_id } = await node.submit();
    await node.reaches(task_id, "completed");
    await node.reaches((await node.submit()).task_id, "completed");
    openTaskForgetter(node.storage.writer).forgetOne(task_id);
    const { gone } = node.engine.reader.positions();
    expect(gone).toBeGreaterThan(1);
    expect(() => followAll(node.engine, gone - 1)).toThrow(/kept any more/);
    expect(followAll(node.engine, gone)).toBeDefined();
    expect(followAll(node.engine, 0)).toBeDefined();
  });

  it("hears nothing of a commit that failed", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { sink, ids } = reader();
    followAll(node.engine, undefined)(sink).pull();
    const heal = failCommits(node.storage);
    await expect(node.submit()).rejects.toThrow("disk full");
    heal();
    expect(ids).toEqual([]);
    const { task_id } = await node.submit();
    await node.reaches(task_id, "running");
    expect(ids).toEqual(upTo(node.engine.reader.positions().newest));
  });
});

describe("waiting for a task", () => {
  const never = new AbortController().signal;

  it("ends with the task", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    const waiting = awaitTask(node.engine, task_id, 60_000, never);
    turn.complete("there");
    expect(await waiting).toMatchObject({ status: "completed", result: { text: "there" } });
    expect(node.engine.log.tail(task_id)).toBeUndefined();
  });

  it("ends when the task asks, and at once where it asks already", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    const waiting = awaitTask(node.engine, task_id, 60_000, never);
    void turn.ask({ request_id: newId(), kind: "input", prompt: "?" });
    expect(await waiting).toMatchObject({ status: "awaiting_input" });
    expect(await awaitTask(node.engine, task_id, 60_000, never)).toMatchObject({ status: "awaiting_input" });
  });

  it("ends with its time, and leaves nothing behind", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id } = await running(node);
    const armed = node.clock.armed();
    const waiting = awaitTask(node.engine, task_id, 5000, never);
    expect(node.clock.armed()).toBe(armed + 1);
    node.clock.advance(5000);
    expect(await waiting).toMatchObject({ status: "running" });
    expect([node.clock.armed(), node.engine.log.tail(task_id)?.listeners()]).toEqual([armed, 0]);
  });

  it.each(["while it waits", "before it"])("ends when its caller goes away %s", async (when) => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id } = await running(node);
    const caller = new AbortController();
    if (when === "before it") caller.abort();
    const armed = node.clock.armed();
    const waiting = awaitTask(node.engine, task_id, 5000, caller.signal);
    caller.abort();
    expect(await waiting).toMatchObject({ status: "running" });
    expect([node.clock.armed(), node.engine.log.tail(task_id)?.listeners()]).toEqual([armed, 0]);
  });

  it("doesn't wait for one that has ended, for one that isn't there, and for no time", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const { task_id, turn } = await running(node);
    expect(await awaitTask(node.engine, task_id, 0, never)).toMatchObject({ status: "running" });
    turn.complete();
    await node.reaches(task_id, "completed");
    expect(await awaitTask(node.engine, task_id, 60_000, never)).toMatchObject({ status: "completed" });
    expect(await awaitTask(node.engine, newId(), 60_000, never)).toBeUndefined();
  });
});
