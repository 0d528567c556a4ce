import { describe, expect, it } from "vitest";
import {
  AethrolinkError,
  type StreamOptions,
  streamEvents,
  streamTaskEvents,
  UnreachableError,
} from "#generated/client/src/index.ts";
import {
  answers,
  frame,
  refuses,
  type ScriptedServer,
  type Step,
  sends,
  startServer,
} from "./scripted-server.ts";

const task = "01KAT3Q4V5W6X7Y8Z9A0B1C2D3";
const end = (seq: number) => frame(seq, "task.completed");

/** Follows a task, and remembers what came and how long it paused. */
function follow(baseUrl: string, options: StreamOptions = {}) {
  const seqs: number[] = [];
  const pauses: number[] = [];
  const pause = async (delayMs: number) => void pauses.push(delayMs);
  const run = async () => {
    for await (const { seq } of streamTaskEvents(task, {}, {}, { baseUrl, pause, ...options }))
      seqs.push(seq);
  };
  return { seqs, pauses, done: run() };
}

const resumedAt = (server: ScriptedServer) => server.asked.map(({ headers }) => headers["last-event-id"]);

describe("a task's stream", () => {
  it("ends with the task, though the connection stays open", async () => {
    await using server = await startServer([sends(frame(1) + frame(2) + end(3), "open")]);
    const { seqs, done } = follow(server.baseUrl);
    await done;
    expect(seqs).toEqual([1, 2, 3]);
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]).toMatchObject({
      url: `/v1/tasks/${task}/events`,
      headers: { accept: "text/event-stream" },
    });
  });

  const whole = frame(1) + frame(2);
  it.each([...Array(frame(2).length).keys()].filter((at) => at % 7 === 0))(
    "goes on where it was when it is cut %i characters into a frame",
    async (at) => {
      const cutAt = frame(1).length + at;
      await using server = await startServer([
        sends(whole.slice(0, cutAt), "cut"),
        sends(frame(2) + end(3), "end"),
      ]);
      const { seqs, done } = follow(server.baseUrl);
      await done;
      expect(seqs).toEqual([1, 2, 3]);
      expect(resumedAt(server)).toEqual([undefined, "1"]);
    },
  );

  it("goes on when the answer ends before the task does", async () => {
    await using server = await startServer([
      sends(frame(1), "end"),
      sends(": keepalive\n\n", "end"),
      sends(frame(2) + end(3), "end"),
    ]);
    const { seqs, pauses, done } = follow(server.baseUrl);
    await done;
    expect(seqs).toEqual([1, 2, 3]);
    expect(resumedAt(server)).toEqual([undefined, "1", "1"]);
    expect(pauses).toHaveLength(2);
  });

  it("waits as long as a 503 asks", async () => {
    await using server = await startServer([
      refuses(503, "unavailable", { "Retry-After": "7" }),
      sends(end(1), "end"),
    ]);
    const { seqs, pauses, done } = follow(server.baseUrl);
    await done;
    expect(seqs).toEqual([1]);
    expect(pauses).toEqual([7000]);
  });

  it("waits at first as long as the stream says", async () => {
    await using server = await startServer([
      sends(`retry: 3000\n\n${frame(1)}`, "cut"),
      sends(end(2), "end"),
    ]);
    const { pauses, done } = follow(server.baseUrl);
    await done;
    expect(pauses[0]).toBeGreaterThanOrEqual(1500);
    expect(pauses[0]).toBeLessThanOrEqual(3000);
  });

  it("outlives a node that is stopped and started again", async () => {
    const first = await startServer([sends(frame(1), "open")]);
    const reasons: unknown[] = [];
    let second: ScriptedServer | undefined;
    const stream = streamTaskEvents(
      task,
      {},
      {},
      {
        baseUrl: first.baseUrl,
        onRetry: (reason) => reasons.push(reason),
        async pause() {
          // The first attempt after the cut finds nothing that listens.
          if (reasons.length === 2) second = await startServer([sends(frame(2) + end(3), "end")], first.port);
        },
      },
    );
    const seqs: number[] = [];
    for await (const { seq } of stream) {
      seqs.push(seq);
      if (seq === 1) await first[Symbol.asyncDispose]();
    }
    await second?.[Symbol.asyncDispose]();
    expect(seqs).toEqual([1, 2, 3]);
    expect(reasons).toEqual([expect.any(UnreachableError), expect.any(UnreachableError)]);
    expect(String(reasons[1])).toContain("ECONNREFUSED");
  });

  it("ends at once where there is nothing more", async () => {
    await using server = await startServer([answers(204)]);
    const { seqs, done } = follow(server.baseUrl);
    await done;
    expect(seqs).toEqual([]);
  });

  it.each([
    [404, "task_not_found"],
    [401, "unauthorized"],
    [500, "internal"],
  ])("gives up on a %i", async (status, code) => {
    await using server = await startServer([sends(frame(1), "cut"), refuses(status, code)]);
    const { seqs, done } = follow(server.baseUrl);
    await expect(done).rejects.toMatchObject({ name: "AethrolinkError", status, code });
    expect(seqs).toEqual([1]);
    expect(server.asked).toHaveLength(2);
  });

  it("gives up on what isn't a stream", async () => {
    await using server = await startServer([answers(200, { hello: "world" })]);
    await expect(follow(server.baseUrl).done).rejects.toThrow(AethrolinkError);
  });

  it("gives a node up that never answers", async () => {
    const gone = await startServer([]);
    await gone[Symbol.asyncDispose]();
    const { pauses, done } = follow(gone.baseUrl);
    await expect(done).rejects.toThrow(UnreachableError);
    expect(pauses).toHaveLength(4);
  });

  it("doesn't give a node up that has answered", async () => {
    const step = sends("", "cut");
    const steps: Step[] = [...Array.from({ length: 12 }, () => step), sends(end(1), "end")];
    await using server = await startServer(steps);
    const { seqs, pauses, done } = follow(server.baseUrl);
    await done;
    expect(seqs).toEqual([1]);
    expect(pauses).toHaveLength(12);
  });

  it("takes a connection that is silent for too long as dead", async () => {
    await using server = await startServer([sends(frame(1), "open"), sends(end(2), "end")]);
    const { seqs, done } = follow(server.baseUrl, { silenceMs: 20 });
    await done;
    expect(seqs).toEqual([1, 2]);
    expect(resumedAt(server)).toEqual([undefined, "1"]);
  });

  it("lets go of the connection when its reader stops", async () => {
    let closed: Promise<void> | undefined;
    const step: Step = (res, req) => {
      closed = new Promise((resolve) => res.on("close", resolve));
      sends(frame(1), "open")(res, req);
    };
    await using server = await startServer([step]);
    for await (const _ of streamTaskEvents(task, {}, {}, { baseUrl: server.baseUrl })) break;
    await closed;
  });
});

