/** What becomes of the questions that a real runtime asks before it runs a command. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exitCodes } from "#contracts/errors.ts";
import type { TaskEvent } from "#contracts/events.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import { answerTo, ask, kindsOf } from "../asking.ts";
import type { Following } from "../command-line.ts";
import type { World } from "../world.ts";

type Ending = Pick<TaskRecord, "status">["status"];

export interface Asking {
  /** How a turn ends whose command was rejected. */
  readonly afterNo: Ending;
}

/** A directory that the command of a task would delete. */
function makeVictim({ workDir }: World, name: string): { command: string; stands(): boolean } {
  const path = join(workDir, name);
  mkdirSync(path);
  return { command: `rm -rf ${path}`, stands: () => existsSync(path) };
}

const isQuestion = ({ kind }: TaskEvent) => kind === "task.awaiting_input";
const isSettled = ({ kind }: TaskEvent) => kind === "task.resumed";

/** Waits for the question of a task. */
async function questionOf(world: World, asked: Following) {
  const { task_id } = await asked.next(isQuestion);
  const { status, awaiting } = await world.task(task_id);
  expect(status).toBe("awaiting_input");
  expect(awaiting).toMatchObject([{ kind: "permission" }]);
  const [question] = awaiting;
  if (question === undefined) throw new Error("nothing is asked");
  return { task_id, question, request_id: question.request_id };
}

const resume = ({ node }: World, task_id: string, body: object) =>
  node.call<{ code?: string }>("POST", `/v1/tasks/${task_id}/resume`, body);

const yes = { payload: { approved: true } };
const no = { payload: { approved: false } };

/** Adds the tests. */
export function testQuestions(theWorld: () => Promise<World>, { afterNo }: Asking): void {
  test("a command waits for its permission; a yes lets it run once", async () => {
    const world = await theWorld();
    const victim = makeVictim(world, "yes");
    await using asked = ask(world, `RUN: ${victim.command}`, "yes");
    const { task_id, question } = await questionOf(world, asked);
    expect(victim.stands()).toBe(true);
    expect(question.options?.map(({ kind }) => kind)).toContain("allow_once");
    expect(JSON.stringify(question)).toContain(victim.command);

    expect((await resume(world, task_id, yes)).status).toBe(202);
    expect(await asked.end()).toMatchObject({ code: exitCodes.ok });
    expect(victim.stands()).toBe(false);
    const task = await world.task(task_id);
    expect(task).toMatchObject({ status: "completed", awaiting: [] });
    expect(task.result?.text).toContain("the tool said: ");
    const asking = kindsOf(asked.events).filter((kind) => /awaiting|resume/.test(kind));
    expect(asking).toEqual(["task.awaiting_input", "task.resume_requested", "task.resumed"]);
    expect(asked.events.find(isSettled)?.data).toMatchObject({ by: "caller" });

    // Once: the same again is asked again.
    mkdirSync(join(world.workDir, "yes"));
    await using again = ask(world, `RUN: ${victim.command}`, "yes");
    const second = await questionOf(world, again);
    expect((await resume(world, second.task_id, no)).status).toBe(202);
    await again.end();
    expect(victim.stands()).toBe(true);
  });

  test("a no keeps it from running, and a yes behind it is too late", async () => {
    const world = await theWorld();
    const victim = makeVictim(world, "no");
    await using asked = ask(world, `RUN: ${victim.command}`, "no");
    const { task_id, request_id } = await questionOf(world, asked);
    expect((await resume(world, task_id, { ...no, request_id })).status).toBe(202);
    await asked.next(isSettled);
    const late = await resume(world, task_id, { ...yes, request_id });
    expect(late.status).toBe(409);

    await asked.end();
    expect((await world.task(task_id)).status).toBe(afterNo);
    expect((await resume(world, task_id, yes)).body.code).toBe("not_awaiting_input");
    expect(victim.stands()).toBe(true);
  });

  test("questions of two conversations are told apart", async () => {
    const world = await theWorld();
    const [left, right] = [makeVictim(world, "left"), makeVictim(world, "right")];
    await using one = ask(world, `RUN: ${left.command}`, "ask-left");
    await using two = ask(world, `RUN: ${right.command}`, "ask-right");
    const [first, second] = await Promise.all([questionOf(world, one), questionOf(world, two)]);
    expect((await resume(world, first.task_id, { ...yes, request_id: second.request_id })).status).toBe(409);

    expect((await resume(world, second.task_id, yes)).status).toBe(202);
    expect(await two.end()).toMatchObject({ code: exitCodes.ok });
    expect([left.stands(), right.stands()]).toEqual([true, false]);
    expect((await world.task(first.task_id)).status).toBe("awaiting_input");
    expect((await resume(world, first.task_id, no)).status).toBe(202);
    await one.end();
    expect(left.stands()).toBe(true);
  });

  test("a question that nobody answers is rejected in time, and the task goes on", async () => {
    const world = await theWorld();
    const victim = makeVictim(world, "never");
    const { task_id } = await world.node.submit({
      intent: "research.topic",
      payload: { text: `RUN: ${victim.command}` },
      conversation_id: "never",
      delivery: { question_timeout_ms: 1000 },
    });
    await using asked = world.cli.follow("task-events", task_id);
    const { data } = await asked.next(isQuestion);
    const { asked_at, expires_at } = data as { asked_at: string; expires_at: string };
    expect(Date.parse(expires_at) - Date.parse(asked_at)).toBe(1000);
    const settled = await asked.next(isSettled);
    expect(settled.data).toMatchObject({ by: "timeout" });
    // A timer may be a little early.
    expect(Date.parse(settled.created_at)).toBeGreaterThan(Date.parse(expires_at) - 50);
    await asked.end();
    expect((await world.task(task_id)).status).toBe(afterNo);
    expect(victim.stands()).toBe(true);
  });

  test("a cancel closes the open question, and nothing has run", async () => {
    const world = await theWorld();
    const victim = makeVictim(world, "cancelled");
    await using asked = ask(world, `RUN: ${victim.command}`, "cancelled-question");
    const { task_id, request_id } = await questionOf(world, asked);
    await world.cli.json("task-cancel", task_id);
    expect(await asked.end()).toMatchObject({ code: exitCodes.task_cancelled });
    expect(await world.task(task_id)).toMatchObject({ status: "cancelled", awaiting: [] });
    expect((await resume(world, task_id, { ...yes, request_id })).status).toBe(409);
    expect(victim.stands()).toBe(true);

    const other = await answerTo(world, "still there?", "after-the-question");
    expect(other.task.result?.text).toBe("echo: still there?");
  });
}
