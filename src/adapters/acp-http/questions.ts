/** What a run asks, and how it is answered. */
import type { Answer } from "#src/core/answer.ts";
import { cut, longestName, longestPrompt, mostOptions } from "#src/core/bounds.ts";
import type { Json, JsonObject, Question, QuestionOption } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import { type Masker, maskedJson } from "#src/processes/stderr-tail.ts";
import { objectIn, objectsIn, parsed, textIn } from "./json.ts";

/** A part that says what a question wants: `{kind, options, tool_call, schema}`; the public protocol has no word for it. */
export const questionType = "application/vnd.aethrolink.question+json";

/**
 * A run's request as a question, in no more words than are told of one.
 * @param mask hides secrets in what is shown to people
 */
export function questionOf(request: JsonObject, request_id: string, mask: Masker): Question {
  const parts = objectsIn(objectIn(request.message).parts);
  const said = parts.flatMap(({ content, content_type }) =>
    typeof content === "string" && content_type !== questionType ? [content] : [],
  );
  const prompt = said.join("\n") || textIn(request, "prompt", "text") || "the runtime waits for an answer";
  return { request_id, prompt: cut(mask(prompt), longestPrompt), ...detailsOf(parts, mask) };
}

function detailsOf(parts: readonly JsonObject[], mask: Masker): Omit<Question, "request_id" | "prompt"> {
  const said = parts.find(({ content_type }) => content_type === questionType)?.content;
  const { kind, options, tool_call, schema } = objectIn(typeof said === "string" ? parsed(said) : undefined);
  const known = objectsIn(options).flatMap((option) => optionOf(option, mask) ?? []);
  return {
    kind: kind === "permission" ? "permission" : "input",
    ...(known.length === 0 ? {} : { options: known.slice(0, mostOptions) }),
    ...(isJsonObject(tool_call) ? { tool_call: maskedJson(tool_call, mask) } : {}),
    ...(isJsonObject(schema) ? { schema: maskedJson(schema, mask) } : {}),
  };
}

function optionOf(option: JsonObject, mask: Masker): QuestionOption | undefined {
  const option_id = textIn(option, "option_id");
  const kind = textIn(option, "kind") ?? "other";
  if (option_id === undefined || option_id.length > longestName || kind.length > longestName)
    return undefined;
  const name = textIn(option, "name") ?? option_id;
  return { option_id, name: cut(mask(name), longestName), kind };
}

/** An answer, as a part of a message and as it is. A plain yes or no is said as a word. */
export function saidOf(answer: Answer): { part: JsonObject; raw: Json } {
  if (answer.kind === "declined") return { part: textPart("no"), raw: { approved: false } };
  if (answer.kind === "option") {
    const { option_id, kind } = answer.option;
    const raw = { option_id, kind, approved: kind.startsWith("allow") };
    return { part: { content_type: "application/json", content: JSON.stringify(raw) }, raw };
  }
  const { content } = answer;
  return { part: partOf(content), raw: isJsonObject(content) ? content : { value: content } };
}

const textPart = (content: string): JsonObject => ({ content_type: "text/plain", content });

function partOf(content: Json): JsonObject {
  if (typeof content === "string") return textPart(content);
  const { text, approved, ...rest } = objectIn(content);
  if (isJsonObject(content) && Object.keys(rest).length === 0) {
    if (typeof text === "string") return textPart(text);
    if (approved === true) return textPart("yes");
  }
  return { content_type: "application/json", content: JSON.stringify(content) };
}
