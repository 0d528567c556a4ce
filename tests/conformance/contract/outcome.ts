/** What came of a call through the client, and whether it is what the contract declares. */
import { expect } from "vitest";
import type { z } from "zod";
import { Problem, problemMediaType } from "#contracts/errors.ts";
import type { Operation } from "#contracts/openapi/operations.ts";
import { AethrolinkError, type ArtifactAnswer, type ClientConfig } from "#generated/client/src/index.ts";
import { codesAt } from "./coverage.ts";

/** An answer as it came, and as the client told it. */
export interface Outcome {
  /** The last that was answered. */
  readonly response: Response;
  /** Its body where it is an error. */
  readonly problem: unknown;
  /** What the call resolved with; all events of a stream. */
  readonly value: unknown;
  /** What the call threw. */
  readonly thrown: unknown;
}

/** Makes a call and keeps what is answered last. */
export async function outcomeOf(
  config: ClientConfig & { fetch: typeof fetch },
  call: (config: ClientConfig) => Promise<unknown> | AsyncIterable<unknown>,
): Promise<Outcome> {
  let last: Response | undefined;
  let problem: unknown;
  const watched: typeof fetch = async (input, init) => {
    last = await config.fetch(input, init);
    problem = last.status >= 400 ? await last.clone().json() : undefined;
    return last;
  };
  const { value, thrown } = await settled(call({ ...config, fetch: watched }));
  if (last === undefined) throw thrown ?? new Error("nothing was asked");
  return { response: last, problem, value, thrown };
}

async function settled(called: Promise<unknown> | AsyncIterable<unknown>) {
  try {
    const value = Symbol.asyncIterator in called ? await allOf(called) : await called;
    return { value, thrown: undefined };
  } catch (thrown) {
    return { value: undefined, thrown };
  }
}

async function allOf(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Fails unless the outcome is what the operation declares of this status. */
export function expectAnswer(operation: Operation, status: number, outcome: Outcome): void {
  const { response, thrown } = outcome;
  expect({ status: response.status, thrown: status < 400 ? thrown : undefined }).toEqual({
    status,
    thrown: undefined,
  });
  if (status >= 400) expectProblem(operation, status, outcome);
  else expectBody(operation, status, outcome);
}

function expectProblem(operation: Operation, status: number, { response, problem, thrown }: Outcome): void {
  expect(response.headers.get("Content-Type")).toContain(problemMediaType);
  expectWhole(Problem, problem);
  const { code, detail } = Problem.parse(problem);
  expect(codesAt(operation, status)).toContain(code);
  expect(thrown).toBeInstanceOf(AethrolinkError);
  expect(thrown).toMatchObject({ code, status, message: detail });
}

function expectBody({ responses }: Operation, status: number, { response, value }: Outcome): void {
  const answer = responses[status];
  const type = response.headers.get("Content-Type");
  if (answer === null || answer === undefined) {
    expect({ type, value: bytesOrEvents(value) }).toEqual({ type: null, value: 0 });
    return;
  }
  if (answer.contentType === "application/octet-stream") {
    expect(bytesOrEvents(value)).toBeGreaterThan(0);
    return;
  }
  expect(type?.split(";")[0]).toBe(answer.contentType);
  if (answer.contentType !== "text/event-stream") expectWhole(answer.body, value);
  else {
    expect(bytesOrEvents(value)).toBeGreaterThan(0);
    for (const event of value as unknown[]) expectWhole(answer.body, event);
  }
}

const bytesOrEvents = (value: unknown): number =>
  Array.isArray(value) ? value.length : (value as ArtifactAnswer).bytes.length;

/** Fails where the schema refuses the value, or doesn't know all of it. */
function expectWhole(schema: z.ZodType, value: unknown): void {
  const { error, data } = schema.safeParse(value);
  expect(error?.message).toBeUndefined();
  expect(data).toEqual(value);
}
