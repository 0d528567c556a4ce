/** What is heard of a run of an HTTP runtime, as signals. */
import { describe, expect, test } from "vitest";
import { dialectOf } from "#src/adapters/acp-http/dialects.ts";
import { createTurn, type TurnOptions } from "#src/adapters/acp-http/turn.ts";
import type { JsonObject, Signal } from "#src/core/ports.ts";
import { createFakeClock } from "../../../fake-clock.ts";

const nothing = { events: 0, said: 0, made: 0 };

function openTurn(changes: Partial<TurnOptions> = {}) {
  const clock = createFakeClock();
  const acts: string[] = [];
  const turn = createTurn({
    clock,
    dialect: dialectOf("acp"),
    newId: () => "question",
    questionMs: 1000,
    limit: 10_000,
    mask: (text) => text.replaceAll("secret", "***"),
    remote: { run_id: "run" },
    taken: nothing,
    said: "",
    unanswered: (request_id) => acts.push(`unanswered ${request_id}`),
    broke: () => acts.push("broke"),
    over: () => acts.push("over"),
    ...changes,
  });
  /** All signals; waits for the last. */
  const signals = async (): Promise<Signal[]> => {
    const all: Signal[] = [];
    for await (const signal of turn.signals) all.push(signal);
    return all;
  };
  return { turn, clock, acts, signals };
}

const part = (content: string, more: JsonObject = {}) => ({
  type: "message.part",
  part: { content, ...more },
});
const ended = (run: JsonObject) => ({ type: `run.${String(run.status)}`, run });
const awaiting = { type: "run.awaiting", run: { status: "awaiting", await_request: { prompt: "which?" } } };
const goesOn = { type: "run.in-progress", run: { status: "in-progress" } };

describe("the end of a run", () => {
  const rows: readonly [string, readonly JsonObject[], object][] = [
    [
      "says once more what was said",
      [part("a"), ended({ status: "completed", output: [{ parts: [{ content: "ab" }] }] })],
      { kind: "completed", result: { text: "ab" } },
    ],
    [
      "says nothing of what was said",
      [part("a"), ended({ status: "completed" })],
      { kind: "completed", result: { text: "a" } },
    ],
    [
      "comes without any text",
      [ended({ status: "completed" })],
      { kind: "completed", result: { text: "", warning: "the answer came without any text" } },
    ],
    [
      "comes with a file alone",
      [part("x", { name: "x.txt" }), ended({ status: "completed" })],
      { kind: "completed", result: { text: "", stop_reason: "completed" } },
    ],
    [
      "is a failure",
      [part("half"), ended({ status: "failed", error: { message: "no secret" } })],
      { kind: "failed", reason: "remote_failed", detail: "no ***", result: { text: "half" } },
    ],
    [
      "is a cancel that nobody asked for",
      [ended({ status: "cancelled" })],
      { kind: "failed", detail: "the runtime cancelled the work by itself" },
    ],
  ];
  test.each(rows)("%s", async (_what, events, expected) => {
    const { turn, acts, signals } = openTurn();
    for (const event of events) turn.hear(event);
    expect((await signals()).at(-1)).toMatchObject(expected);
    expect(acts).toEqual(["over"]);
  });

  test("is a failure of too many words, which are cut when their secrets are hidden", async () => {
    const { turn, signals } = openTurn();
    const message = `${"x".repeat(1995)}secret${"y".repeat(1_000_000)}`;
    turn.hear(ended({ status: "failed", error: { message, code: "heat" } }));
    const detail = `${"x".repeat(1995)}***yy`;
    expect((await signals()).at(-1)).toMatchObject({ kind: "failed", detail });
  });

  test("comes once: what is heard, seen or done behind it changes nothing", async () => {
    const { turn, acts, signals } = openTurn();
    turn.hear(ended({ status: "completed", result: { text: "done" } }));
    turn.hear(part("more"));
    turn.see({ status: "failed", output: [{ parts: [{ content: "more and more" }] }] });
    turn.fail("protocol_error", "too late");
    turn.close();
    expect(await signals()).toEqual([
      { kind: "completed", result: { text: "done", stop_reason: "completed" } },
    ]);
    expect([turn.ended(), acts]).toEqual([true, ["over"]]);
  });

  test.each([
    ["a cancel", ended({ status: "cancelled" })],
    ["an error", ended({ status: "failed", error: "gone" })],
  ])("is %s that confirms what was asked for", async (_what, event) => {
    const { turn, signals } = openTurn();
    turn.hear(part("half"));
    turn.cancelling();
    turn.hear(event);
    expect((await signals()).at(-1)).toEqual({
      kind: "cancelled",
      how: "confirmed",
      result: { text: "half" },
    });
  });

  test("is a cut where its process has ended, with the data that were said", async () => {
    const { turn, signals } = openTurn();
    turn.hear(part('{"n":1}', { content_type: "application/json" }));
    turn.cutOff("process_ended");
    expect((await signals()).at(-1)).toEqual({
      kind: "cancelled",
      how: "process_ended",
      result: { text: '{"n":1}', data: { n: 1 } },
    });
  });
});

