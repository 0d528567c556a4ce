/** The main job with the real OpenClaw: its gateway is up before the node, and is none of the node's business. */
import { expect, test } from "vitest";
import { exitCodes } from "#contracts/errors.ts";
import { answerTo, ask, inMidTurn, isWords, taskOf, wordsIn } from "./asking.ts";
import { findOpenClaw, type Gateway, makeOpenClawHome, type OpenClawHome, startGateway } from "./openclaw.ts";
import { needRuntime } from "./runtime.ts";
import { testContinuity } from "./suites/continuity.ts";
import { testQuestions } from "./suites/questions.ts";
import { shareWorld, testTurns } from "./suites/turns.ts";
import { openWorld } from "./world.ts";

const program = needRuntime("OpenClaw", findOpenClaw);

interface Up {
  readonly home: OpenClawHome;
  gateway: Gateway;
}
let up: Up | undefined;
const theGateway = (): Up => {
  if (up === undefined) throw new Error("the gateway isn't up yet");
  return up;
};

const theWorld = shareWorld(() =>
  openWorld(async (place, made) => {
    const home = await makeOpenClawHome(program(), place);
    up = { home, gateway: await startGateway(home) };
    made.defer(() => theGateway().gateway.kill());
    return home.target;
  }),
);

testTurns(theWorld, "openclaw");
testQuestions(theWorld, { afterNo: "completed" });
testContinuity(theWorld, { called: "loaded" });

test("a text that is nothing but a word to stop is answered like any other", async () => {
  const { task } = await answerTo(await theWorld(), "Please stop!", "stop");
  expect(task.result?.text).toMatch(/^echo: .*Please stop!$/);
});

test("a cancelled conversation goes on", async () => {
  const world = await theWorld();
  const { asked, task_id } = await inMidTurn(world, "goes-on");
  await using _asked = asked;
  await world.cli.json("task-cancel", task_id);
  expect(await asked.end()).toMatchObject({ code: exitCodes.task_cancelled });
  const { task } = await answerTo(world, "still there?", "goes-on");
  expect(task.result?.text === "echo: still there?" || task.result?.warning !== undefined).toBe(true);
  const next = await answerTo(world, "and now?", "goes-on");
  expect(next.task.result?.text).toBe("echo: and now?");
});

test("a kill of the gateway in mid-turn fails the task and keeps what was said; with another one all goes on", async () => {
  const world = await theWorld();
  const { asked, task_id } = await inMidTurn(world, "gateway-killed");
  await using _asked = asked;
  const { home, gateway } = theGateway();
  await gateway.kill();
  expect(await asked.end()).toMatchObject({ code: exitCodes.task_failed });
  const task = await world.task(task_id);
  expect(task).toMatchObject({ status: "failed", last_error: { reason: "remote_failed" } });
  expect(task.result?.text).toMatch(/^w0/);
  expect(task.result?.text).toBe(wordsIn(asked.events));

  theGateway().gateway = await startGateway(home);
  // The bridge finds the new gateway by itself, in its own time; until then it says that there is none.
  const answer = async () => {
    await using again = ask(world, "still there?", "after-the-kill");
    await again.end();
    const { result, last_error } = await world.task(taskOf(again.events));
    return result?.text || last_error?.reason;
  };
  await expect.poll(answer, { timeout: 90_000, interval: 1000 }).toBe("echo: still there?");
});

// The gateway then refuses that key for a minute: nothing comes behind this.
test("a model that refuses the key is no plain success: the answer without a word is flagged", async () => {
  const world = await theWorld();
  await using asked = ask(world, "FAIL:401", "refused");
  await asked.end();
  const { status, result } = await world.task(taskOf(asked.events));
  expect(asked.events.some(isWords)).toBe(false);
  expect(status === "failed" || result?.warning !== undefined).toBe(true);
});
