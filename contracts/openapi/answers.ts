/** The answers of an operation: status, headers, media types, schema and examples. */
import { z } from "zod";
import { type ErrorCode, errorTable, Problem, problemMediaType } from "../errors.ts";
import { TaskEvent } from "../events.ts";
import { NodeTaskFrame } from "../node-tasks.ts";
import type { Json } from "../shared.ts";
import { exampleOf, historyOf, problemExample } from "./examples.ts";
import type { Operation } from "./operations.ts";
import type { Schema, Schemas } from "./schemas.ts";

/** A part of the document. */
export type Part = { [key: string]: unknown };

const statusTexts: { readonly [status: number]: string } = {
  200: "It is so.",
  201: "It was made.",
  202: "It was accepted.",
  204: "There is nothing more.",
  206: "The part that was asked for.",
  304: "You have it already.",
};

const header = (description: string, schema: Schema, example: Json): Part => ({
  description,
  schema,
  example,
});
const text: Schema = { type: "string" };

/** Headers that mean something to a caller, by operation and status. */
const headersOf: { readonly [operationId: string]: { readonly [status: number]: Part } } = {
  createTask: Object.fromEntries(
    [200, 202].map((status) => [
      status,
      {
        "Idempotent-Replayed": header(
          "Set where the key was used before; the task is the one of then.",
          { type: "string", enum: ["true"] },
          "true",
        ),
      },
    ]),
  ),
  getArtifact: {
    200: {
      ETag: header("The SHA-256 of the bytes.", text, '"9f86d081884c7d65"'),
      "Accept-Ranges": header("Ranges are served.", { type: "string", enum: ["bytes"] }, "bytes"),
    },
    206: {
      ETag: header("The SHA-256 of all the bytes.", text, '"9f86d081884c7d65"'),
      "Accept-Ranges": header("Ranges are served.", { type: "string", enum: ["bytes"] }, "bytes"),
      "Content-Range": header("Which bytes these are.", text, "bytes 0-1023/4096"),
    },
    304: { ETag: header("The SHA-256 of the bytes.", text, '"9f86d081884c7d65"') },
  },
};

const retryAfter: Part = {
  "Retry-After": header("Seconds after which it may work.", { type: "integer", minimum: 0 }, 5),
};

const errorHeaders: { readonly [status: number]: Part } = {
  401: { "WWW-Authenticate": header("How to show who you are.", text, 'Bearer realm="aethrolink"') },
  429: retryAfter,
  503: retryAfter,
};

/** One server-sent event that carries a task's event. */
const EventFrame = z
  .object({
    id: z.string().meta({ description: "Where to resume: send it as Last-Event-ID.", examples: ["1"] }),
    event: z.literal("task.event"),
    retry: z.int().optional().meta({ description: "Milliseconds to wait before a reconnect." }),
    data: z.string().meta({ description: "The event as JSON, in one line." }),
  })
  .meta({ id: "TaskEventFrame", description: "A frame of a stream of events (server-sent events)." });

/** The same between nodes. */
const NodeFrame = EventFrame.omit({ retry: true }).meta({
  id: "NodeTaskEventFrame",
  description: "A frame of a stream of events between nodes (server-sent events).",
});

/** The frames with the schemas of what their data holds, which zod has no words for. */
export function describeFrames(components: { [name: string]: Schema }): void {
  const held = { TaskEventFrame: "TaskEvent", NodeTaskEventFrame: "NodeTaskFrame" };
  for (const [frame, name] of Object.entries(held)) {
    const data = components[frame]?.properties?.["data"];
    if (data === undefined) continue;
    data["contentMediaType"] = "application/json";
    data["contentSchema"] = { $ref: `#/components/schemas/${name}` };
  }
}

function mediaOf(operation: Operation, body: z.ZodType, contentType: string, schemas: Schemas): Part {
  if (body === NodeTaskFrame) {
    const data = JSON.stringify(exampleOf(schemas.of(NodeTaskFrame, "output"), schemas.resolve));
    const example = { id: "5", event: "task.event", data };
    return { [contentType]: { schema: schemas.of(NodeFrame, "output"), example } };
  }
  if (contentType === "text/event-stream") {
    schemas.of(TaskEvent, "output");
    const events = historyOf(schemas.resolve);
    const frame = { id: "1", event: "task.event", data: JSON.stringify(events[0]) };
    const stream: Part = { schema: schemas.of(EventFrame, "output"), example: frame };
    if (operation.json === undefined) return { [contentType]: stream };
    const whole: Part = { schema: schemas.of(operation.json, "output"), example: { events } };
    return { [contentType]: stream, "application/json": whole };
  }
  const schema = schemas.of(body, "output");
  const types = [contentType, ...(operation.media ?? [])];
  return Object.fromEntries(
    types.map((type) => [type, { schema, example: exampleOf(schema, schemas.resolve) }]),
  );
}

/** The codes of an operation at a status, each with an example. */
function problemPart(status: number, codes: readonly ErrorCode[], schemas: Schemas): Part {
  const examples = codes.map((code) => [
    code,
    { summary: errorTable[code].title, value: problemExample(code) },
  ]);
  return {
    description: codes.map((code) => `${errorTable[code].title} (${code}).`).join(" "),
    ...(errorHeaders[status] === undefined ? {} : { headers: errorHeaders[status] }),
    content: {
      [problemMediaType]: { schema: schemas.of(Problem, "output"), examples: Object.fromEntries(examples) },
    },
  };
}

/**
 * What an operation answers.
 * @throws Error where a declared status has neither a body of its own nor a code of the operation
 */
export function answersOf(operation: Operation, schemas: Schemas): Part {
  const answers = Object.entries(operation.responses).map(([key, answer]) => {
    const status = Number(key);
    if (answer?.contentType === problemMediaType) {
      const codes = operation.codes.filter((code) => errorTable[code].status === status);
      if (codes.length === 0) throw new Error(`${operation.operationId} names no error for its ${status}`);
      return [key, problemPart(status, codes, schemas)];
    }
    const headers = headersOf[operation.operationId]?.[status];
    const content =
      answer === null ? undefined : mediaOf(operation, answer.body, answer.contentType, schemas);
    return [
      key,
      {
        description: descriptionOf(answer?.body) ?? statusTexts[status] ?? "An answer.",
        ...(headers === undefined ? {} : { headers }),
        ...(content === undefined ? {} : { content }),
      },
    ];
  });
  return Object.fromEntries(answers);
}

const descriptionOf = (body: z.ZodType | undefined): string | undefined =>
  body === undefined ? undefined : z.globalRegistry.get(body)?.description;
