/** What a task says to an agent (session/prompt). */
import { randomBytes } from "node:crypto";
import type { Json, JsonObject, TaskToRun } from "#src/core/ports.ts";
import { promptText } from "#src/core/prompt-text.ts";
import { attachmentsOf, type PromptBlock } from "./attachments.ts";
import type { Dialect } from "./dialects.ts";

/** The parameters of a prompt but for its session. */
export interface Prompt {
  readonly prompt: PromptBlock[];
  readonly _meta: { readonly [key: string]: unknown };
}

/**
 * A task as a prompt: its text, guarded against being taken as a command, and its attachments.
 * @param takes what the agent announced of prompts (promptCapabilities)
 * @throws AdapterFault submit_failed for an attachment that is none, or that the agent doesn't take
 */
export function promptOf(task: TaskToRun, dialect: Dialect, takes: JsonObject = {}): Prompt {
  const text = promptText(task.payload);
  const command = text.trimStart();
  const taken = command.startsWith("/") || dialect.is_command(command);
  const guarded = taken && !isSet(task.runtime_options.raw_prompt);
  const words: PromptBlock = { type: "text", text: guarded ? dialect.slash_guard + command : text };
  const traceparent = traceparentOf(task.trace_id);
  return {
    prompt: [words, ...attachmentsOf(task.payload, takes)],
    _meta: {
      ...dialect.prompt_meta,
      aethrolink: { task_id: task.task_id },
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  };
}

function isSet(option: Json | undefined): boolean {
  return option === true || option === "true";
}

/** Only a W3C trace id can be said as a traceparent; others are opaque. */
function traceparentOf(trace_id: string): string | undefined {
  if (!/^(?!0{32})[0-9a-f]{32}$/.test(trace_id)) return undefined;
  return `00-${trace_id}-${randomBytes(8).toString("hex")}-01`;
}
