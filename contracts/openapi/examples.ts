/** Examples, made from those that the schemas give. */
import { type ErrorCode, errorTable, type Problem } from "../errors.ts";
import type { Json, JsonObject } from "../shared.ts";
import type { Schema } from "./schemas.ts";

/** Finds the schema that a reference means. */
export type Resolve = (ref: string) => Schema;

const plain: { readonly [type: string]: Json } = {
  string: "text",
  integer: 0,
  number: 0,
  boolean: true,
  null: null,
};

/**
 * A value that a schema allows.
 *
 * An example of the schema's own goes first, then that of what it refers to, and so on inwards; an object
 * shows its required fields and those optional ones that have an example of their own.
 */
export function exampleOf(schema: Schema, resolve: Resolve): Json {
  const [own] = schema.examples ?? [];
  if (own !== undefined) return own;
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.$ref !== undefined) return exampleOf(resolve(schema.$ref), resolve);
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  const [member] = schema.anyOf ?? schema.oneOf ?? [];
  if (member !== undefined) return exampleOf(member, resolve);
  if (schema.type === "array") return schema.items === undefined ? [] : [exampleOf(schema.items, resolve)];
  if (schema.type === "object") return objectOf(schema, resolve);
  return plain[String(schema.type)] ?? (Array.isArray(schema.type) ? null : {});
}

function objectOf({ properties = {}, required = [] }: Schema, resolve: Resolve): JsonObject {
  const shown = Object.entries(properties).filter(
    ([name, property]) => required.includes(name) || property.examples !== undefined,
  );
  return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(property, resolve)]));
}

const story = [
  "TaskCreatedEvent",
  "TaskRoutedEvent",
  "RuntimeReadyEvent",
  "TaskDispatchingEvent",
  "TaskRunningEvent",
  "TaskProgressEvent",
  "TaskCompletedEvent",
];

/** The history of a task that went well. */
export function historyOf(resolve: Resolve): JsonObject[] {
  return story.map((name, index) => {
    const event = exampleOf({ $ref: `#/$defs/${name}` }, resolve) as JsonObject;
    return { ...event, seq: index + 1 };
  });
}

/** An error as a node answers it. */
export function problemExample(code: ErrorCode): Problem {
  const { status, title } = errorTable[code];
  const detail = `${title}.`;
  return {
    type: `urn:aethrolink:error:${code}`,
    title,
    status,
    code,
    detail,
    error: detail,
    ...(code === "invalid_request" ? { errors: [{ path: "intent", message: "is required" }] } : {}),
    request_id: "01KAT3Q4V5W6X7Y8Z9A0B1C2D4",
  };
}