describe("a run that says or makes too much", () => {
  test.each([
    ["says", [part("x".repeat(6000)), part("y".repeat(6000))]],
    ["makes", [part("x".repeat(6000), { name: "x" }), part("y".repeat(6000), { name: "y" })]],
  ])("%s it, and is given up", async (_what, events) => {
    const { turn, acts, signals } = openTurn();
    for (const event of events) turn.hear(event);
    expect((await signals()).at(-1)).toMatchObject({
      kind: "failed",
      reason: "protocol_error",
      detail: "the run said and made more than 10000 bytes",
    });
    expect(acts).toEqual(["broke", "over"]);
  });
});

describe("a question", () => {
  test("says none of the secrets that its server was told", async () => {
    const { turn, signals } = openTurn();
    turn.hear({
      type: "run.awaiting",
      run: { status: "awaiting", await_request: { prompt: "is it the secret?" } },
    });
    turn.close();
    expect(await signals()).toMatchObject([{ question: { prompt: "is it the ***?" } }]);
  });

  test("is open once, until the run goes on", async () => {
    const { turn, clock, acts } = openTurn();
    turn.hear(awaiting);
    turn.hear(awaiting);
    expect(turn.asking()).toBe("question");
    turn.hear(goesOn);
    turn.hear(goesOn);
    expect([turn.asking(), turn.settle("caller")]).toEqual([undefined, false]);
    clock.advance(5000);
    expect(acts).toEqual([]);
  });

  test("that nobody answers is told of when its time is over", () => {
    const { turn, clock, acts } = openTurn();
    turn.hear(awaiting);
    clock.advance(1000);
    expect(acts).toEqual(["unanswered question"]);
  });

  test("of an earlier life has the time that is left of it, at least none", () => {
    const { turn, clock, acts } = openTurn();
    turn.askAgain({ request_id: "old", leftMs: -5000 } as Parameters<typeof turn.askAgain>[0]);
    clock.advance(0);
    expect([turn.asking(), acts]).toEqual(["old", ["unanswered old"]]);
  });

  test("isn't asked again by a server that lags behind its answer", () => {
    const { turn, clock } = openTurn();
    turn.hear(awaiting);
    turn.settle("caller");
    turn.see(awaiting.run);
    expect(turn.asking()).toBeUndefined();
    clock.advance(3000);
    turn.see(awaiting.run);
    expect(turn.asking()).toBe("question");
  });

  test("is none where the run is to end", () => {
    const { turn, acts, clock } = openTurn();
    turn.hear(awaiting);
    turn.cancelling();
    turn.hear(awaiting);
    clock.advance(5000);
    expect([turn.asking(), acts]).toEqual([undefined, []]);
  });

  test("is taken back where the run is let go of", async () => {
    const { turn, clock, acts, signals } = openTurn();
    turn.hear(awaiting);
    turn.close();
    clock.advance(5000);
    expect(acts).toEqual(["over"]);
    expect((await signals()).map(({ kind }) => kind)).toEqual(["awaiting_input"]);
  });
});

describe("a server that is asked again and again", () => {
  const run = (status: string, ...contents: string[]) => ({
    status,
    output: [{ parts: [{ content: contents.join("") }, { content: "f", name: "f.txt" }] }],
  });

  test("is heard once of each piece of the answer, and of its files at the end", async () => {
    const { turn, signals } = openTurn();
    turn.see(run("in-progress", "a"));
    turn.see(run("in-progress", "a"));
    turn.see(run("in-progress", "a", "b"));
    turn.see(run("completed", "a", "b", "c"));
    const heard = await signals();
    const said = heard.flatMap((signal) => (signal.kind === "progress" ? [signal.data] : []));
    expect(said).toEqual(["a", "b", "c"].map((text) => ({ type: "message", text })));
    expect(heard.filter(({ kind }) => kind === "artifact")).toHaveLength(1);
    expect(heard.at(-1)).toMatchObject({ kind: "completed", result: { text: "abc" } });
  });

  test("is gone on with behind what an earlier life has heard", async () => {
    const { turn, signals } = openTurn({ taken: { events: 0, said: 2, made: 1 }, said: "ab" });
    turn.see(run("completed", "ab", "c"));
    const kinds = (await signals()).map(({ kind }) => kind);
    expect(kinds).toEqual(["progress", "completed"]);
  });
});
