import { AdapterFault, type Json, type JsonObject } from "./ports.ts";

/** Whether a JSON value is an object (neither a list nor null). */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What a payload asks a runtime, as text: its `text`, else its `prompt`, else a payload that is a
 * string, else the payload's JSON without its attachments. Nothing is invented.
 */
export function promptText(payload: Json): string {
  if (typeof payload === "string") return payload;
  if (isJsonObject(payload)) {
    if (typeof payload.text === "string") return payload.text;
    if (typeof payload.prompt === "string") return payload.prompt;
  }
  return JSON.stringify(withoutAttachments(payload));
}

/** A payload without its attachments, which go along beside it. */
export function withoutAttachments(payload: Json): Json {
  if (!isJsonObject(payload)) return payload;
  const { attachments: _attachments, ...rest } = payload;
  return rest;
}

/**
 * The attachments of a payload, each as an adapter sends it.
 * @param sentAs answers undefined for what can't be sent
 * @throws AdapterFault submit_failed for such: a runtime that doesn't get all of it would answer something else
 */
export function attachmentsIn<Sent>(payload: Json, sentAs: (attachment: Json) => Sent | undefined): Sent[] {
  const attachments = isJsonObject(payload) ? (payload.attachments ?? []) : [];
  if (!Array.isArray(attachments)) throw unsendable("payload.attachments is no list");
  return attachments.map((attachment: Json, n) => {
    const sent = sentAs(attachment);
    if (sent !== undefined) return sent;
    throw unsendable(`payload.attachments[${n}] can't be sent: it has no uri, no text, and no data (base64)`);
  });
}

const unsendable = (why: string) => new AdapterFault("submit_failed", why);
