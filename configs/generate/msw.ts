/** The data of the mock handlers: per operation and status the example of the API document. */
import { readFileSync } from "node:fs";
import type { Part } from "#contracts/openapi/answers.ts";

interface Media {
  readonly example?: unknown;
  readonly examples?: { readonly [name: string]: { readonly value: unknown } };
}
interface Response {
  readonly headers?: { readonly [name: string]: { readonly example: unknown } };
  readonly content?: { readonly [type: string]: Media };
}
interface Shown {
  readonly operationId: string;
  readonly responses: { readonly [status: string]: Response };
}
type Paths = { readonly [path: string]: { readonly [method: string]: Shown } };

const exampleOf = ({ example, examples }: Media) => example ?? Object.values(examples ?? {})[0]?.value;

function answerOf({ headers, content = {} }: Response): Part {
  const [type] = Object.keys(content);
  const stream = type === "text/event-stream";
  const media = type === undefined ? undefined : content[type];
  const json = stream ? content["application/json"] : undefined;
  const shownHeaders = Object.entries(headers ?? {}).map(([name, { example }]) => [name, String(example)]);
  return {
    ...(type === undefined ? {} : { type }),
    ...(headers === undefined ? {} : { headers: Object.fromEntries(shownHeaders) }),
    ...(media === undefined || stream ? {} : { body: exampleOf(media) }),
    ...(json === undefined ? {} : { json: exampleOf(json) }),
  };
}

/** What is answered usually: an act is accepted, anything else is simply answered. */
function usualOf(method: string, statuses: readonly number[]): number | undefined {
  const good = statuses.filter((status) => status < 300);
  return method === "post" ? good.at(-1) : good[0];
}

function answersModule(document: Part): string {
  const entries = Object.entries(document["paths"] as Paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, responses }]) => {
      const usual = usualOf(method, Object.keys(responses).map(Number));
      const answers = Object.entries(responses).map(([status, response]) => [status, answerOf(response)]);
      const route = path.replace(/\{(\w+)\}/g, ":$1");
      return [operationId, { method, path: route, usual, answers: Object.fromEntries(answers) }];
    }),
  );
  const operations = Object.fromEntries(entries) as { [id: string]: Part };
  // A status without quotes is a number to the compiler.
  const source = JSON.stringify(operations, null, 2).replace(/^(\s*)"(\d{3})":/gm, "$1$2:");
  return `/** Generated from the API document; see configs/generate/msw.ts. */

/** Per operation: where it is, and what it answers, by status. */
export const operations = ${source} as const;

/** The history of a task, as both streams tell it. */
export const history = operations.streamTaskEvents.answers[200].json.events;
`;
}

/** @returns the files, by their path below generated/msw */
export function mswSources(document: Part): { path: string; content: string }[] {
  const handlers = readFileSync(new URL("../msw/handlers.ts", import.meta.url), "utf8");
  return [
    { path: "answers.ts", content: answersModule(document) },
    { path: "handlers.ts", content: handlers.replaceAll('"#generated/msw/', '"./') },
  ];
}
