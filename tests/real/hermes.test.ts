/** The main job with the real Hermes, by the command line. */
import { expect, test } from "vitest";
import { exitCodes } from "#contracts/errors.ts";
import {
  answerTo,
  ask,
  continuityOf,
  inMidTurn,
  isWords,
  kindsOf,
  launchOf,
  seqsOf,
  taskOf,
  wordsIn,
} from "./asking.ts";
import { findHermes, hermesTarget } from "./hermes.ts";
import { needRuntime } from "./runtime.ts";
import { openWorld as openWorldWith } from "./world.ts";

const program = needRuntime("Hermes", findHermes);
const openWorld = () => openWorldWith((place) => hermesTarget(program(), place));

test("a task by intent starts Hermes, streams its answer, and is stored whole", async () => {
  await using world = await openWorld();
  expect((await world.health()).details.state).toBe("down");

  await using asked = ask(world, "SLOW:100 words", "first");
  await asked.next(isWords);
  expect(world.model.calls.map(({ end }) => end)).toEqual([undefined]); // it still speaks
  expect(await asked.end()).toMatchObject({ code: exitCodes.ok });

  const { events } = asked;
  expect(kindsOf(events).filter((kind) => kind !== "task.progress")).toEqual([
    "task.created",
    "task.routed",
    "runtime.pending_launch",
    "runtime.launching",
    "runtime.ready",
    "task.dispatching",
    "task.running",
    "task.completed",
  ]);
  expect(seqsOf(events)).toEqual(events.map((_event, index) => index + 1));
  const text = Array.from({ length: 100 }, (_, index) => `w${index} `).join("");
  expect(wordsIn(events)).toBe(text);

  const task = await world.task(taskOf(events));
  expect(task).toMatchObject({
    status: "completed",
    resolved_runtime: "research",
    result: { text, stop_reason: "end_turn" },
    usage: { input_tokens: 2, output_tokens: 100, source: "reported" },
    remote: { binding: "acp_client_stdio" },
  });
  expect(await world.events(task.task_id)).toEqual(events);
  expect((await world.health()).details.state).toBe("up");
  // Hermes asks for a title behind the answer; that is no part of it.
  await expect.poll(() => world.model.calls.map(({ kind }) => kind)).toEqual(["turn", "aside"]);
});

test("two conversations run side by side in one process, and each remembers its own", async () => {
  await using world = await openWorld();
  const [left, right] = await Promise.all([
    answerTo(world, "MEET:2 on the left", "left"), // answered only while the other is asked
    answerTo(world, "MEET:2 on the right", "right"),
  ]);
  expect(left.task.result?.text).toBe("echo: MEET:2 on the left");
  expect(right.task.result?.text).toBe("echo: MEET:2 on the right");
  expect(launchOf(left.events)).toBe(launchOf(right.events));
  expect(left.task.remote?.remote_session_id).not.toBe(right.task.remote?.remote_session_id);

  const again = await answerTo(world, "HISTORY", "left");
  expect(again.task.result?.text).toBe("MEET:2 on the left");
  expect(continuityOf(again.events)).toBe("live");
  expect(again.task.usage).toEqual({ input_tokens: 1, output_tokens: 4, source: "reported" });
  expect((await answerTo(world, "HISTORY", "right")).task.result?.text).toBe("MEET:2 on the right");
});

test("a cancel in mid-turn ends the turn, keeps what was said, and leaves Hermes at work", async () => {
  await using world = await openWorld();
  const { asked, task_id } = await inMidTurn(world, "cancelled");
  await using _asked = asked;
  const before = await world.runtime();

  await world.cli.json("task-cancel", task_id);
  expect(await asked.end()).toMatchObject({ code: exitCodes.task_cancelled });
  expect(kindsOf(asked.events).slice(-1)).toEqual(["task.cancelled"]);
  const task = await world.task(task_id);
  expect(task).toMatchObject({ status: "cancelled", last_error: null });
  expect(task.result?.text).toMatch(/^w0 /);
  expect(task.result?.text).toBe(wordsIn(asked.events));
  await expect.poll(() => world.model.calls.find(({ kind }) => kind === "turn")?.end).toBe("gone");

  const next = await answerTo(world, "still there?", "cancelled");
  expect(next.task.result?.text).toBe("echo: still there?");
  expect(continuityOf(next.events)).toBe("live");
  expect((await world.runtime()).pid).toBe(before.pid);
});

test("a cancel before the first word spoils nothing: the next turn of the conversation is answered", async () => {
  await using world = await openWorld();
  await using asked = ask(world, "SLOW:2000", "early");
  const { task_id } = await asked.next(({ kind }) => kind === "task.running");

  await world.cli.json("task-cancel", task_id);
  expect(await asked.end()).toMatchObject({ code: exitCodes.task_cancelled });
  const next = await answerTo(world, "still there?", "early");
  expect(next.task.result?.text).toBe("echo: still there?");
});

test("a kill of Hermes in mid-turn fails the task and says where to look; the next task starts it anew", async () => {
  await using world = await openWorld();
  const { asked, task_id } = await inMidTurn(world, "killed");
  await using _asked = asked;
  const before = await world.runtime();

  before.kill();
  expect(await asked.end()).toMatchObject({ code: exitCodes.task_failed });
  const task = await world.task(task_id);
  expect(task).toMatchObject({ status: "failed", last_error: { reason: "remote_failed" } });
  expect(task.last_error?.detail).toBe(
    `hermes-acp was ended by SIGKILL, see launch ${launchOf(asked.events)}`,
  );
  expect(task.result?.text).toMatch(/^w0 /);
  expect(task.result?.text).toBe(wordsIn(asked.events));

  const next = await answerTo(world, "still there?", "killed");
  expect(next.task.result?.text).toBe("echo: still there?");
  expect(launchOf(next.events)).not.toBe(launchOf(asked.events));
  expect((await world.runtime()).pid).not.toBe(before.pid);
});

test("a kill of the node in mid-turn loses nothing that was seen; after its restart Hermes is gone and works again", async () => {
  await using world = await openWorld();
  const { asked, task_id } = await inMidTurn(world, "interrupted");
  await using _asked = asked;
  const before = await world.runtime();

  await world.node.kill();
  const seen = [...asked.events];
  await world.startAgain();
  expect(before.alive()).toBe(false);
  const task = await world.task(task_id);
  expect(task).toMatchObject({ status: "failed", last_error: { reason: "interrupted" } });
  const stored = await world.events(task_id);
  expect(stored.slice(0, seen.length)).toEqual(seen);
  expect(seqsOf(stored)).toEqual(stored.map((_event, index) => index + 1));
  expect(kindsOf(stored).slice(-1)).toEqual(["task.failed"]);
  expect(task.result?.text).toBe(wordsIn(stored));

  const next = await answerTo(world, "still there?", "interrupted");
  expect(next.task.result?.text).toBe("echo: still there?");
});