describe("the stream of all tasks", () => {
  it("goes on after a task has ended, and ends by its signal", async () => {
    await using server = await startServer([
      sends(end(1) + frame(2), "cut"),
      sends(end(3) + frame(4), "open"),
    ]);
    const stop = new AbortController();
    const reason = new Error("enough");
    const seqs: number[] = [];
    const run = async () => {
      const options = { baseUrl: server.baseUrl, signal: stop.signal, pause: async () => undefined };
      for await (const { seq } of streamEvents({ after: 0 }, {}, options)) {
        seqs.push(seq);
        if (seq === 4) stop.abort(reason);
      }
    };
    await expect(run()).rejects.toBe(reason);
    expect(seqs).toEqual([1, 2, 3, 4]);
    expect(server.asked.map(({ url }) => url)).toEqual(["/v1/events?after=0", "/v1/events?after=0"]);
    expect(resumedAt(server)).toEqual([undefined, "2"]);
  });

  it("doesn't wait any longer once it is aborted", async () => {
    await using server = await startServer([refuses(503, "unavailable", { "Retry-After": "3600" })]);
    const stop = new AbortController();
    const options = { baseUrl: server.baseUrl, signal: stop.signal, onRetry: () => stop.abort("enough") };
    await expect(streamEvents({}, {}, options).next()).rejects.toBe("enough");
  });
});
