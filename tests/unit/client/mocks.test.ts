import { setupServer } from "msw/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clientOperations } from "#contracts/openapi/operations.ts";
import { AethrolinkError, createClient } from "#generated/client/src/index.ts";
import { type Choice, handlers, type OperationId, statusesOf } from "#generated/msw/handlers.ts";

const baseUrl = "http://node.test";
const task = "01KAT3Q4V5W6X7Y8Z9A0B1C2D3";
const client = createClient({ baseUrl });
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
beforeEach(() => server.resetHandlers(...handlers(baseUrl)));
afterAll(() => server.close());

const declared = clientOperations().flatMap(({ operationId, method, path, responses }) =>
  Object.keys(responses).map((status) => ({ operationId, method, path, status: Number(status) })),
);

describe("the mock handlers", () => {
  it.each(declared)("answer $operationId with $status", async ({ operationId, method, path, status }) => {
    const id = operationId as OperationId;
    expect(statusesOf(id)).toContain(status);
    server.resetHandlers(...handlers(baseUrl, { [id]: status } as Choice));
    const url = baseUrl + path.replace(/\{\w+\}/g, task);
    const response = await fetch(url, { method: method.toUpperCase() });
    await response.body?.cancel();
    expect(response.status).toBe(status);
  });

  it("tell a task's history as a stream that ends, and resume it", async () => {
    const seqs = async (after: number) => {
      const seen: number[] = [];
      for await (const { seq } of client.streamTaskEvents(task, { after })) seen.push(seq);
      return seen;
    };
    expect(await seqs(0)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await seqs(5)).toEqual([6, 7]);
    expect(await seqs(7)).toEqual([]);
    expect((await client.getTaskHistory(task)).events).toHaveLength(7);
  });

  it("answer with the error that is chosen", async () => {
    server.use(...handlers(baseUrl, { getTask: 404 }));
    const thrown = await client.getTask(task).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(AethrolinkError);
    expect(thrown).toMatchObject({ code: "task_not_found", status: 404 });
  });
});
