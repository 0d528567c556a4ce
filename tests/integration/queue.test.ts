/** Who runs when: places of a target, lanes of a session, and what is told of a run meanwhile. */
import { describe, expect, it } from "vitest";
import { newId } from "#src/store/ulid.ts";
import { fakeTarget, type OpenEngine, openEngine, until } from "../open-engine.ts";
import { nextTurn } from "../open-server.ts";

const byHand = () => {};

/** Gives tasks in these conversations, one after the other; gives their ids. */
async function give(node: OpenEngine, ...talks: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const conversation_id of talks) ids.push((await node.submit({ conversation_id })).task_id);
  return ids;
}

/** Which of the tasks were handed over so far, in that order, by their place in the list. */
const handedOver = (node: OpenEngine, ids: readonly string[]) =>
  node.fake.turns.map(({ task }) => ids.indexOf(task.task_id));

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
}

describe("the tasks of a target", () => {
  it("run as many at once as it takes, in the order in which they came", async () => {
    const targets = [fakeTarget({ max_concurrency: 2 })];
    await using node = await openEngine({ targets, fake: { script: byHand } });
    const ids = await give(node, "a", "b", "c", "d", "e");
    await settled();
    expect(handedOver(node, ids)).toEqual([0, 1]);
    node.fake.turns[1]?.complete();
    await settled();
    node.fake.turns[0]?.fail("broke");
    await settled();
    expect(handedOver(node, ids)).toEqual([0, 1, 2, 3]);
  });

  it("run as many at once as there are where there is no limit", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const ids = await give(node, "a", "b", "c", "d");
    await settled();
    expect(handedOver(node, ids)).toEqual([0, 1, 2, 3]);
  });

  it("don't take the places of another target", async () => {
    const targets = [
      fakeTarget({ max_concurrency: 1 }),
      fakeTarget({ target_id: "other", max_concurrency: 1 }),
    ];
    await using node = await openEngine({ targets, fake: { script: byHand } });
    await node.submit({ target_runtime: "tested" });
    await node.submit({ target_runtime: "tested" });
    await node.submit({ target_runtime: "other" });
    await settled();
    expect(node.fake.turns.map(({ target }) => target.target_id)).toEqual(["tested", "other"]);
  });
});

describe("tasks whose runtime dies while they wait", () => {
  it("keep their order, also before those that came after its death", async () => {
    const target = fakeTarget({ max_concurrency: 1 });
    await using node = await openEngine({ targets: [target], fake: { launch: byHand, script: byHand } });
    const ids = await give(node, "a", "b", "c");
    node.fake.starts[0]?.ready();
    await settled();
    node.fake.crash(target, "ended by SIGSEGV");
    await settled();
    ids.push(...(await give(node, "d")));
    node.fake.starts[1]?.ready();
    for (const n of [1, 2, 3]) {
      await settled();
      node.fake.turns[n]?.complete();
    }
    await settled();
    expect(handedOver(node, ids)).toEqual([0, 1, 2, 3]);
    expect(ids.map((task_id) => node.record(task_id).status)).toEqual([
      "failed",
      "completed",
      "completed",
      "completed",
    ]);
    expect(node.fake.starts).toHaveLength(2);
  });
});

