/** A thread of very many turns: the last costs what the first did, and none is lost or doubled. */
import { expect, it } from "vitest";
import { inspectThread } from "#src/engine/inspect-thread.ts";
import { threadOf } from "#src/engine/thread-turns.ts";
import { goOn, openThread, openTwo } from "../integration/threads/world.ts";
import { until } from "../open-engine.ts";

const mostTurns = 100; // of one hand-off
const handOffs = Number(process.env["HAND_OFFS"] ?? 20);

it(`${handOffs} hand-offs of ${mostTurns} turns each leave every turn once, and are as fast at the end`, async () => {
  await using node = await openTwo();
  const { engine } = node;
  const thread_id = await openThread(node);
  const changes = { auto_continue: true, max_turns: mostTurns, payload_by_agent: { a: "ping", b: "pong" } };
  const took: number[] = [];
  for (let n = 1; n <= handOffs; n++) {
    const from = performance.now();
    await goOn(node, thread_id, changes);
    const isDone = () => {
      const last = engine.threads.last(thread_id);
      return last?.turn_index === n * mostTurns && last.status === "completed" && engine.works.size === 0;
    };
    for (let turn = 1; turn < mostTurns; turn++)
      await until(
        () => isDone() || (engine.threads.last(thread_id)?.turn_index ?? 0) > (n - 1) * mostTurns + turn,
      );
    await until(isDone, "the hand-off to end");
    took.push(performance.now() - from);
  }
  const total = handOffs * mostTurns;
  let expected = 0;
  for (let at = 0; at < total; at += 500)
    for (const turn of engine.threads.turns(thread_id, at, 500)) {
      expected += 1;
      expect([turn.turn_index, turn.status, turn.sender_agent_id]).toEqual([
        expected,
        "completed",
        expected % 2 === 1 ? "a" : "b",
      ]);
    }
  expect(expected).toBe(total);
  expect(node.fake.turns).toHaveLength(total);
  const from = performance.now();
  inspectThread(engine, threadOf(engine, thread_id), engine.threads.turns(thread_id, total - 200, 200));
  expect(performance.now() - from).toBeLessThan(200);
  const tenth = Math.max(1, Math.floor(handOffs / 10));
  const mean = (part: readonly number[]) => part.reduce((sum, ms) => sum + ms, 0) / part.length;
  // The first ones warm up; a busy machine may be several times slower for a while.
  expect(mean(took.slice(-tenth))).toBeLessThan(5 * mean(took.slice(0, tenth)) + 100);
});
