/** The main job with the real Gemini CLI, as an agent without quirks of its own. */
import { expect, test } from "vitest";
import { exitCodes } from "#contracts/errors.ts";
import { ask, endOf } from "./asking.ts";
import { findGemini, geminiTarget } from "./gemini.ts";
import { needRuntime } from "./runtime.ts";
import { testContinuity } from "./suites/continuity.ts";
import { testQuestions } from "./suites/questions.ts";
import { shareWorld, testTurns } from "./suites/turns.ts";
import { openWorld } from "./world.ts";

const program = needRuntime("Gemini CLI", findGemini);
const theWorld = shareWorld(() => openWorld((place) => geminiTarget(program(), place)));

testTurns(theWorld, "gemini");
testQuestions(theWorld, { afterNo: "completed" });

test("a model that refuses the key fails the task, and the error says so", async () => {
  const { task } = await endOf(await theWorld(), "FAIL:401", "refused", exitCodes.task_failed);
  expect(task.last_error).toMatchObject({ reason: "remote_failed" });
  expect(task.last_error?.detail).toContain("the model has failed");
});

test("a model that fails is asked again for long, and a cancel ends that", async () => {
  const world = await theWorld();
  await using asked = ask(world, "FAIL:500", "failing");
  const { task_id } = await asked.next(({ kind }) => kind === "task.running");
  const tries = () => world.model.calls.filter(({ said }) => said === "FAIL:500").length;
  await expect.poll(tries, { timeout: 60_000 }).toBeGreaterThan(1);
  await world.cli.json("task-cancel", task_id);
  expect(await asked.end()).toMatchObject({ code: exitCodes.task_cancelled });
});

testContinuity(theWorld, {
  called: "loaded",
  // It names a session's file by the minute: loaded within the minute in which it was begun, a session is
  // written over before it is read.
  async settle() {
    const minute = () => Math.floor(Date.now() / 60_000);
    const then = minute();
    await expect.poll(minute, { timeout: 65_000 }).toBeGreaterThan(then);
  },
});
