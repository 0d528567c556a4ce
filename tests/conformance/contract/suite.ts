/**
 * What the contract says is what is answered: every operation, with every status that it declares.
 *
 * 1. The operations and statuses are those of the contract; a test of each of them fails as long as there
 *    is no case for it.
 * 2. Every call goes through the client, and every answer through the contract's own schema, which may drop
 *    nothing of it: what it doesn't know is not declared.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientOperations } from "#contracts/openapi/operations.ts";
import { createClient } from "#generated/client/src/index.ts";
import type { Alteration, Caller, Case, Situation, World } from "./case.ts";
import { cases } from "./cases/all.ts";
import { wholeStreams } from "./cases/tasks.ts";
import { type CaseTable, type Declared, declaredOf, differences } from "./coverage.ts";
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
  /** Whether it answers with the code that a case provokes, not with any of the status. */
  readonly exact: boolean;
  /** Told before each case. */
  expects?(operationId: string, status: number): void;
}

const table: CaseTable = cases;

/** Streams that can be asked for as one value, as operations of their own. */
const whole: readonly Declared[] = clientOperations().flatMap((operation) => {
  const { json, operationId } = operation;
  if (json === undefined) return [];
  const responses = { 200: { body: json, contentType: "application/json" } };
  const call = wholeStreams[operationId];
  const found = call && { when: "with its history as one value", call };
  return [{ operation: { ...operation, responses }, status: 200, found }];
});

const declared = [...declaredOf(clientOperations(), table), ...whole];

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
      const outcome = await outcomeAt(place, found);
      expectAnswer(operation, status, outcome);
      if (setup.exact && found.code !== undefined) expect(outcome.thrown).toMatchObject({ code: found.code });
    });
  });

  it("has a case for all that the contract declares, and for nothing else", () => {
    expect(differences(clientOperations(), table)).toEqual([]);
  });
}
