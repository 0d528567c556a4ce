/** What a thread keeps when its node is killed. */
import { expect, it } from "vitest";
import { eventOf, startNode, type TestNode } from "../support.ts";
import { goOn, homeOfTwo, inspect, openThread, say, turnsIn } from "../threads.ts";

const endless = { mode: "delayed_success", delay_ms: 600_000, heartbeat_ms: 10 };

it("killed in mid-turn it stands interrupted and says why; continued, each side remembers", async () => {
  using home = await homeOfTwo();
  await using first = await startNode(home);
  const thread_id = await openThread(first);
  await say(first, thread_id, "one");
  await say(first, thread_id, "two");
  const { task_id } = await goOn(first, thread_id, { payload: endless, auto_continue: true, max_turns: 5 });
  await eventOf(first, task_id, "task.progress");
  expect(turnsIn(await inspect(first, thread_id)).at(-1)).toBe("3 writer>critic running");
  await first.kill();

  await using second = await startNode(home);
  const seen = await inspect(second, thread_id);
  expect(turnsIn(seen)).toEqual([
    "1 writer>critic completed",
    "2 critic>writer completed",
    "3 writer>critic failed",
  ]);
  expect(seen).toMatchObject({
    thread: { status: "interrupted", last_task_id: task_id },
    interruption_reason: "the node ended in mid-turn, and the runtime's process with it",
    next_continue: { sender_agent_id: "critic", target_agent_id: "writer", will_reuse_remote_session: true },
    hand_off: { turns_left: 4, ended: "interrupted" },
  });
  const answers = [await say(second, thread_id, "HISTORY?"), await say(second, thread_id, "HISTORY?")];
  expect(answers.map(({ sender, result }) => [sender, result?.text])).toEqual([
    ["critic", "HISTORY[1]: two"],
    ["writer", "HISTORY[1]: one"],
  ]);
  expect((await inspect(second, thread_id)).thread.status).toBe("completed");
});

const wanted = 20;
const kills = 8;

/** Resolves when the node's events are so many, or no more will come. */
async function atEvent(node: TestNode, thread_id: string, count: number): Promise<void> {
  let seen = 0;
  const reached = async () => {
    for await (const _ of node.allEvents()) if (++seen === count) return;
  };
  await Promise.race([reached().catch(() => undefined), untilOver(node, thread_id)]);
}

/** Speaks an interrupted turn once more, and lets what was left of the hand-off follow. */
async function takeUp(node: TestNode, thread_id: string): Promise<void> {
  const { thread, hand_off } = await inspect(node, thread_id);
  if (thread.status !== "interrupted") return;
  const { sender, payload } = await node.task(thread.last_task_id ?? "");
  const left = hand_off?.turns_left ?? 0;
  await goOn(node, thread_id, { sender, payload, auto_continue: true, max_turns: left + 1 });
}

async function untilOver(node: TestNode, thread_id: string): Promise<void> {
  for (;;) {
    const { thread } = await inspect(node, thread_id);
    if (thread.status !== "active") return;
    await node.task(thread.last_task_id ?? "", 30);
  }
}

it(`an automatic hand-off of ${wanted} turns loses none and doubles none, killed ${kills} times anywhere`, async () => {
  using home = await homeOfTwo();
  let node = await startNode(home);
  const thread_id = await openThread(node);
  await goOn(node, thread_id, { payload: { text: "hello" }, auto_continue: true, max_turns: wanted });
  const moments: number[] = [];
  while (moments.length < kills) {
    const moment = (moments.at(-1) ?? 0) + Math.floor(Math.random() * 24) + 1;
    moments.push(moment);
    await atEvent(node, thread_id, moment);
    await node.kill();
    node = await startNode(home);
    await takeUp(node, thread_id);
  }
  await using last = node;
  await untilOver(last, thread_id);
  const { turns } = await inspect(last, thread_id);
  const tasks = await Promise.all(turns.map(({ task_id }) => last.task(task_id)));
  const done = tasks.filter(({ status }) => status === "completed");
  const told = done.map(({ sender, payload }) => `${sender}: ${(payload as { text: string }).text}`);
  expect(told, `killed after events ${moments.join(", ")}`).toEqual(
    Array.from(
      { length: wanted },
      (_, n) => `${n % 2 === 0 ? "writer" : "critic"}: ${"echo: ".repeat(n)}hello`,
    ),
  );
  expect(turns.map(({ turn_index }) => turn_index)).toEqual(turns.map((_, n) => n + 1));
  expect(
    tasks.filter(({ status }) => status !== "completed").map(({ last_error }) => last_error?.reason),
  ).toEqual(tasks.filter(({ status }) => status !== "completed").map(() => "interrupted"));
  process.stdout.write(
    `killed after events ${moments.join(", ")}: ${turns.length} turns, ${done.length} done\n`,
  );
}, 180_000);
