/** JSON that a server sent. */
import type { Json, JsonObject } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";

const deepest = 64;

/**
 * Reads a text as JSON. Looks at the depth at once: what comes later encodes it again, and that recurses.
 * @returns undefined where it is none, or nests deeper than 64
 */
export function parsed(text: string): Json | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined; // not JSON
  }
  return nests(value) ? undefined : value;
}

/** An object, or nothing. */
export function objectIn(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The objects of a list, or none. */
export function objectsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((each: Json) => isJsonObject(each)) : [];
}

/** The first of an object's fields that is a text with something in it. */
export function textIn(object: JsonObject, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = object[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

function nests(value: Json): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
  return false;
}
