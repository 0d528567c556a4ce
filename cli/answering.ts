/** Answering a question at a terminal. */
import {
  AethrolinkError,
  type CallOptions,
  resumeTask,
  streamTaskEvents,
  type TaskRecord,
  type TaskResumeRequest,
  type TaskStanding,
} from "@aethrolink/client";
import { fillIn } from "./form.ts";
import { choose, type Gone, openTerminal, type Person } from "./person.ts";
import { answerCommand, detailsOf, type OpenQuestion, optionInWords, questionsOf } from "./questions.ts";
import { oneLine } from "./render.ts";

type Payload = TaskResumeRequest["payload"];

/** What came of it. */
export type Answering =
  | { readonly kind: "answered"; readonly standing: TaskStanding }
  /** The person has left the question open, or somebody else has settled it. */
  | { readonly kind: "left"; readonly gone: Gone; readonly question: OpenQuestion };

/**
 * Shows a question of a task that asks, reads the answer and gives it.
 * @throws AethrolinkError where the node doesn't take it, but for answers that don't fit: those are asked for again
 */
export async function answerAtTerminal(
  task: TaskRecord,
  request_id: string | undefined,
  node: CallOptions,
): Promise<Answering> {
  const open = questionsOf(task).filter((each) => request_id === undefined || each.request_id === request_id);
  using settled = watchForSettlement(task.task_id, open, node);
  using terminal = openTerminal(settled.signal);
  let question = open[0];
  if (open.length > 1) {
    terminal.say("The task asks several things. Which do you answer?");
    question = (await choose(open.map(named), terminal))?.question ?? question;
  }
  if (question === undefined) throw closed(request_id);
  for (;;) {
    const payload = terminal.gone() === undefined ? await answerOf(question, terminal) : undefined;
    if (payload === undefined) return { kind: "left", gone: terminal.gone() ?? "ended", question };
    const answer = { payload, request_id: question.request_id };
    try {
      return { kind: "answered", standing: await resumeTask(task.task_id, answer, node) };
    } catch (thrown) {
      if (!(thrown instanceof AethrolinkError) || thrown.code !== "answer_rejected") throw thrown;
      terminal.say(thrown.detail);
    }
  }
}

const named = (question: OpenQuestion) => ({ text: oneLine(question.prompt), question });

/** The refusal that the node would give. */
const closed = (request_id: string | undefined) =>
  request_id === undefined
    ? new AethrolinkError(409, { code: "not_awaiting_input", detail: "The task asks for nothing." })
    : new AethrolinkError(409, {
        code: "question_closed",
        detail: `The question ${request_id} is not open; it was settled, or has its answer.`,
      });

/** What a person answers; undefined: nothing. */
export async function answerOf(question: OpenQuestion, person: Person): Promise<Payload | undefined> {
  const { options = [], schema, target } = question;
  person.say(`${target ?? "The runtime"} asks: ${oneLine(question.prompt)}`);
  for (const detail of detailsOf(question)) person.say(`  ${detail}`);
  if (options.length > 0) {
    const choice = await choose(
      options.map(({ option_id, ...option }) => ({ text: optionInWords(option), option_id })),
      person,
    );
    return choice && { option_id: choice.option_id };
  }
  if (schema !== undefined) return (await fillIn(schema, person)) as Payload | undefined;
  return await person.read("Answer: ");
}

/** Its signal is aborted when one of the questions is settled, or their task has ended. */
function watchForSettlement(task_id: string, open: readonly OpenQuestion[], node: CallOptions) {
  const settled = new AbortController();
  const over = new AbortController();
  const ids = new Set(open.map(({ request_id }) => request_id));
  const look = async () => {
    const options = { ...node, signal: over.signal };
    for await (const event of streamTaskEvents(task_id, undefined, undefined, options)) {
      const { request_id } = event.data as { request_id?: string };
      if (event.kind === "task.resumed" && request_id !== undefined && ids.has(request_id)) break;
    }
    settled.abort();
  };
  look().catch(() => {}); // a courtesy; the answer itself is told what is wrong
  return { signal: settled.signal, [Symbol.dispose]: () => over.abort() };
}

/** What people are told who have left a question. */
export function leftInWords({ gone, question }: Extract<Answering, { kind: "left" }>): string {
  if (gone === "needless") return "the question was settled meanwhile";
  return `the question stays open. Answer it with: ${answerCommand(question, true)}`;
}
