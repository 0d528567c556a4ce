/** Attachments of a payload as content blocks of a prompt: links, or embedded where the agent takes that. */
import type { Json, JsonObject } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { attachmentsIn, isJsonObject } from "#src/core/prompt-text.ts";

/** A content block of the protocol, of the kinds that are sent. */
export type PromptBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image" | "audio"; readonly data: string; readonly mimeType: string }
  | {
      readonly type: "resource_link";
      readonly uri: string;
      readonly name: string;
      readonly mimeType?: string;
    }
  | {
      readonly type: "resource";
      readonly resource: {
        readonly uri: string;
        readonly mimeType?: string;
        readonly text?: string;
        readonly blob?: string;
      };
    };

/**
 * The attachments of a payload.
 * @param takes what the agent announced of prompts (promptCapabilities)
 * @throws AdapterFault submit_failed for what is none, and for bytes that the agent doesn't take
 */
export function attachmentsOf(payload: Json, takes: JsonObject): PromptBlock[] {
  return attachmentsIn(payload, (attachment) => blockOf(attachment, takes));
}

function blockOf(attachment: Json, takes: JsonObject): PromptBlock | undefined {
  if (typeof attachment === "string") return linkOf({ uri: attachment });
  if (!isJsonObject(attachment)) return undefined;
  const { text, data } = attachment;
  if (typeof text === "string") return textBlock(attachment, text, takes);
  if (typeof data === "string") return bytesBlock(attachment, data, takes);
  return linkOf(attachment);
}

/** A text goes along in any case: where it can't be embedded, as a text under its name. */
function textBlock(attachment: JsonObject, text: string, takes: JsonObject): PromptBlock {
  const { uri, name, mimeType } = namesOf(attachment);
  if (takes.embeddedContext !== true) return { type: "text", text: `${name}:\n${text}` };
  return { type: "resource", resource: { uri, ...mimeType, text } };
}

/** Bytes, as base64. */
function bytesBlock(attachment: JsonObject, data: string, takes: JsonObject): PromptBlock {
  const { uri, name, mimeType } = namesOf(attachment);
  const [kind] = (mimeType.mimeType ?? "").split("/");
  if ((kind === "image" || kind === "audio") && takes[kind] === true)
    return { type: kind, data, mimeType: mimeType.mimeType ?? "" };
  if (takes.embeddedContext === true) return { type: "resource", resource: { uri, ...mimeType, blob: data } };
  throw new AdapterFault(
    "submit_failed",
    `this runtime takes no ${kind || "bytes"} inside a prompt: ${name}; attach it by a uri`,
  );
}

function linkOf(attachment: JsonObject): PromptBlock | undefined {
  const uri = firstText(attachment, "uri", "url");
  if (uri === undefined) return undefined;
  const { name, mimeType } = namesOf(attachment);
  return { type: "resource_link", uri, name, ...mimeType };
}

function namesOf(attachment: JsonObject) {
  const given = firstText(attachment, "uri", "url");
  const name =
    firstText(attachment, "name", "title") ?? (given === undefined ? "attachment" : lastPart(given));
  const mimeType = firstText(attachment, "mimeType", "mime_type", "media_type");
  return {
    name,
    uri: given ?? `attachment:${encodeURIComponent(name)}`,
    mimeType: mimeType === undefined ? {} : { mimeType },
  };
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
