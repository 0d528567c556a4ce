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
  const laid: { [key: string]: Json } = { ...under };
  for (const [key, value] of Object.entries(over)) {
    if (value === null || value === undefined) continue;
    const below = Object.hasOwn(laid, key) ? laid[key] : undefined;
    laid[key] = isObject(below) && isObject(value) ? layOver(below, value) : value;
  }
  return laid;
}
