/**
 * Answering a question of a runtime.
 *
 * 1. A refused answer writes nothing, and the question stays open.
 * 2. A question gets one answer: one that is settled, or has an answer on its way, takes no other.
 * 3. The runtime is told when it is on disk that somebody answered.
 * 4. A run whose answer has an unknown fate is brought to its end when its task's is on disk.
 */
import type { TaskStatus } from "#contracts/enums.ts";
import type { TaskResumeRequest } from "#contracts/task-request.ts";
import type { Question } from "#contracts/tasks.ts";
import { type Answer, answerTo } from "#src/core/answer.ts";
import { AdapterFault, type Question as AskedQuestion, type Json, type Run } from "#src/core/ports.ts";
import { ended } from "#src/core/task-machine.ts";
import { fail, messageOf } from "#src/errors.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import type { Engine, Work } from "./engine.ts";
import { failRun } from "./fail-task.ts";
import { cancelRunBehindEnd } from "./steer-task.ts";

/**
 * Gives an answer to the runtime.
 * @param actor who answers, for the event
 * @returns where the task stands, when the runtime was told
 * @throws RequestError task_not_found, not_awaiting_input, question_closed, answer_rejected
 */
export async function answerQuestion(
  engine: Engine,
  task_id: string,
  actor: string,
  request: TaskResumeRequest,
): Promise<{ task_id: string; status: TaskStatus }> {
  const { work, run } = runningWork(engine, task_id);
  const { task } = work;
  const question = questionOf(work, request.request_id);
  const answer = answerTo(question as AskedQuestion, request.payload as Json);
  if (answer.kind === "unfit") fail("answer_rejected", answer.why);
  const { request_id } = question;
  const { metadata } = request;
  const kept = engine.log.append(task, {
    kind: "task.resume_requested",
    source: "api",
    data: { actor, request_id, ...(metadata ? { metadata } : {}) },
  });
  if (kept === undefined) closed(request_id);
  work.answering.add(request_id);
  try {
    await kept;
    await tell(engine, work, run, request_id, answer);
  } finally {
    work.answering.delete(request_id);
  }
  await engine.log.kept(task);
  return { task_id, status: engine.reader.standing(task_id)?.status ?? task.status };
}

function runningWork(
  engine: Engine,
  task_id: string,
): { work: Work; run: Run & Required<Pick<Run, "resume">> } {
  const work = engine.works.get(task_id);
  if (work === undefined) {
    const standing = engine.reader.standing(task_id);
    if (standing === undefined) fail("task_not_found", `There is no task ${task_id}.`);
    fail("not_awaiting_input", `The task is ${standing.status}; it asks for nothing.`);
  }
  const { run, task } = work;
  if (run === undefined) fail("not_awaiting_input", `The task is ${task.status}; it asks for nothing.`);
  const { resume } = run;
  if (resume === undefined) fail("answer_rejected", "This runtime takes no answers.");
  return { work, run: { ...run, resume } };
}

/** The open question that is meant. */
function questionOf({ task, answering }: Work, request_id: string | undefined): Question {
  const open = task.awaiting.filter((question) => !answering.has(question.request_id));
  if (request_id !== undefined)
    return open.find((each) => each.request_id === request_id) ?? closed(request_id);
  const [only, another] = open;
  if (only === undefined) nothingAsked(task);
  if (another !== undefined) {
    const ids = open.map((question) => question.request_id).join(", ");
    fail("invalid_request", `Several questions are open; name one by request_id: ${ids}.`);
  }
  return only;
}

function closed(request_id: string): never {
  fail("question_closed", `The question ${request_id} is not open; it was settled, or has its answer.`);
}

function nothingAsked({ status, cancel, awaiting }: OpenTask): never {
  if (cancel !== null) fail("question_closed", "The task is being cancelled; its questions are closed.");
  if (awaiting.length > 0) fail("question_closed", "The question has its answer already.");
  fail("not_awaiting_input", `The task is ${status}; it asks for nothing.`);
}

async function tell(
  engine: Engine,
  work: Work,
  run: Required<Pick<Run, "resume">>,
  request_id: string,
  answer: Answer,
): Promise<void> {
  const { task } = work;
  try {
    await run.resume(request_id, answer);
  } catch (thrown) {
    if (thrown instanceof AdapterFault && thrown.kind === "remote_failed") {
      fail("answer_rejected", thrown.message, { cause: thrown });
    }
    // Settled between the look and the answer, or the run has ended.
    if (thrown instanceof AdapterFault && thrown.kind === "not_found") closed(request_id);
    if (!ended(task.status)) {
      cancelRunBehindEnd(engine, work);
      const detail = `an answer was sent, and its outcome is unknown: ${messageOf(thrown)}`;
      await failRun(engine, work, "resume_failed", detail);
    }
    fail("question_closed", "The runtime went away while it was told.", { cause: thrown });
  }
}
