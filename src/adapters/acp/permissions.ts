/**
 * Requests of an agent that ask for a decision: permission requests and elicitations, as questions,
 * and what is said to the agent when they are settled. Options are chosen by their kind, never by id.
 */
import { cut, longestName, longestPrompt, mostOptions } from "#src/core/bounds.ts";
import type { Json, JsonObject, Question, QuestionOption, Target } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import type { Settlement } from "#src/core/questions.ts";
import { type Masker, maskedJson } from "#src/processes/stderr-tail.ts";

/** The protocol's answer to session/request_permission. */
export type PermissionOutcome =
  | { readonly outcome: "selected"; readonly optionId: string }
  | { readonly outcome: "cancelled" };

/** What policy decides without asking anybody, and what to tell about it. */
export interface Decision {
  readonly outcome: PermissionOutcome;
  readonly text: string;
}

/**
 * Decides a permission request by the target's policy: `allow` takes the option that allows this once,
 * never one that allows always; `deny` rejects this once, or cancels the request where no option does.
 * @returns undefined where somebody is to be asked
 */
export function decidePermission(
  params: JsonObject,
  policy: Target["permissions"],
  mask: Masker,
): Decision | undefined {
  if (policy === "ask") return undefined;
  const title = titleOf(params.toolCall, mask);
  const options = optionsOf(params.options, mask);
  const allowed = policy === "allow" ? ofKind(options, "allow_once") : undefined;
  if (allowed === undefined) {
    return { outcome: rejection(options), text: `permission rejected, by the target's policy: ${title}` };
  }
  return { outcome: selected(allowed), text: `permission allowed once, by the target's policy: ${title}` };
}

/**
 * A permission request as a question.
 * @param mask hides secrets in what is shown to people
 */
export function permissionQuestion(params: JsonObject, request_id: string, mask: Masker): Question {
  const { toolCall } = params;
  return {
    request_id,
    kind: "permission",
    prompt: titleOf(toolCall, mask),
    options: optionsOf(params.options, mask),
    ...(isJsonObject(toolCall) ? { tool_call: shownCall(toolCall, mask) } : {}),
  };
}

/** Its id stays: by it the turn knows when the agent has gone on with the call. */
function shownCall(toolCall: JsonObject, mask: Masker): JsonObject {
  const { toolCallId } = toolCall;
  return { ...maskedJson(toolCall, mask), ...(toolCallId === undefined ? {} : { toolCallId }) };
}

/** What the agent is told of a settled permission request: whoever doesn't answer rejects. */
export function permissionOutcome({ options = [] }: Question, settlement: Settlement): PermissionOutcome {
  if (settlement.by === "void") return { outcome: "cancelled" };
  if (settlement.by === "caller" && settlement.answer.kind === "option")
    return selected(settlement.answer.option);
  return rejection(options);
}

/**
 * An elicitation (elicitation/create, a form) as a question; undefined: it is of another kind.
 * @param mask hides secrets in what is shown to people
 */
export function elicitationQuestion(
  params: JsonObject,
  request_id: string,
  mask: Masker,
): Question | undefined {
  const { mode, message, requestedSchema } = params;
  if (mode !== "form" || !isJsonObject(requestedSchema)) return undefined;
  const prompt = typeof message === "string" && message !== "" ? message : "the runtime asks for input";
  const schema = maskedJson(requestedSchema, mask);
  return { request_id, kind: "input", prompt: cut(mask(prompt), longestPrompt), schema };
}

/** What the agent is told of a settled elicitation. */
export function elicitationAction(settlement: Settlement): JsonObject {
  if (settlement.by === "void") return { action: "cancel" };
  if (settlement.by === "caller" && settlement.answer.kind === "content")
    return { action: "accept", content: settlement.answer.content };
  return { action: "decline" };
}

function optionsOf(options: Json | undefined, mask: Masker): QuestionOption[] {
  if (!Array.isArray(options)) return [];
  const found = options.flatMap((option: Json) => {
    if (!isJsonObject(option)) return [];
    const { optionId, name, kind } = option;
    if (typeof optionId !== "string" || typeof kind !== "string") return [];
    if (optionId.length > longestName || kind.length > longestName) return [];
    const told = typeof name === "string" ? name : optionId;
    return [{ option_id: optionId, name: cut(mask(told), longestName), kind }];
  });
  return found.slice(0, mostOptions);
}

const ofKind = (options: readonly QuestionOption[], kind: string) =>
  options.find((option) => option.kind === kind);

const selected = ({ option_id }: QuestionOption): PermissionOutcome => ({
  outcome: "selected",
  optionId: option_id,
});

function rejection(options: readonly QuestionOption[]): PermissionOutcome {
  const rejecting = ofKind(options, "reject_once");
  return rejecting === undefined ? { outcome: "cancelled" } : selected(rejecting);
}

function titleOf(toolCall: Json | undefined, mask: Masker): string {
  if (isJsonObject(toolCall) && typeof toolCall.title === "string" && toolCall.title !== "")
    return cut(mask(toolCall.title), longestName);
  return "a tool call without a title";
}
