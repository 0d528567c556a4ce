/** What a caller's words mean as the answer to a question. */
import type { Json, JsonObject, Question, QuestionOption } from "./ports.ts";
import { isJsonObject } from "./prompt-text.ts";

/** The answer to a question, as an adapter takes it. */
export type Answer =
  | { readonly kind: "option"; readonly option: QuestionOption }
  /** What was asked for. */
  | { readonly kind: "content"; readonly content: Json }
  /** No, to a question without options. */
  | { readonly kind: "declined" };

/** An answer that doesn't fit, and why. */
export interface Unfit {
  readonly kind: "unfit";
  readonly why: string;
}

const unfit = (why: string): Unfit => ({ kind: "unfit", why });

/**
 * Reads a payload as the answer to a question.
 * A yes means once: `approved: true` never chooses an option that allows for good.
 */
export function answerTo(question: Question, payload: Json): Answer | Unfit {
  const { options = [] } = question;
  if (options.length > 0) return chosen(options, payload);
  if (isJsonObject(payload) && payload.approved === false) return { kind: "declined" };
  if (question.kind === "permission")
    return unfit('The runtime gave no options; answer with {"approved": false}.');
  return content(question.schema, payload);
}

function chosen(options: readonly QuestionOption[], payload: Json): Answer | Unfit {
  const { option_id, approved } = isJsonObject(payload) ? payload : {};
  const known = options.map((each) => `${each.option_id} (${each.kind})`).join(", ");
  if (typeof option_id === "string") {
    const option = options.find((each) => each.option_id === option_id);
    if (option === undefined) return unfit(`The question has no option ${option_id}. It has: ${known}.`);
    return approved === undefined || approved === option.kind.startsWith("allow")
      ? { kind: "option", option }
      : unfit(`The option ${option_id} (${option.kind}) and approved say different things.`);
  }
  if (typeof approved !== "boolean") {
    return unfit(`Answer with {"option_id": …} or {"approved": true or false}. The options: ${known}.`);
  }
  const kind = approved ? "allow_once" : "reject_once";
  const option = options.find((each) => each.kind === kind);
  return option === undefined
    ? unfit(`The question has no option of the kind ${kind}. It has: ${known}; choose by option_id.`)
    : { kind: "option", option };
}

/** Only what an answer lacks is looked for; the runtime knows the rest. */
function content(schema: JsonObject | undefined, payload: Json): Answer | Unfit {
  if (schema === undefined) return { kind: "content", content: payload };
  const required = Array.isArray(schema.required) ? schema.required : [];
  if (!isJsonObject(payload)) return unfit("Answer with an object as the question's schema describes it.");
  const given = payload.approved === true && Object.keys(payload).length === 1 ? {} : payload;
  const missing = required.filter((name) => typeof name === "string" && !Object.hasOwn(given, name));
  return missing.length > 0
    ? unfit(`The answer lacks: ${missing.join(", ")}.`)
    : { kind: "content", content: given };
}
