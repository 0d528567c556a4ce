/** How a task's runtime options come to be. */
import type { Json, JsonObject } from "./ports.ts";

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Lays options over others: deep for objects; null and undefined never override.
 * @param under the defaults
 * @param over what goes first
 */
export function layOver(under: JsonObject, over: JsonObject): JsonObject {
  const laid = new Map<string, Json>(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    if (value === null || value === undefined) continue;
    const below = laid.get(key);
    laid.set(key, isObject(below) && isObject(value) ? layOver(below, value) : value);
  }
  // Not by assignment: a key of the name __proto__ would become what the options inherit from.
  return Object.fromEntries(laid);
}
