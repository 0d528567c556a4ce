/** What becomes of a run where its server refuses, breaks off, or says something of its own. */
import { describe, expect, test } from "vitest";
import type { JsonObject, Run } from "#src/core/ports.ts";
import { externalTarget, openHttpAdapter } from "../../../comm-agent.ts";
import { endOf, faultOf, patient, signalWhere, taskOf } from "../../../launching.ts";
import { type HttpScript, startScripted, type Told } from "../../../scripted-http.ts";

const agents = (...names: string[]): HttpScript => ({
  "GET /agents": () => ({ json: { agents: names.map((name) => ({ name })) } }),
});
const run = { run_id: "r", session_id: "", status: "created" };
const running: HttpScript = { ...agents("only"), "POST /runs": () => ({ status: 202, json: run }) };
const stands = (more: object): HttpScript => ({
  ...running,
  "GET /runs/r": () => ({ json: { ...run, ...more } }),
});

/** Hands a task to a server that plays a script. */
async function handOver(
  script: HttpScript,
  act: (run: Promise<Run>, calls: readonly string[]) => Promise<void>,
) {
  await using server = await startScripted(script);
  await using http = openHttpAdapter({ lostMs: 300, callMs: 2000, limit: 4000 });
  await act(http.run(externalTarget(server.url), taskOf({ text: "hello" })), server.calls);
}

describe("a run that a server doesn't begin", () => {
  const rows: readonly [string, HttpScript, string, string][] = [
    [
      "since it refuses it",
      { "POST /runs": () => ({ status: 422, json: { message: "too long" } }) },
      "submit_failed",
      "too long",
    ],
    [
      "behind a proxy that failed",
      { "POST /runs": () => ({ status: 504 }) },
      "timeout",
      "refused the run: 504",
    ],
    ["without an id", { "POST /runs": () => ({ json: {} }) }, "timeout", "without its id"],
    [
      "as a stream without an id",
      { "POST /runs": () => ({ text: "data: {}\n\n" }) },
      "timeout",
      "without the header Run-ID",
    ],
    [
      "with half of an answer",
      {
        "POST /runs": () => ({
          text: "",
          headers: { "content-type": "application/json", "content-length": "50" },
          breaks: "cut",
        }),
      },
      "timeout",
      "it is unknown whether",
    ],
    [
      "with half of a refusal",
      { "POST /runs": () => ({ status: 500, headers: { "content-length": "50" }, breaks: "cut" }) },
      "submit_failed",
      "refused the run: 500",
    ],
    ["and goes away", { "POST /runs": () => ({ breaks: "gone" }) }, "timeout", "it is unknown whether"],
    ["since it has several agents", agents("a", "b"), "submit_failed", "It has: a, b"],
    ["since it has none", agents(), "submit_failed", "It has: none"],
    [
      "since it doesn't tell its agents",
      { "GET /agents": () => ({ status: 500 }) },
      "protocol_error",
      "does not tell its agents: 500",
    ],
    [
      "since it breaks off when it is asked for its agents",
      { "GET /agents": () => ({ breaks: "gone" }) },
      "submit_failed",
      "GET /agents",
    ],
  ];
  test.each(rows)("%s", async (_what, script, kind, words) => {
    await handOver({ ...agents("only"), ...script }, async (handed) => {
      expect(await faultOf(handed)).toEqual({ kind, message: expect.stringContaining(words) });
    });
  });
});

