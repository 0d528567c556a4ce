/** Which cases the contract asks for, and which there are. */
import { type ErrorCode, errorTable } from "#contracts/errors.ts";
import type { Operation } from "#contracts/openapi/operations.ts";
import type { Case, CasesByStatus } from "./case.ts";

/** A status that an operation declares, with a case for it or none. */
export interface Declared {
  readonly operation: Operation;
  readonly status: number;
  readonly found: Case | undefined;
}

export type CaseTable = { readonly [operationId: string]: CasesByStatus };

const listOf = (found: Case | readonly Case[] | undefined): readonly Case[] =>
  found === undefined ? [] : "call" in found ? [found] : found;

/** The codes of an operation at a status. */
export const codesAt = ({ codes }: Operation, status: number): ErrorCode[] =>
  codes.filter((code) => errorTable[code].status === status);

/** All that is declared, each status with its cases, or with none. */
export function declaredOf(operations: readonly Operation[], table: CaseTable): Declared[] {
  return operations.flatMap((operation) =>
    Object.keys(operation.responses).flatMap((key) => {
      const status = Number(key);
      const found = listOf(table[operation.operationId]?.[status]);
      const all = found.length === 0 ? [undefined] : found;
      return all.map((each) => ({ operation, status, found: each }));
    }),
  );
}

/** What is declared and has no case, what has a case and isn't declared: each in words. */
export function differences(operations: readonly Operation[], table: CaseTable): string[] {
  const wanted = operations.flatMap((operation) =>
    Object.keys(operation.responses).flatMap((status) => {
      const codes = codesAt(operation, Number(status));
      const named = `${operation.operationId} ${status}`;
      return codes.length > 1 ? codes.map((code) => `${named} ${code}`) : [named];
    }),
  );
  const there = Object.entries(table).flatMap(([id, byStatus]) =>
    Object.entries(byStatus).flatMap(([status, found]) =>
      listOf(found).map(({ code }) => [id, status, code].filter(Boolean).join(" ")),
    ),
  );
  return [
    ...wanted.filter((each) => !there.includes(each)).map((each) => `${each} has no case`),
    ...there.filter((each) => !wanted.includes(each)).map((each) => `${each} is not declared`),
  ];
}
