/**
 * What the contract says is what is answered: every operation, with every status that it declares.
 *
 * 1. The operations and statuses are those of the contract; a test of each of them fails as long as there
 *    is no case for it.
 * 2. Every call goes through the client, and every answer through the contract's own schema, which may drop
 *    nothing of it: what it doesn't know is not declared.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Operation, operations } from "#contracts/openapi/operations.ts";
import { createClient } from "#generated/client/src/index.ts";
import type { Alteration, Caller, Case, CasesByStatus, Situation, World } from "./case.ts";
import { cases } from "./cases/all.ts";
import { expectAnswer, type Outcome, outcomeOf } from "./outcome.ts";

/** A node that answers. */
export interface Place extends AsyncDisposable {
  readonly baseUrl: string;
  readonly tokens: { readonly [By in Caller]: string | undefined };
  readonly world: World;
  /** What sends a request otherwise than the client would. */
  altered(how: Alteration): typeof fetch;
}

/** What answers: real nodes, or what stands for one. */
export interface Setup {
  /** A node that stands so. */
  open(situation: Situation): Promise<Place>;
  /** Told before each case. */
  expects?(operationId: string, status: number): void;
}

/** An operation with a status that it declares. */
interface Declared {
  readonly operation: Operation;
  readonly status: number;
  readonly found: Case | undefined;
}

const caseOf = (operationId: string, status: number): Case | undefined =>
  new Map<string, CasesByStatus>(Object.entries(cases)).get(operationId)?.[status];

const declared: readonly Declared[] = operations().flatMap((operation) =>
  Object.keys(operation.responses).map((key) => {
    const status = Number(key);
    return { operation, status, found: caseOf(operation.operationId, status) };
  }),
);

const situations: readonly Situation[] = ["well", "stopping", "damaged", "emptied", "undocumented"];

async function outcomeAt(place: Place, { altered, by = "operator", call }: Case): Promise<Outcome> {
  const { baseUrl, world, tokens } = place;
  const token = tokens[by];
  const fetch = altered === undefined ? globalThis.fetch : place.altered(altered);
  return outcomeOf({ baseUrl, token, fetch }, (config) => call(createClient(config), world));
}

/** Defines the tests. */
export function describeContract(setup: Setup): void {
  describe.each(situations)("at a node that is %s", (situation) => {
    const here = declared.filter(({ found }) => (found?.at ?? "well") === situation);
    let place: Place;
    beforeAll(async () => {
      place = await setup.open(situation);
    });
    afterAll(() => place[Symbol.asyncDispose]());

    it.each(
      here.map(({ operation, status, found }) => ({
        operation,
        status,
        found,
        id: operation.operationId,
        when: found?.when ?? "as it declares",
      })),
    )("$id answers $status $when", async ({ operation, status, found, id }) => {
      if (found === undefined) throw new Error(`${id} declares ${status}, and no case brings it about`);
      setup.expects?.(id, status);
      expectAnswer(operation, status, await outcomeAt(place, found));
    });
  });

  it("has no case for what the contract doesn't declare", () => {
    const pairs = Object.entries(cases).flatMap(([id, each]) =>
      Object.keys(each).map((status) => `${id} ${status}`),
    );
    const known = declared.map(({ operation, status }) => `${operation.operationId} ${status}`);
    expect(pairs.sort()).toEqual(known.sort());
  });
}
