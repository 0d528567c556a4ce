/** What must hold of the turns of every real runtime, in one node and one process of the runtime. */
import { afterAll, expect, test } from "vitest";
import { exitCodes } from "#contracts/errors.ts";
import { TaskRecord } from "#contracts/tasks.ts";
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
} from "../asking.ts";
import type { World } from "../world.ts";

/** Opens a world for the tests of a file; the first one does. */
export function shareWorld(open: () => Promise<World>): () => Promise<World> {
  let opened: Promise<World> | undefined;
  afterAll(async () => {
    await (await opened)?.[Symbol.asyncDispose]();
  });
  return () => {
    opened ??= open();
    return opened;
  };
}

/**
 * Adds the tests.
 * @param name the command's, in messages
 */
export function testTurns(theWorld: () => Promise<World>, name: string): void {
  test("a task by intent starts it, streams its answer, and is stored whole", async () => {
    const world = await theWorld();
    expect((await world.health()).details.state).toBe("down");

    await using asked = ask(world, "SLOW:60 words", "first");
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
    const text = Array.from({ length: 60 }, (_, index) => `w${index}`).join(" ");
    expect(wordsIn(events).trim()).toBe(text);
    const task = await world.task(taskOf(events));
    expect(task).toMatchObject({
      status: "completed",
      resolved_runtime: "research",
      result: { text: wordsIn(events), stop_reason: "end_turn" },
      remote: { binding: "acp_client_stdio" },
    });
    expect(await world.events(task.task_id)).toEqual(events);
    expect((await world.health()).details.state).toBe("up");
  });

  test("two conversations run side by side in one process, and each remembers its own", async () => {
    const world = await theWorld();
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
    expect((await answerTo(world, "HISTORY", "right")).task.result?.text).toBe("MEET:2 on the right");
  });

  test("a task of a conversation that is busy waits for the turn before it", async () => {
    const world = await theWorld();
    await using first = ask(world, "SLOW:30", "busy");
    await first.next(isWords);
    await using second = ask(world, "Say exactly second", "busy");
    await second.next(({ kind }) => kind === "task.routed");
    const waiting = TaskRecord.parse(await world.cli.json("task-get", taskOf(second.events)));
    expect(waiting.status).toBe("created");

    expect(await first.end()).toMatchObject({ code: exitCodes.ok });
    expect(await second.end()).toMatchObject({ code: exitCodes.ok });
    expect((await world.task(taskOf(second.events))).result?.text).toBe("second");
    const done = first.events.find(({ kind }) => kind === "task.completed")?.created_at ?? "";
    const begun = second.events.find(({ kind }) => kind === "task.dispatching")?.created_at ?? "";
    expect(begun >= done && done !== "").toBe(true);
    expect((await answerTo(world, "HISTORY", "busy")).task.result?.text).toBe("SLOW:30 | Say exactly second");
  });

  test("a cancel in mid-turn ends the turn, keeps what was said, and leaves the process at work", async () => {
    const world = await theWorld();
    const { asked, task_id } = await inMidTurn(world, "cancelled");
    await using _asked = asked;
    const before = await world.runtime();

    await world.cli.json("task-cancel", task_id);
    expect(await asked.end()).toMatchObject({ code: exitCodes.task_cancelled });
    expect(kindsOf(asked.events).slice(-1)).toEqual(["task.cancelled"]);
    const task = await world.task(task_id);
    expect(task).toMatchObject({ status: "cancelled", last_error: null });
    expect(task.result?.text).toMatch(/^w0/);
    expect(task.result?.text).toBe(wordsIn(asked.events));
    const turn = () => world.model.calls.find(({ said }) => said === "SLOW:2000");
    await expect.poll(() => turn()?.end, { timeout: 30_000 }).toBe("gone");

    const other = await answerTo(world, "still there?", "another");
    expect(other.task.result?.text).toBe("echo: still there?");
    expect((await world.runtime()).pid).toBe(before.pid);
  });

  test("a cancel before the first word spoils nothing: other conversations are answered", async () => {
    const world = await theWorld();
    await using asked = ask(world, "HANG", "early");
    const { task_id } = await asked.next(({ kind }) => kind === "task.running");
    await world.cli.json("task-cancel", task_id);
    expect(await asked.end()).toMatchObject({ code: exitCodes.task_cancelled });
    const other = await answerTo(world, "still there?", "yet-another");
    expect(other.task.result?.text).toBe("echo: still there?");
  });

  test("a text that begins with a slash is no command of the runtime: it reaches the model", async () => {
    const world = await theWorld();
    const { task } = await answerTo(world, "/help me", "slash");
    expect(task.result?.text).toMatch(/^echo: .*\/help me$/);
  });

  test("a kill of its process in mid-turn fails the task and says where to look; the next task starts it anew", async () => {
    const world = await theWorld();
    const { asked, task_id } = await inMidTurn(world, "killed-in-mid-turn");
    await using _asked = asked;
    const before = await world.runtime();
    const launches = await launchesOf(world);

    before.kill();
    expect(await asked.end()).toMatchObject({ code: exitCodes.task_failed });
    const task = await world.task(task_id);
    expect(task).toMatchObject({ status: "failed", last_error: { reason: "remote_failed" } });
    expect(task.last_error?.detail).toMatch(
      new RegExp(`^${name} was ended by SIGKILL, see launch ${launches[0]}$`),
    );
    expect(task.result?.text).toMatch(/^w0/);
    expect(task.result?.text).toBe(wordsIn(asked.events));

    const other = await answerTo(world, "still there?", "after-the-kill-in-mid-turn");
    expect(other.task.result?.text).toBe("echo: still there?");
    expect(await launchesOf(world)).toEqual([launchOf(other.events), ...launches]);
    expect((await world.runtime()).pid).not.toBe(before.pid);
  });
}

/** Its launches, newest first. */
async function launchesOf({ cli }: World): Promise<readonly string[]> {
  const answer = await cli.json("runtime-launches", "research");
  return (answer as { launches: { launch_id: string }[] }).launches.map(({ launch_id }) => launch_id);
}