describe("the tasks of a conversation", () => {
  it("run one at a time, in the order in which they came, and others beside them", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const ids = await give(node, "a", "a", "b", "a");
    await settled();
    expect(handedOver(node, ids)).toEqual([0, 2]);
    node.fake.turns[0]?.complete();
    await settled();
    expect(handedOver(node, ids)).toEqual([0, 2, 1]);
    node.fake.turns[2]?.complete();
    await settled();
    expect(handedOver(node, ids)).toEqual([0, 2, 1, 3]);
    expect(node.dataOf(ids[3] ?? "", "task.running")).toMatchObject({ continuity: "live" });
  });

  it("run side by side where the target keeps no sessions", async () => {
    const targets = [fakeTarget({ sticky_mode: "none" })];
    await using node = await openEngine({ targets, fake: { script: byHand } });
    const ids = await give(node, "a", "a", "a");
    await settled();
    expect(handedOver(node, ids)).toEqual([0, 1, 2]);
  });

  it("wait while one of them asks", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const ids = await give(node, "a", "a");
    await settled();
    void node.fake.turns[0]?.ask({ request_id: newId(), kind: "input", prompt: "?" });
    await settled();
    expect(node.record(ids[0] ?? "").status).toBe("awaiting_input");
    expect(node.record(ids[1] ?? "").status).toBe("created");
  });

  it("go on when one that waits is cancelled", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const ids = await give(node, "a", "a", "a");
    await settled();
    await node.cancel(ids[1] ?? "");
    node.fake.turns[0]?.complete();
    await settled();
    expect(handedOver(node, ids)).toEqual([0, 2]);
  });

  it("wait for a run that was cut off until it is said to be", async () => {
    await using node = await openEngine({ fake: { script: byHand } });
    const ids = await give(node, "a", "a");
    await settled();
    await node.cancel(ids[0] ?? "");
    node.clock.advance(4999);
    await settled();
    expect(handedOver(node, ids)).toEqual([0]);
    node.clock.advance(1);
    await settled();
    expect(handedOver(node, ids)).toEqual([0, 1]);
    expect(node.record(ids[0] ?? "").status).toBe("cancelled");
  });

  it("go on after a task that ended by a fault of ours", async () => {
    let faults = 0;
    const submit = () => {
      if (faults++ === 0) throw new Error("we divided by zero");
    };
    await using node = await openEngine({ fake: { script: byHand, submit } });
    const ids = await give(node, "a", "a");
    await settled();
    expect(node.record(ids[0] ?? "").last_error).toMatchObject({ reason: "internal_error" });
    expect(handedOver(node, ids)).toEqual([1]);
  });
});

describe("what a run tells", () => {
  async function running() {
    const node = await openEngine({ fake: { script: byHand } });
    const { task_id } = await node.submit();
    const turn = await node.fake.turn(0);
    await node.reaches(task_id, "running");
    const told = () =>
      node.engine.reader
        .events(task_id)
        .filter(({ kind }) => kind === "task.progress" || kind === "task.completed")
        .map(({ data }) => {
          const { type, text, result } = data as { type?: string; text?: string; result?: { text: string } };
          return result === undefined ? `${type}: ${text}` : `end: ${result.text}`;
        });
    return { node, task_id, turn, told };
  }

  it("is joined for 50 ms, but for the first words", async () => {
    const { node, turn, told } = await running();
    await using _ = node;
    for (const word of ["a", "b", "c"]) turn.say(word);
    await settled();
    expect(told()).toEqual(["message: a"]);
    node.clock.advance(50);
    await settled();
    expect(told()).toEqual(["message: a", "message: bc"]);
  });

  it("keeps its order: anything else lets out what was held back, and so does the end", async () => {
    const { node, turn, told } = await running();
    await using _ = node;
    turn.say("a");
    turn.say("b");
    turn.emit({ kind: "progress", data: { type: "log", text: "a step" } });
    turn.emit({ kind: "progress", data: { type: "thought", text: "hm" } });
    turn.emit({ kind: "progress", data: { type: "thought", text: ", well" } });
    turn.say("c");
    turn.complete("d");
    await until(() => told().at(-1)?.startsWith("end") === true);
    expect(told()).toEqual([
      "message: a",
      "message: b",
      "log: a step",
      "thought: hm, well",
      "message: c",
      "end: abcd",
    ]);
  });

  it("is kept when the end comes with a cancel", async () => {
    const { node, task_id, turn, told } = await running();
    await using _ = node;
    turn.say("a");
    turn.say("b");
    await node.cancel(task_id);
    turn.confirmCancel();
    await node.reaches(task_id, "cancelled");
    expect(told()).toEqual(["message: a", "message: b"]);
  });
});