describe("a server that refuses to stream", () => {
  const modeIn = (body: string): unknown => JSON.parse(body).mode;
  const noStream: Told = { status: 501, json: { message: "not implemented" } };
  const noMode: Told = { status: 422, json: { message: "body.mode: must be sync or async" } };
  /** What it is asked for, and how, where it answers each mode as told. */
  const handOvers = async (told: { readonly [mode: string]: Told }, act: (run: Promise<Run>) => unknown) => {
    const modes: unknown[] = [];
    const asked = (_times: number, body: string): Told => {
      const mode = modeIn(body);
      modes.push(mode);
      return told[String(mode)] ?? { status: 202, json: run };
    };
    const asks = { status: "awaiting", await_request: { prompt: "which?" } };
    const script: HttpScript = { ...stands(asks), "POST /runs": asked, "POST /runs/r": asked };
    await handOver({ ...script, "GET /runs/r/events": () => ({ status: 404 }) }, async (handed) => {
      await act(handed);
    });
    return modes;
  };
  const answer = async (handed: Promise<Run>): Promise<void> => {
    const begun = await handed;
    const signal = await signalWhere(begun, ({ kind }) => kind === "awaiting_input");
    if (signal.kind !== "awaiting_input") throw new Error("nothing was asked");
    await begun.resume?.(signal.question.request_id, { kind: "content", content: "blue" });
  };

  test.each([
    ["since it can't", noStream],
    ["and says so", noMode],
    ["in other words", { status: 400, json: { error: "streaming is not supported here" } }],
  ])("%s is asked without, and answered without", async (_what, stream) => {
    expect(await handOvers({ stream }, answer)).toEqual(["stream", "async", "async"]);
  });

  test("and anything else has refused the run", async () => {
    const refused = async (handed: Promise<Run>) => {
      const message = expect.stringContaining("422: no runs today");
      expect(await faultOf(handed)).toEqual({ kind: "submit_failed", message });
    };
    const never: Told = { status: 422, json: { message: "no runs today" } };
    expect(await handOvers({ stream: noStream, async: never }, refused)).toEqual(["stream", "async"]);
    expect(await handOvers({ stream: never }, refused)).toEqual(["stream"]);
  });

  test.each([500, 502, 503, 504, 409, 429])(
    "by %d may have begun it, and isn't asked again",
    async (status) => {
      const told: Told = { status, json: { message: "no stream, for this mode" } };
      expect(await handOvers({ stream: told }, faultOf)).toEqual(["stream"]);
    },
  );

  test("is answered without a stream in a later life of the node too", async () => {
    let left: JsonObject = {};
    const modes: unknown[] = [];
    await using server = await startScripted({
      ...stands({ status: "awaiting", await_request: { prompt: "which?" } }),
      "GET /runs/r/events": () => ({ status: 404 }),
      "POST /runs": (_times, body) => (modeIn(body) === "stream" ? noStream : { status: 202, json: run }),
      "POST /runs/r": (_times, body) => {
        modes.push(modeIn(body));
        return { status: 202, json: run };
      },
    });
    const target = externalTarget(server.url);
    await using first = openHttpAdapter();
    const begun = await first.run(target, taskOf("hi"));
    left = begun.handle.adapter_state;
    begun.detach?.();
    await using second = openHttpAdapter();
    const task = taskOf("hi");
    const again = second.adapter.attach?.(
      { task, adapter_state: left, said: "", awaiting: [] },
      target,
      patient,
    );
    if (again === undefined) throw new Error("it was not attached");
    await answer(Promise.resolve(again));
    expect(modes).toEqual(["async"]);
    again.detach?.();
  });
});

describe("a run whose server", () => {
  const ends: readonly [string, HttpScript, object][] = [
    [
      "forgets it",
      running,
      { reason: "remote_failed", detail: expect.stringContaining("does not know the run any more") },
    ],
    [
      "tells nothing of it",
      { ...running, "GET /runs/r/events": () => ({ status: 403 }) },
      { detail: "its server tells nothing of the run: 403" },
    ],
    [
      "answers with errors alone",
      { ...running, "GET /runs/r/events": () => ({ status: 500 }), "GET /runs/r": () => ({ status: 500 }) },
      { detail: expect.stringMatching(/could not be reached for \d+ s: it answered 500/) },
    ],
    [
      "is gone",
      { ...running, "GET /runs/r/events": () => ({ breaks: "gone" }) },
      { detail: expect.stringContaining("could not be reached") },
    ],
    [
      "answers more than is bearable",
      { ...running, "GET /runs/r/events": () => ({ json: { events: ["x".repeat(5000)] } }) },
      { reason: "protocol_error", detail: "an answer of more than 4000 bytes came" },
    ],
    [
      "streams a line of more than is bearable",
      {
        ...running,
        "POST /runs": () => ({ text: `data: {"a":"${"x".repeat(5000)}"}\n\n`, headers: { "run-id": "r" } }),
      },
      { reason: "protocol_error" },
    ],
  ];
  test.each(ends)("%s", async (_what, script, expected) => {
    await handOver(script, async (handed) => {
      expect(await endOf(await handed)).toMatchObject({ kind: "failed", ...expected });
    });
  });

  test("can't list its events is asked how it stands", async () => {
    const script = stands({ status: "completed", output: [{ parts: [{ content: "done" }] }] });
    for (const status of [404, 405, 501]) {
      await handOver({ ...script, "GET /runs/r/events": () => ({ status }) }, async (handed) => {
        expect(await endOf(await handed)).toMatchObject({ kind: "completed", result: { text: "done" } });
      });
    }
  });

  describe("fails to list its events", () => {
    const unlisted = { "GET /runs/r/events": () => ({ status: 500 }) };
    const done = { status: "completed", output: [{ parts: [{ content: "done" }] }] };

    test("and tells that it has ended is believed", async () => {
      await handOver({ ...stands(done), ...unlisted }, async (handed) => {
        const run = await handed;
        const { signals } = run;
        const all = [];
        for await (const { kind } of signals) all.push(kind);
        expect(all).toEqual(["progress", "completed"]);
      });
    });

    test("and answers how it stands is not out of reach, however long it takes", async () => {
      const script: HttpScript = {
        ...stands({ status: "in-progress" }),
        ...unlisted,
        "GET /runs/r": (times) => ({ json: { ...run, ...(times < 6 ? { status: "in-progress" } : done) } }),
      };
      await handOver(script, async (handed) => {
        expect(await endOf(await handed)).toMatchObject({ kind: "completed", result: { text: "done" } });
      });
    });

    test("for as long as it may be out of reach is asked what it wants by itself", async () => {
      const asking = { status: "awaiting", await_request: { prompt: "which?" } };
      await handOver({ ...stands(asking), ...unlisted }, async (handed) => {
        const signal = await signalWhere(await handed, ({ kind }) => kind === "awaiting_input");
        expect(signal).toMatchObject({ question: { prompt: "which?" } });
      });
    });
  });

  test("lists events that lack its end is believed where it says that it has ended", async () => {
    const said = { type: "message.part", part: { content: "do" } };
    const done = { type: "message.part", part: { content: "ne" } };
    const script: HttpScript = {
      ...stands({ status: "completed", result: { text: "done" } }),
      "GET /runs/r/events": (times) => ({ json: { events: times < 3 ? [said] : [said, done] } }),
    };
    await handOver(script, async (handed) => {
      expect(await endOf(await handed)).toMatchObject({ kind: "completed", result: { text: "done" } });
    });
  });

  test("opens a session of its own is called fresh, and says why", async () => {
    const script: HttpScript = {
      ...agents("only"),
      "POST /runs": () => ({ json: { ...run, session_id: "own" } }),
    };
    await handOver(script, async (handed) => {
      const { continuity, handle } = await handed;
      expect([continuity, handle.remote_session_id]).toEqual(["fresh", "own"]);
    });
  });
});

