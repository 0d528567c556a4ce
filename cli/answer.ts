/** An answer, out of flags. */
import type { TaskRecord, TaskResumeRequest } from "@aethrolink/client";
import { jsonOf } from "./payload.ts";
import { type OpenQuestion, questionsOf } from "./questions.ts";
import { oneLine } from "./render.ts";
import { UsageError } from "./usage-error.ts";

interface AnswerFlags {
  readonly yes?: boolean;
  readonly no?: boolean;
  readonly option?: string | undefined;
  readonly payload?: string | undefined;
}

/**
 * The answer that the flags give, one of them at most.
 * @returns undefined where none does
 * @throws UsageError
 */
export async function answerGiven(flags: AnswerFlags): Promise<TaskResumeRequest["payload"] | undefined> {
  const { yes = false, no = false, option, payload } = flags;
  if ([yes, no, option !== undefined, payload !== undefined].filter(Boolean).length > 1)
    throw new UsageError("one answer only: give one of --yes, --no, --option and --payload");
  if (yes || no) return { approved: yes };
  if (option !== undefined) return { option_id: option };
  return payload === undefined ? undefined : await jsonOf(payload);
}

/**
 * The question that an answer is for which names none.
 * @returns undefined where none is open; why, the node tells
 * @throws UsageError where several are
 */
export function theOnlyQuestion(task: TaskRecord): OpenQuestion | undefined {
  const [only, ...others] = questionsOf(task);
  if (only === undefined || others.length === 0) return only;
  const lines = [only, ...others].map(({ request_id, prompt }) => `  ${request_id}  ${oneLine(prompt)}`);
  throw new UsageError(`the task asks several things; name one with --request-id:\n${lines.join("\n")}`);
}
