/** What a task says to a server. */
import type { Json, JsonObject, TaskToRun } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import type { Dialect } from "./dialects.ts";
import { objectIn, textIn } from "./json.ts";

/** The first part: who wants what, for servers that care. */
export const controlType = "application/vnd.aethrolink.control+json";

/** The fields of a new run that say what it is about. */
export function inputOf(task: TaskToRun, { input }: Dialect): JsonObject {
  const parts = [controlOf(task), ...payloadOf(task.payload), ...attachmentsOf(task.payload)];
  return { [input.field]: input.in_message ? [{ role: "user", parts }] : parts };
}

function controlOf(task: TaskToRun): JsonObject {
  const { task_id, conversation_id, sender, intent, delivery, trace_id, metadata } = task;
  const trace = { trace_id };
  const control = { protocol: "aethrolink/0.1-local", task_id, conversation_id, sender, intent };
  return {
    content_type: controlType,
    content: JSON.stringify({ ...control, delivery, trace, metadata }),
  };
}

/** A text is said as text; everything else as it is. */
function payloadOf(payload: Json): JsonObject[] {
  const { attachments: _attachments, ...rest } = objectIn(payload);
  const text = typeof payload === "string" ? payload : onlyText(rest);
  if (text !== undefined) return [{ content_type: "text/plain", content: text }];
  const content = JSON.stringify(isJsonObject(payload) ? rest : payload);
  return [{ content_type: "application/json", content }];
}

function onlyText(rest: JsonObject): string | undefined {
  const [name, another] = Object.keys(rest);
  if (another !== undefined || (name !== "text" && name !== "prompt")) return undefined;
  return typeof rest[name] === "string" ? rest[name] : undefined;
}

function attachmentsOf(payload: Json): JsonObject[] {
  const { attachments } = objectIn(payload);
  const all: readonly Json[] = Array.isArray(attachments) ? attachments : [];
  return all.map(attachmentOf).filter((part) => part !== undefined);
}

function attachmentOf(attachment: Json): JsonObject | undefined {
  if (typeof attachment === "string") return { content_url: attachment };
  const object = objectIn(attachment);
  const name = textIn(object, "name", "title");
  const type = textIn(object, "mimeType", "mime_type", "media_type");
  const about = {
    ...(name === undefined ? {} : { name }),
    ...(type === undefined ? {} : { content_type: type }),
  };
  const { text, data } = object;
  if (typeof text === "string") return { content_type: "text/plain", ...about, content: text };
  if (typeof data === "string") return { ...about, content: data, content_encoding: "base64" };
  const content_url = textIn(object, "uri", "url");
  return content_url === undefined ? undefined : { ...about, content_url };
}
