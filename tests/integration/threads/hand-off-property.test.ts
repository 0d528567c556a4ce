/**
 * An automatic hand-off whose node is left at any turn of the event loop, again and again: the turns that
 * are there in the end are those that were asked for, each once, each told what the one before answered.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { until } from "../../open-engine.ts";
import { nextTurn } from "../../open-server.ts";
import { goOn, inspect, openThread, openTwo, payloadsOf, turnsOf } from "./world.ts";

const wanted = 8;

/** Continues a thread whose automatic hand-off was cut off with its open turn; answers what is left to do. */
async function resume(node: Awaited<ReturnType<typeof openTwo>>, thread_id: string): Promise<void> {
  const { hand_off, thread } = inspect(node, thread_id);
  const left = (hand_off?.turns_left ?? 0) + 1;
  if (thread.status !== "interrupted") return;
  const { last_actor_agent_id: sender, last_task_id } = thread;
  const payload = node.record(last_task_id ?? "").payload;
  await goOn(node, thread_id, { sender, payload, auto_continue: true, max_turns: left });
}

it("loses no turn and doubles none, wherever the node is left", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 12 }), { maxLength: 6 }), async (lives) => {
      let node = await openTwo();
      const { dir } = node;
      const thread_id = await openThread(node);
      await goOn(node, thread_id, { auto_continue: true, max_turns: wanted });
      for (const turns of lives) {
        for (let turn = 0; turn < turns; turn++) await nextTurn();
        node.abandon();
        node = await openTwo({ dir });
        await resume(node, thread_id);
      }
      await using last = node;
      const over = () => inspect(last, thread_id).thread.status === "completed";
      await until(over, "the thread to be completed");
      const done = turnsOf(last, thread_id).filter((turn) => turn.endsWith("completed"));
      expect(done.map((turn) => turn.split(" ")[1])).toEqual(
        Array.from({ length: wanted }, (_, n) => (n % 2 === 0 ? "a>b" : "b>a")),
      );
      expect(turnsOf(last, thread_id).map((turn) => Number.parseInt(turn, 10))).toEqual(
        turnsOf(last, thread_id).map((_, n) => n + 1),
      );
      const told = payloadsOf(last, thread_id).map((payload) => (payload as { text: string }).text);
      expect([...new Set(told)]).toEqual(
        Array.from({ length: wanted }, (_, n) => `${"echo: ".repeat(n)}hello`),
      );
    }),
    { numRuns: 25 },
  );
}, 60_000);
