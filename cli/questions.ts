/** The open questions of tasks: where they are found, how they are shown, and what answers them. */
import {
  type CallOptions,
  getTask,
  type ListTasksParams,
  listTasks,
  type Question,
  type TaskRecord,
} from "@aethrolink/client";
import { sampleOf } from "./form.ts";
import { fieldsInWords, oneLine, shorten } from "./render.ts";

/** A question, and whose it is. */
export interface OpenQuestion extends Question {
  readonly task_id: string;
  readonly target: string | null;
}

/** The open questions of all tasks, or of one. */
export async function findQuestions(task_id: string | undefined, node: CallOptions): Promise<OpenQuestion[]> {
  if (task_id !== undefined) return questionsOf(await getTask(task_id, undefined, node));
  const questions: OpenQuestion[] = [];
  let next: ListTasksParams | undefined = { status: "awaiting_input", limit: 200 };
  while (next !== undefined) {
    const { tasks, next_cursor } = await listTasks(next, node);
    questions.push(...tasks.flatMap(questionsOf));
    next = next_cursor === null ? undefined : { ...next, cursor: next_cursor };
  }
  return questions;
}

/** A task's open questions, the oldest first. */
export function questionsOf({ task_id, resolved_runtime, awaiting }: TaskRecord): OpenQuestion[] {
  return awaiting.map((question) => ({ task_id, target: resolved_runtime ?? null, ...question }));
}

/** Questions for people, a block each, with the command that answers it. */
export function questionsInWords(questions: readonly OpenQuestion[]): string {
  if (questions.length === 0) return "Nothing is asked.";
  return questions.map((question) => questionInWords(question, hasOthers(question, questions))).join("\n\n");
}

const hasOthers = ({ task_id }: OpenQuestion, questions: readonly OpenQuestion[]) =>
  questions.filter((other) => other.task_id === task_id).length > 1;

function questionInWords(question: OpenQuestion, hasOthers: boolean): string {
  const { task_id, target, request_id, asked_at, expires_at } = question;
  return fieldsInWords([
    ["asked", oneLine(question.prompt)],
    ...detailsOf(question).map((detail) => ["with", detail] as const),
    ...(question.options ?? []).map(
      (option) => ["option", `${oneLine(option.option_id)}: ${optionInWords(option)}`] as const,
    ),
    ["by", target ?? undefined],
    ["task", task_id],
    ["request", request_id],
    ["since", asked_at],
    ["until", expires_at],
    ["answer with", answerCommand(question, hasOthers)],
  ]);
}

/** An option as people choose it. */
export const optionInWords = ({ name, kind }: { readonly name: string; readonly kind: string }) =>
  `${oneLine(name)} (${oneLine(kind)})`;

/** What the tool call shall do, beside its title. */
export function detailsOf({ tool_call }: Question): string[] {
  const input = tool_call?.["rawInput"];
  const content = tool_call?.["content"];
  const hasInput = typeof input === "object" && input !== null && Object.keys(input).length > 0;
  const parts = [...(hasInput ? [input] : []), ...(Array.isArray(content) ? content : [])];
  return parts.map((part) => shorten(oneLine(textIn(part) ?? JSON.stringify(part)), longestDetail));
}

const longestDetail = 2000;

/** The text of a content block of the protocol; undefined: it is something else. */
function textIn(part: object): string | undefined {
  if (!("content" in part) || typeof part.content !== "object" || part.content === null) return undefined;
  return "text" in part.content && typeof part.content.text === "string" ? part.content.text : undefined;
}

/**
 * The command that answers a question, ready to be typed, and the other flags that could.
 * @param hasOthers whether the task asks more than this
 */
export function answerCommand(question: OpenQuestion, hasOthers: boolean): string {
  const { task_id, request_id } = question;
  const [first = "", ...others] = answersTo(question);
  const which = hasOthers ? ` --request-id ${request_id}` : "";
  const or = others.length === 0 ? "" : `   (or ${others.join(", ")})`;
  return `alink-cli task-resume ${task_id}${which} ${first}${or}`;
}

function answersTo({ options = [], schema }: Question): string[] {
  if (options.length === 0) return [`--payload ${inShell(JSON.stringify(sampleOf(schema)))}`, "--no"];
  const has = (kind: string) => options.some((option) => option.kind === kind);
  const others = options.filter(({ kind }) => kind !== "allow_once" && kind !== "reject_once");
  return [
    ...(has("allow_once") ? ["--yes"] : []),
    ...(has("reject_once") ? ["--no"] : []),
    ...others.map(({ option_id }) => `--option=${inShell(option_id)}`),
  ];
}

/** A word of a command; what an agent chose must stay one. */
function inShell(word: string): string {
  return /^[\w.:@/-]+$/.test(word) ? word : `'${oneLine(word).replaceAll("'", "'\\''")}'`;
}

/** What people are told of a task that asks. */
export function askingInWords(task: TaskRecord): string {
  const questions = questionsOf(task);
  const lines = questions.flatMap((question) => [
    `the task asks: ${oneLine(question.prompt)}`,
    `Answer it with: ${answerCommand(question, questions.length > 1)}`,
  ]);
  return lines.join("\n           ");
}
