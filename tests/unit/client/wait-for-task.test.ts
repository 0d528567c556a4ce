import { describe, expect, it } from "vitest";
import { AethrolinkError, UnreachableError, waitForTask } from "#generated/client/src/index.ts";
import { delayAfter } from "#generated/client/src/retrying.ts";
import { answers, refuses, startServer } from "./scripted-server.ts";

const id = "01KAT3Q4V5W6X7Y8Z9A0B1C2D3";
const task = (status: string) => answers(200, { task_id: id, status });

describe("waiting for a task", () => {
  it.each(["completed", "failed", "cancelled", "awaiting_input"])("ends when it is %s", async (status) => {
    await using server = await startServer([task("created"), task("running"), task(status)]);
    const found = await waitForTask(id, { baseUrl: server.baseUrl });
    expect(found.status).toBe(status);
    expect(server.asked.map(({ url }) => url)).toEqual(Array(3).fill(`/v1/tasks/${id}?wait=30`));
  });

  it("outlives a node that is away for a while", async () => {
    await using server = await startServer([
      task("running"),
      refuses(503, "unavailable", { "Retry-After": "2" }),
      (res) => res.destroy(),
      task("completed"),
    ]);
    const reasons: unknown[] = [];
    const pauses: number[] = [];
    const found = await waitForTask(id, {
      baseUrl: server.baseUrl,
      onRetry: (reason) => reasons.push(reason),
      pause: async (delayMs) => void pauses.push(delayMs),
    });
    expect(found.status).toBe("completed");
    expect(reasons).toEqual([expect.any(AethrolinkError), expect.any(UnreachableError)]);
    expect(pauses[0]).toBe(2000);
  });

  it("gives up where the task is not known", async () => {
    await using server = await startServer([refuses(404, "task_not_found")]);
    await expect(waitForTask(id, { baseUrl: server.baseUrl })).rejects.toMatchObject({
      code: "task_not_found",
    });
  });

  it("gives up after as many failures as it is told", async () => {
    await using server = await startServer([refuses(503, "unavailable")]);
    const options = { baseUrl: server.baseUrl, maxFailures: 3, pause: async () => undefined };
    await expect(waitForTask(id, options)).rejects.toMatchObject({ code: "unavailable" });
    expect(server.asked).toHaveLength(3);
  });

  it("ends with a TimeoutError when the time is over", async () => {
    await using server = await startServer([() => undefined]);
    await expect(waitForTask(id, { baseUrl: server.baseUrl, timeoutMs: 20 })).rejects.toMatchObject({
      name: "TimeoutError",
    });
  });

  it.each([2 ** 31, 600 * 3_600_000, 1200 * 3_600_000, Number.POSITIVE_INFINITY])(
    "waits also where the time, %d ms, is longer than a timer's",
    async (timeoutMs) => {
      await using server = await startServer([task("running"), task("completed")]);
      const found = await waitForTask(id, { baseUrl: server.baseUrl, timeoutMs });
      expect(found.status).toBe("completed");
    },
  );

  it("ends with the reason of its signal", async () => {
    const options = { signal: AbortSignal.abort("enough"), timeoutMs: 60_000 };
    await expect(waitForTask(id, options)).rejects.toBe("enough");
  });
});

describe("the delay before another attempt", () => {
  it("doubles up to five seconds, less up to its half by chance", () => {
    const delays = (random: number) => [1, 2, 3, 6, 40].map((failures) => delayAfter(failures, 200, random));
    expect(delays(1)).toEqual([200, 400, 800, 5000, 5000]);
    expect(delays(0)).toEqual([100, 200, 400, 2500, 2500]);
  });
});
