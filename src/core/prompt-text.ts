import type { Json, JsonObject } from "./ports.ts";

/** Whether a JSON value is an object (neither a list nor null). */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What a payload asks a runtime, as text: its `text`, else its `prompt`, else a payload that is a
 * string, else the payload's JSON. Nothing is invented.
 */
export function promptText(payload: Json): string {
  if (typeof payload === "string") return payload;
  if (isJsonObject(payload)) {
    if (typeof payload.text === "string") return payload.text;
    if (typeof payload.prompt === "string") return payload.prompt;
  }
  return JSON.stringify(payload);
}
