/** What a task says to an agent (session/prompt). */
import { randomBytes } from "node:crypto";
import type { Json, JsonObject, TaskToRun } from "#src/core/ports.ts";
import { isJsonObject, promptText } from "#src/core/prompt-text.ts";
import type { Dialect } from "./dialects.ts";

/** A content block of the protocol, of the kinds that are sent. */
export type PromptBlock =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "resource_link";
      readonly uri: string;
      readonly name: string;
      readonly mimeType?: string;
    };

/** The parameters of a prompt but for its session. */
export interface Prompt {
  readonly prompt: PromptBlock[];
  readonly _meta: { readonly [key: string]: unknown };
}

/** A task as a prompt: its text, guarded against being taken as a command, and links to its attachments. */
export function promptOf(task: TaskToRun, dialect: Dialect): Prompt {
  const text = promptText(task.payload);
  const command = text.trimStart();
  const guarded = command.startsWith("/") && !isSet(task.runtime_options.raw_prompt);
  const words: PromptBlock = { type: "text", text: guarded ? dialect.slash_guard + command : text };
  const traceparent = traceparentOf(task.trace_id);
  return {
    prompt: [words, ...attachmentsOf(task.payload)],
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

function attachmentsOf(payload: Json): PromptBlock[] {
  if (!isJsonObject(payload) || !Array.isArray(payload.attachments)) return [];
  return payload.attachments.flatMap((attachment: Json) => linkOf(attachment) ?? []);
}

function linkOf(attachment: Json): PromptBlock | undefined {
  if (typeof attachment === "string")
    return { type: "resource_link", uri: attachment, name: lastPart(attachment) };
  if (!isJsonObject(attachment)) return undefined;
  const uri = firstText(attachment, "uri", "url");
  if (uri === undefined) return undefined;
  const name = firstText(attachment, "name", "title") ?? lastPart(uri);
  const mimeType = firstText(attachment, "mimeType", "mime_type", "media_type");
  return { type: "resource_link", uri, name, ...(mimeType === undefined ? {} : { mimeType }) };
}

function firstText(object: JsonObject, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = object[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

function lastPart(uri: string): string {
  return uri.split(/[?#]/, 1)[0]?.split("/").filter(Boolean).at(-1) ?? uri;
}
