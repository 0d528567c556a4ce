/** What of a question has room in an event, whatever its adapter lets through. */
import { maxDepth, nestsWithin } from "#contracts/shared.ts";
import { cut, longestName, longestPrompt } from "#src/core/bounds.ts";
import type { AskedQuestion, JsonObject, QuestionOption } from "#src/core/ports.ts";
import { largestInline } from "./artifacts.ts";

/** Bytes as JSON; together they leave room for what else an event says of a question. */
const largestPrompt = 4096;
const largestOptions = 8192;
const largestToolCall = 2048;
const largestPart = 512;
/** Its times, and what else a question says in few words. */
const besideBytes = 512;

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Whether a question fits into an event as it is. Looks at the depth first: encoding recurses. */
export const fits = (question: AskedQuestion): boolean =>
  nestsWithin(question, maxDepth) && sizeOf(question) <= largestInline - besideBytes;

/**
 * Splits a question that doesn't fit.
 * @returns `whole`: what is to be kept elsewhere; `small`: what fits, with the ids by which it is answered
 */
export function splitQuestion(asked: AskedQuestion): { whole: object; small: AskedQuestion } {
  const { prompt, options, tool_call = {}, schema = {}, ...rest } = asked;
  const isShallow = nestsWithin({ tool_call, schema }, maxDepth);
  const large = isShallow ? { tool_call, schema } : { nothing: "it nests too deep to be kept" };
  const small = {
    ...rest,
    prompt: cut(prompt, longestPrompt, largestPrompt),
    ...(options === undefined ? {} : { options: fittingOptions(options) }),
    tool_call: isShallow ? smallOf(tool_call) : {},
  };
  return { whole: { prompt, ...(options === undefined ? {} : { options }), ...large }, small };
}

function fittingOptions(options: readonly QuestionOption[]): QuestionOption[] {
  const named = options.map((option) => ({ ...option, name: cut(option.name, longestName) }));
  return fitting(named, largestOptions);
}

/** The small parts of something large, as many as have room in an event beside its reference. */
export function smallOf(object: JsonObject): JsonObject {
  const parts = Object.entries(object).filter(([, value]) => sizeOf(value) <= largestPart);
  return Object.fromEntries(fitting(parts, largestToolCall));
}

/** Those of a list, in its order, that have room together. */
function fitting<T>(list: readonly T[], room: number): T[] {
  let left = room;
  return list.filter((each) => {
    const size = sizeOf(each) + 1;
    if (size > left) return false;
    left -= size;
    return true;
  });
}
