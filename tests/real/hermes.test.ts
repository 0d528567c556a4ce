/** The main job with the real Hermes, by the command line. */
import { expect, test } from "vitest";
import { exitCodes } from "#contracts/errors.ts";
import type { TaskTree } from "#contracts/task-tree.ts";
import { answerTo, ask, continuityOf, endOf, inMidTurn } from "./asking.ts";
import { program } from "./command-line.ts";
import { findHermes, hermesTarget } from "./hermes.ts";
import { needRuntime } from "./runtime.ts";
import { testContinuity } from "./suites/continuity.ts";
import { testQuestions } from "./suites/questions.ts";
import { shareWorld, testTurns } from "./suites/turns.ts";
import { openWorld } from "./world.ts";

const hermes = needRuntime("Hermes", findHermes);
const theWorld = shareWorld(() => openWorld((place) => hermesTarget(hermes(), place)));

testTurns(theWorld, "hermes-acp");
testQuestions(theWorld, { afterNo: "completed" });

test("what a turn cost is told of each turn by itself, and a request for a title is no part of it", async () => {
  const world = await theWorld();
  const before = world.model.calls.length;
  const first = await answerTo(world, "three little words", "cost");
  expect(first.task.usage).toEqual({ input_tokens: 3, output_tokens: 4, source: "reported" });
  const asked = () => world.model.calls.slice(before).map(({ kind }) => kind);
  await expect.poll(asked, { timeout: 30_000 }).toEqual(["turn", "aside"]);
  const second = await answerTo(world, "two words", "cost");
  expect(second.task.usage).toEqual({ input_tokens: 2, output_tokens: 3, source: "reported" });
});

test("a cancel in mid-turn leaves the session open: the next turn of the conversation goes on live", async () => {
  const world = await theWorld();
  const { asked, task_id } = await inMidTurn(world, "cancelled-and-on");
  await using _asked = asked;
  await world.cli.json("task-cancel", task_id);
  expect(await asked.end()).toMatchObject({ code: exitCodes.task_cancelled });
  const next = await answerTo(world, "still there?", "cancelled-and-on");
  expect(next.task.result?.text).toBe("echo: still there?");
  expect(continuityOf(next.events)).toBe("live");
});

test("a cancel before the first word spoils nothing: the next turn of the conversation is answered", async () => {
  const world = await theWorld();
  await using asked = ask(world, "SLOW:2000", "early-again");
  const { task_id } = await asked.next(({ kind }) => kind === "task.running");

  await world.cli.json("task-cancel", task_id);
  expect(await asked.end()).toMatchObject({ code: exitCodes.task_cancelled });
  const next = await answerTo(world, "still there?", "early-again");
  expect(next.task.result?.text).toBe("echo: still there?");
});

test("a model that refuses the key fails the task, although Hermes says it as an answer", async () => {
  const { task } = await endOf(await theWorld(), "FAIL:401", "refused", exitCodes.task_failed);
  expect(task.last_error).toMatchObject({ reason: "remote_failed" });
  expect(task.last_error?.detail).toContain("401");
});

test("a command that it runs delegates for its task, without being told for which", async () => {
  const world = await theWorld();
  const words = "call --intent research.topic --text delegated --wait";
  const { task } = await answerTo(world, `RUN: ${process.execPath} ${program} ${words}`, "delegating");
  expect(task.result?.text).toContain("echo: delegated");
  const path = `/v1/tasks/${task.task_id}/tree`;
  const { body } = await world.node.call<TaskTree>("GET", path);
  expect(body.tasks.map(({ depth, sender, status }) => [depth, sender, status])).toEqual([
    [0, "local", "completed"],
    [1, "research", "completed"],
  ]);
});

testContinuity(theWorld, { called: "resumed" });