describe("an answer to a question", () => {
  const asking = { status: "awaiting", await_request: { prompt: "which?" } };
  const asks = (answered: Told): HttpScript => ({
    ...stands(asking),
    "GET /runs/r/events": () => ({ status: 404 }),
    "POST /runs/r": () => answered,
  });
  const rows: readonly [string, HttpScript, string, string][] = [
    ["is refused", asks({ status: 400, json: { message: "not that" } }), "remote_failed", "400: not that"],
    ["may have been taken", asks({ status: 500 }), "timeout", "the server answered 500"],
    ["may have been taken by one that goes away", asks({ breaks: "gone" }), "timeout", "POST /runs/r"],
    [
      "isn't given while the server fails",
      {
        ...asks({}),
        "GET /runs/r": (times) => (times === 1 ? { json: { ...run, ...asking } } : { status: 503 }),
      },
      "remote_failed",
      "the answer was not given: 503",
    ],
    [
      "isn't given while the server is away",
      {
        ...asks({}),
        "GET /runs/r": (times) => (times === 1 ? { json: { ...run, ...asking } } : { breaks: "gone" }),
      },
      "remote_failed",
      "the answer was not given",
    ],
    [
      "comes too late where the run has ended",
      {
        ...asks({}),
        "GET /runs/r": (times) => ({ json: { ...run, ...(times === 1 ? asking : { status: "completed" }) } }),
      },
      "not_found",
      "is not open",
    ],
  ];
  test.each(rows)("%s", async (what, script, kind, words) => {
    await handOver(script, async (handed, calls) => {
      const begun = await handed;
      const signal = await signalWhere(begun, (each) => each.kind === "awaiting_input");
      if (signal.kind !== "awaiting_input") throw new Error("nothing was asked");
      const { request_id } = signal.question;
      const said = begun.resume?.(request_id, { kind: "content", content: "blue" });
      expect(await faultOf(said ?? Promise.resolve())).toEqual({
        kind,
        message: expect.stringContaining(words),
      });
      expect(calls.includes("POST /runs/r")).toBe(/^(is refused|may have been taken)/.test(what));
    });
  });

  test("to a question that isn't open is refused", async () => {
    await handOver(stands({ status: "in-progress" }), async (handed) => {
      const begun = await handed;
      const said = begun.resume?.("nothing", { kind: "declined" });
      expect(await faultOf(said ?? Promise.resolve())).toMatchObject({ kind: "not_found" });
    });
  });
});

describe("a probe of a server", () => {
  const probed = async (script: HttpScript, options = {}) => {
    await using server = await startScripted(script);
    await using http = openHttpAdapter({ callMs: 2000 });
    return await http.adapter.probe(externalTarget(server.url), options, AbortSignal.timeout(10_000));
  };
  const rows: readonly [string, HttpScript, object, object][] = [
    ["names the only agent", agents("only"), {}, { name: "only", auth_required: false }],
    [
      "misses the agent that is named",
      agents("only"),
      { agent: "other" },
      { error: expect.stringContaining("no agent other") },
    ],
    ["finds several agents", agents("a", "b"), {}, { error: expect.stringContaining("not just one") }],
    ["finds no agents", agents(), {}, { error: expect.stringContaining("It has: none") }],
    ["is refused", { "GET /agents": () => ({ status: 401 }) }, {}, { auth_required: true }],
    [
      "meets an error",
      { "GET /agents": () => ({ status: 500 }) },
      {},
      { error: expect.stringContaining("500") },
    ],
    [
      "loses the server",
      { "GET /agents": () => ({ breaks: "gone" }) },
      {},
      { error: expect.stringContaining("GET /agents") },
    ],
    [
      "finds nobody well",
      { "GET /ping": () => ({ status: 500 }) },
      {},
      { error: expect.stringContaining("500") },
    ],
  ];
  test.each(rows)("%s", async (_what, script, options, expected) => {
    expect(await probed(script, options)).toMatchObject(expected);
  });
});
