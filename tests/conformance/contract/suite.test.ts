/** The suite itself fails where it should. */
import { expect, it } from "vitest";
import { z } from "zod";
import { clientOperations, type Operation } from "#contracts/openapi/operations.ts";
import { AethrolinkError } from "#generated/client/src/index.ts";
import { cases } from "./cases/all.ts";
import { declaredOf, differences } from "./coverage.ts";
import { expectAnswer, type Outcome } from "./outcome.ts";

const all = clientOperations();
const ping = all.find(({ operationId }) => operationId === "ping") as Operation;
const pong = { ok: true, service: "aethrolink", version: "0.1.0" };
const types = { good: "application/json", bad: "application/problem+json" };

const answered = (value: unknown): Outcome => ({
  response: new Response(null, { headers: { "Content-Type": types.good } }),
  problem: undefined,
  value,
  thrown: undefined,
});

/** @param told the code that the client tells */
function refused(code: string, status: number, told = code): Outcome {
  const detail = "No.";
  const problem = { type: "t", title: "t", status, code, detail, error: detail, request_id: "r" };
  return {
    response: new Response(null, { status, headers: { "Content-Type": types.bad } }),
    problem,
    value: undefined,
    thrown: new AethrolinkError(status, { ...problem, code: told as "internal" }),
  };
}

it("an operation that is new, a status that is new and a code that is new have no case", () => {
  const body = { body: z.string(), contentType: "text/plain" };
  const known: Operation = { ...ping, codes: [...ping.codes, "token_in_use", "runtime_busy"] };
  const planted = [
    { ...ping, operationId: "planted", responses: { 200: body } },
    { ...known, responses: { ...ping.responses, 204: null, 409: body } },
  ];
  const others = all.filter(({ operationId }) => operationId !== "ping");
  expect(differences([...others, ...planted], cases)).toEqual([
    "planted 200 has no case",
    "ping 204 has no case",
    "ping 409 token_in_use has no case",
    "ping 409 runtime_busy has no case",
  ]);
  expect(declaredOf(planted, cases).filter(({ found }) => found === undefined)).toHaveLength(3);
});

it("a case of what is declared no more is named", () => {
  const { 421: _gone, ...responses } = ping.responses;
  const others = all.filter(({ operationId }) => operationId !== "ping");
  expect(differences([...others, { ...ping, responses }], cases)).toEqual(["ping 421 is not declared"]);
});

it("an answer passes as it is declared, not with less and not with more", () => {
  const check = (value: unknown) => () => expectAnswer(ping, 200, answered(value));
  expect(check(pong)).not.toThrow();
  expect(check({ ...pong, ok: undefined })).toThrow();
  expect(check({ ...pong, more: 1 })).toThrow();
  expect(() => expectAnswer(ping, 403, answered(pong))).toThrow();
});

it("an error passes with a code of its status alone, and as the client has told it", () => {
  const check = (code: string, told?: string) => () => expectAnswer(ping, 403, refused(code, 403, told));
  expect(check("forbidden")).not.toThrow();
  expect(check("forbidden", "internal")).toThrow();
  expect(check("internal")).toThrow();
  expect(check("nonsense")).toThrow();
});
