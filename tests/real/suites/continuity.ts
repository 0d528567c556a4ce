/** What a conversation with a real runtime remembers when a process of it has gone, and what is said of it. */
import { expect, test } from "vitest";
import { answerTo, continuityOf, inMidTurn, kindsOf, seqsOf, wordsIn } from "../asking.ts";
import type { World } from "../world.ts";

/** How the turns behind a death are called that remember what was before. */
export interface Remembering {
  readonly called: "resumed" | "loaded";
  /** Waits until what was told can be taken up again. */
  settle?(): Promise<void>;
}

const fates = ["killed", "stopped", "node-killed", "interrupted"] as const;
const said = { one: "apples", two: "pears" } as const;
const conversationOf = (fate: string, which: keyof typeof said) => `${fate}-${which}`;

/** Tells two conversations of each fate one thing each, in turns. */
async function tellAll(world: World): Promise<void> {
  for (const fate of fates) {
    for (const which of ["one", "two"] as const) {
      const { events } = await answerTo(world, said[which], conversationOf(fate, which));
      expect(continuityOf(events)).toBe("fresh");
    }
  }
}

/** Adds the tests. */
export function testContinuity(theWorld: () => Promise<World>, { called, settle }: Remembering): void {
  let telling: Promise<World> | undefined;
  const worldThatWasTold = () => {
    telling ??= theWorld().then(async (world) => {
      await tellAll(world);
      await settle?.();
      return world;
    });
    return telling;
  };

  /** Asks what was said before: exactly that is known. The history of the session is no part of the answer. */
  const expectMemory = async (world: World, fate: (typeof fates)[number]) => {
    for (const which of ["two", "one"] as const) {
      const { task, events } = await answerTo(world, "HISTORY", conversationOf(fate, which));
      const running = events.find(({ kind }) => kind === "task.running");
      expect(running?.data, JSON.stringify(running?.data)).toMatchObject({ continuity: called });
      expect(task.result?.text).toBe(said[which]);
      expect(wordsIn(events)).toBe(said[which]);
    }
  };

  test(`after a kill of its process each conversation is ${called}, and remembers its own`, async () => {
    const world = await worldThatWasTold();
    const before = await world.runtime();
    before.kill();
    await expect.poll(async () => (await world.health()).details.state, { timeout: 30_000 }).toBe("down");
    await expectMemory(world, "killed");
    expect((await world.runtime()).pid).not.toBe(before.pid);
  });

  test(`after its stop each conversation is ${called}, and remembers its own`, async () => {
    const world = await worldThatWasTold();
    await world.cli.json("runtime-stop", "research");
    await expectMemory(world, "stopped");
  });

  test(`after a kill of the node each conversation is ${called}, and remembers its own`, async () => {
    const world = await worldThatWasTold();
    const before = await world.runtime();
    await world.node.kill();
    await world.startAgain();
    expect(before.alive()).toBe(false);
    await expectMemory(world, "node-killed");
  });

  test("a kill of the node in mid-turn loses nothing that was seen, and the conversation goes on", async () => {
    const world = await worldThatWasTold();
    const conversation = conversationOf("interrupted", "one");
    const { asked, task_id } = await inMidTurn(world, conversation);
    await using _asked = asked;
    await world.node.kill();
    const seen = [...asked.events];
    await world.startAgain();
    const task = await world.task(task_id);
    expect(task).toMatchObject({ status: "failed", last_error: { reason: "interrupted" } });
    const stored = await world.events(task_id);
    expect(stored.slice(0, seen.length)).toEqual(seen);
    expect(seqsOf(stored)).toEqual(stored.map((_event, index) => index + 1));
    expect(kindsOf(stored).slice(-1)).toEqual(["task.failed"]);
    expect(task.result?.text).toBe(wordsIn(stored));

    const next = await answerTo(world, "HISTORY", conversation);
    expect(continuityOf(next.events)).toBe(called);
    // Whether a turn that was cut off belongs to it differs.
    expect(next.task.result?.text).toMatch(/^apples( \| SLOW:2000)?$/);
  });
}
