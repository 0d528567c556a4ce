/** How a permission request is answered by policy. Options are chosen by their kind, never by id. */
import type { Json, JsonObject, Target } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";

/** The protocol's outcome, and what to tell about it. */
export interface Decision {
  readonly outcome:
    | { readonly outcome: "selected"; readonly optionId: string }
    | { readonly outcome: "cancelled" };
  readonly text: string;
}

/**
 * Answers session/request_permission: `allow` takes the option that allows this once, never one that
 * allows always; everything else rejects this once, or cancels the request where no option does.
 */
export function decidePermission(params: JsonObject, policy: Target["permissions"]): Decision {
  const title = titleOf(params.toolCall);
  const allowed = policy === "allow" ? optionOf(params.options, "allow_once") : undefined;
  if (allowed !== undefined) {
    return {
      outcome: { outcome: "selected", optionId: allowed },
      text: `permission allowed once, by the target's policy: ${title}`,
    };
  }
  const text = `permission rejected, by policy: ${title}`;
  const rejected = optionOf(params.options, "reject_once");
  if (rejected === undefined) return { outcome: { outcome: "cancelled" }, text };
  return { outcome: { outcome: "selected", optionId: rejected }, text };
}

function optionOf(options: Json | undefined, kind: string): string | undefined {
  if (!Array.isArray(options)) return undefined;
  for (const option of options) {
    if (isJsonObject(option) && option.kind === kind && typeof option.optionId === "string")
      return option.optionId;
  }
  return undefined;
}

function titleOf(toolCall: Json | undefined): string {
  if (isJsonObject(toolCall) && typeof toolCall.title === "string") return toolCall.title.slice(0, 200);
  return "a tool call without a title";
}
