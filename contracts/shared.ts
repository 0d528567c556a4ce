/**
 * Small rules that hold for every record: ids, times, pages, JSON, and "empty is absent".
 */
import { z } from "zod";

const ulid = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** 26 characters, Crockford base 32, monotonic within a node's life. */
export const Ulid = z
  .string()
  .regex(ulid, "must be a ULID: 26 characters of Crockford base 32")
  .meta({ id: "Ulid", description: "A ULID.", examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D3"] });

/** The pattern of names that people give. */
export const namePattern = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** A target, agent or peer: a name of our own pattern, or a ULID. */
export const Name = z
  .string()
  .regex(
    /^(?:[a-z0-9][a-z0-9._-]{0,62}|[0-9A-HJKMNP-TV-Z]{26})$/,
    `must match ${namePattern.source} or be a ULID`,
  )
  .meta({ id: "Name", description: "A name of a target or a participant.", examples: ["research"] });

/** A target: of this node, or of a peer. */
export const TargetName = z
  .string()
  .regex(
    /^(?:[a-z0-9][a-z0-9._-]{0,62}\/)?(?:[a-z0-9][a-z0-9._-]{0,62}|[0-9A-HJKMNP-TV-Z]{26})$/,
    `must match ${namePattern.source} or be a ULID, with the peer's name and a slash before it where it is a peer's`,
  )
  .meta({ id: "TargetName", description: "A target, as `name`, or as `peer/name`.", examples: ["research"] });

/** RFC 3339, UTC, milliseconds. */
export const Time = z.iso.datetime({ precision: 3 }).meta({
  id: "Time",
  description: "RFC 3339 in UTC with milliseconds.",
  examples: ["2026-11-23T09:30:00.000Z"],
});

/** Any string of 1–128 visible characters. */
export const ConversationId = z
  .string()
  .regex(/^[\p{L}\p{M}\p{N}\p{P}\p{S}]{1,128}$/u, "must be 1 to 128 visible characters")
  .meta({
    id: "ConversationId",
    description: "What turns of the same conversation share: a ULID when the node makes it.",
    examples: ["release-notes"],
  });

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** The deepest nesting that a payload may have. */
export const maxDepth = 64;

/** Whether a JSON value nests at most `levels` deep. */
export function nestsWithin(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0) return false;
  for (const inner of Object.values(value)) if (!nestsWithin(inner, levels - 1)) return false;
  return true;
}

/** Whether a text has at most so many bytes in UTF-8, of which a character of JavaScript takes three at most. */
export const hasBytesWithin = (text: string, most: number): boolean =>
  text.length * 3 <= most || (text.length <= most && new TextEncoder().encode(text).length <= most);

/** Whether a JSON value, encoded, has at most so many KB. Looks at its depth first: encoding recurses. */
export const withinKb = (kb: number) => (value: object) =>
  nestsWithin(value, maxDepth) && hasBytesWithin(JSON.stringify(value), kb * 1024);

/** JSON as it came over the wire: already parsed, so only its depth is left to check. */
export const JsonValue = z
  .custom<Json>((value) => value !== undefined && nestsWithin(value, maxDepth), {
    error: (issue) =>
      issue.input === undefined ? "is required" : `must be JSON that nests at most ${maxDepth} deep`,
  })
  .meta({
    id: "JsonValue",
    description: `Any JSON value that nests at most ${maxDepth} deep.`,
    examples: [{ text: "Summarize the last release." }],
  });

/** A JSON object of any fields. */
export const JsonRecord = z
  .custom<JsonObject>(
    (value) =>
      typeof value === "object" && value !== null && !Array.isArray(value) && nestsWithin(value, maxDepth),
    { error: `must be a JSON object that nests at most ${maxDepth} deep` },
  )
  .meta({
    id: "JsonRecord",
    type: "object",
    additionalProperties: {},
    description: `A JSON object that nests at most ${maxDepth} deep.`,
    examples: [{}],
  });

/**
 * An optional field in which an empty string or null counts as not given.
 * @returns a schema whose parsed value is undefined in that case
 */
export function emptyIsAbsent<S extends z.ZodType>(schema: S) {
  return z
    .union([schema, z.literal(""), z.null()])
    .optional()
    .transform((value) => (value === "" || value === null ? undefined : (value as z.output<S> | undefined)));
}

/** A duration in milliseconds, 1 ms to 10 years. */
export const DurationMs = z
  .int()
  .min(1)
  .max(315_360_000_000)
  .meta({ id: "DurationMs", description: "A duration in milliseconds.", examples: [60_000] });

/** A number as a query has it; any other text, the empty one foremost, is none. */
export function inQuery(schema: z.ZodNumber) {
  const isNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
  return z.preprocess(
    (text) => (typeof text === "string" && isNumber.test(text) ? Number(text) : text),
    schema,
  );
}

/** `limit` of a list. */
export const PageLimit = inQuery(z.int().min(1).max(200))
  .default(50)
  .meta({ description: "How many rows at most.", default: 50, examples: [50] });

/** An opaque position in a list: hand back what `next_cursor` said. */
export const Cursor = z
  .string()
  .regex(/^[\w-]{1,256}$/, "must be a next_cursor of an earlier answer")
  .meta({
    description: "The next_cursor of the page before.",
    examples: ["MDFLQVQzUTRWNVc2WDdZOFo5QTBCMUMyRDM"],
  });

export const NextCursor = z
  .string()
  .nullable()
  .meta({ description: "Where the next page begins; null: this was the last.", examples: [null] });

/** A flag in a query: true, false, 1 or 0. */
export const QueryFlag = z
  .enum(["true", "false", "1", "0"])
  .transform((text) => text === "true" || text === "1")
  .meta({ description: "true or false.", examples: ["true"] });
