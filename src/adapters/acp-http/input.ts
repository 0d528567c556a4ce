/** What a task says to a server. */
import type { Json, JsonObject, TaskToRun } from "#src/core/ports.ts";
import { attachmentsIn, withoutAttachments } from "#src/core/prompt-text.ts";
import type { Dialect } from "./dialects.ts";
import { objectIn, textIn } from "./json.ts";

/** The first part: who wants what, for servers that care. */
export const controlType = "application/vnd.aethrolink.control+json";

/**
 * The fields of a new run that say what it is about.
 * @throws AdapterFault submit_failed for an attachment that is none
 */
export function inputOf(task: TaskToRun, { input }: Dialect): JsonObject {
  const parts = [controlOf(task), ...payloadOf(task.payload), ...attachmentsIn(task.payload, attachmentOf)];
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
  const rest = withoutAttachments(payload);
  const text = typeof payload === "string" ? payload : onlyText(objectIn(rest));
  if (text !== undefined) return [{ content_type: "text/plain", content: text }];
  return [{ content_type: "application/json", content: JSON.stringify(rest) }];
}

function onlyText(rest: JsonObject): string | undefined {
  const [name, another] = Object.keys(rest);
  if (another !== undefined || (name !== "text" && name !== "prompt")) return undefined;
  return typeof rest[name] === "string" ? rest[name] : undefined;
}

function attachmentOf(attachment: Json): JsonObject | undefined {
  const object = typeof attachment === "string" ? { uri: attachment } : objectIn(attachment);
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
