import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dialectOf } from "#src/adapters/acp/dialects.ts";
import { type Answer, finalOf as finalWith, readUpdate, type TurnSoFar } from "#src/adapters/acp/signals.ts";
import type { FinalSignal, Json, JsonObject, Progress } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import { createMasker } from "#src/processes/stderr-tail.ts";

const wire = new URL("../../../fixtures/wire/", import.meta.url);
const recordings = readdirSync(wire).filter((name) => name.endsWith(".jsonl"));

function linesOf(name: string): { dir: string; msg: JsonObject }[] {
  const lines = readFileSync(new URL(name, wire), "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line)).filter((line) => isJsonObject(line.msg));
}

interface ReplayedTurn {
  readonly progress: Progress[];
  /** The texts of the agent's message chunks as they stand in the recording. */
  readonly recorded: string;
  readonly end: FinalSignal;
}

const finalOf = (
  answer: Answer,
  so: TurnSoFar,
  dialect = "generic",
  instruction = "",
  secret = "unsaid secret",
) => finalWith(answer, so, { instruction, mask: createMasker([secret]), dialect: dialectOf(dialect) });

interface OpenTurn {
  readonly session: Json | undefined;
  readonly progress: Progress[];
  text: string;
  recorded: string;
  cancelAsked: boolean;
  toolCalled: boolean;
}

const paramsOf = (msg: JsonObject): JsonObject => (isJsonObject(msg.params) ? msg.params : {});

function hear(turn: OpenTurn, update: Json | undefined): void {
  if (!isJsonObject(update)) return;
  const { progress, text = "" } = readUpdate(update);
  turn.text += text;
  if (progress !== undefined) turn.progress.push(progress);
  turn.toolCalled ||= progress?.type === "tool_call";
  if (update.sessionUpdate === "agent_message_chunk" && isJsonObject(update.content)) {
    turn.recorded += String(update.content.text);
  }
}

const askCancel = (turn: OpenTurn): void => {
  turn.cancelAsked = true;
};

/** The turns of a recording, in the order of their answers, as the adapter would have told them. */
function replay(name: string): ReplayedTurn[] {
  const open = new Map<Json, OpenTurn>();
  const turns: ReplayedTurn[] = [];
  const answer = (id: Json, { error, result = null }: JsonObject): void => {
    const turn = open.get(id);
    if (turn === undefined) return;
    open.delete(id);
    const dialect = name.split("-")[0];
    const end = finalOf(
      error === undefined ? { result } : { error },
      { ...turn, cost_usd: undefined },
      dialect,
    );
    turns.push({ progress: turn.progress, recorded: turn.recorded, end });
  };
  const steps = new Map<string, (msg: JsonObject, concerned: OpenTurn[]) => void>([
    [
      "-> session/prompt",
      (msg) => {
        const session = paramsOf(msg).sessionId;
        open.set(msg.id ?? null, {
          session,
          progress: [],
          text: "",
          recorded: "",
          cancelAsked: false,
          toolCalled: false,
        });
      },
    ],
    ["-> session/cancel", (_, concerned) => concerned.forEach(askCancel)],
    [
      "<- session/update",
      (msg, concerned) => concerned.forEach((turn) => void hear(turn, paramsOf(msg).update)),
    ],
    ["<- answer", (msg) => answer(msg.id ?? null, msg)],
  ]);
  for (const { dir, msg } of linesOf(name)) {
    const concerned = [...open.values()].filter((turn) => turn.session === paramsOf(msg).sessionId);
    steps.get(`${dir} ${msg.method ?? "answer"}`)?.(msg, concerned);
  }
  return turns;
}

const textOf = ({ end }: ReplayedTurn): string | undefined => end.result?.text;
const spoken = (progress: readonly Progress[]): string =>
  progress.map((part) => (part.type === "message" ? part.text : "")).join("");

describe("recorded runtimes", () => {
  test.each(recordings)(
    "%s: every word of a turn is in its result, and nothing is lost or unknown",
    (name) => {
      for (const turn of replay(name)) {
        expect(turn.end.result?.text).toBe(turn.recorded);
        expect(spoken(turn.progress)).toBe(turn.recorded);
        for (const part of turn.progress) {
          if (part.type === "message" || part.type === "thought") expect(part.text).not.toBe("");
          expect(part.type).not.toBe("log");
        }
      }
    },
  );

  test("Hermes answers two turns with its text and its usage", () => {
    const turns = replay("hermes-basic.jsonl");
    expect(turns.map(textOf)).toEqual(["ECHO: hello one", "HISTORY[2]: hello one | HISTORY?"]);
    expect(turns[0]?.end).toMatchObject({
      kind: "completed",
      usage: { input_tokens: 11, output_tokens: 7, source: "reported" },
    });
  });

  test("Hermes confirms a cancel and keeps the partial text", () => {
    expect(replay("hermes-cancel.jsonl")[0]?.end).toMatchObject({
      kind: "cancelled",
      how: "confirmed",
      result: { text: "w0 w1 w2 w3 " },
    });
  });

  test("Hermes answers a cancel during a question with an error: cancelled", () => {
    expect(replay("hermes-perm-cancelwhile.jsonl").map(({ end }) => end.kind)).toEqual(["cancelled"]);
  });

  test("Hermes tells a tool call and what became of it", () => {
    const calls = replay("hermes-perm-allow.jsonl").flatMap(({ progress }) =>
      progress.filter((part) => part.type === "tool_call"),
    );
    expect(calls.length).toBeGreaterThanOrEqual(2);
  });

  test("OpenClaw answers without usage", () => {
    const [first] = replay("openclaw-basic.jsonl");
    expect(first?.end).toMatchObject({ kind: "completed", usage: { source: "none" } });
    expect(first?.end.result?.text).toMatch(/^ECHO: ./);
  });

  test("Gemini tells the tokens of each turn of a session, whatever came before, in words of its own", () => {
    const used = (input_tokens: number, output_tokens: number) => ({
      input_tokens,
      output_tokens,
      source: "reported",
    });
    const turns = replay("gemini-basic.jsonl");
    expect(turns.map(({ end }) => end.usage)).toEqual([used(11, 7), used(11, 7)]);
    // Its model was asked twice.
    expect(replay("gemini-perm-reject.jsonl").map(({ end }) => end.usage)).toEqual([used(22, 14)]);
  });

  test("OpenClaw without its gateway fails in mid-turn with the partial text", () => {
    const failed = replay("openclaw-gateway-killed.jsonl").find(({ end }) => end.kind === "failed");
    expect(failed?.end).toMatchObject({ kind: "failed", reason: "remote_failed" });
    expect(failed?.end.result?.text).not.toBe("");
  });
});

const turn = (changes: Partial<TurnSoFar> = {}): TurnSoFar => ({
  text: "so far",
  cost_usd: undefined,
  cancelAsked: false,
  toolCalled: false,
  ...changes,
});

describe("the end of a turn", () => {
  test.each(["refusal", "max_tokens", "max_turn_requests", "something_new"])(
    "%s is remote_failed with the partial text and the reason",
    (stopReason) => {
      expect(finalOf({ result: { stopReason } }, turn())).toMatchObject({
        kind: "failed",
        reason: "remote_failed",
        detail: expect.stringContaining(stopReason),
        result: { text: "so far", stop_reason: stopReason },
      });
    },
  );

  test("cancelled without our asking is remote_failed; after it, cancelled", () => {
    const answer = { result: { stopReason: "cancelled" } };
    expect(finalOf(answer, turn())).toMatchObject({ kind: "failed", reason: "remote_failed" });
    expect(finalOf(answer, turn({ cancelAsked: true }))).toMatchObject({
      kind: "cancelled",
      how: "confirmed",
    });
  });

  test("an answer that overtakes a cancel is completed", () => {
    expect(finalOf({ result: { stopReason: "end_turn" } }, turn({ cancelAsked: true }))).toMatchObject({
      kind: "completed",
    });
  });

  test("an answer without a text is completed with a warning", () => {
    const end = finalOf({ result: { stopReason: "end_turn" } }, turn({ text: "" }));
    expect(end).toMatchObject({ kind: "completed", result: { text: "", warning: expect.any(String) } });
  });

  test.each([null, {}, [], "text", { stopReason: 7 }])("%j is no answer: protocol_error", (result: Json) => {
    expect(finalOf({ result }, turn())).toMatchObject({ kind: "failed", reason: "protocol_error" });
  });

  test("an agent that wants a login is told with its own instruction", () => {
    const error = { code: -32000, message: "Authentication required" };
    const end = finalOf({ error }, turn(), "generic", "The runtime offers: Setup: run `agent login`");
    expect(end).toMatchObject({ detail: expect.stringMatching(/Authentication required.*agent login/) });
  });

  test("a secret in an error is masked, wherever the words are cut", () => {
    const secret = "canary-0123456789-abcdefghijklmnopqrstuvwxyz";
    for (let before = 1900; before < 2000; before += 1) {
      const error = { code: -32603, message: `${"x".repeat(before)}${secret}` };
      const end = finalOf({ error }, turn(), "generic", "", secret);
      expect(end.kind === "failed" && end.detail).toMatch(/x(\*{0,3})$/);
    }
  });

  describe("that looks like an answer", () => {
    const answer = (usage?: JsonObject) => ({
      result: { stopReason: "end_turn", ...(usage === undefined ? {} : { usage }) },
    });
    const unauthorized = turn({ text: "HTTP 401: Incorrect API key provided" });

    test("and is Hermes's word for a failed model, without usage, is remote_failed", () => {
      expect(finalOf(answer(), unauthorized, "hermes")).toMatchObject({
        kind: "failed",
        reason: "remote_failed",
        detail: expect.stringContaining("HTTP 401"),
        result: { text: unauthorized.text },
      });
    });

    test("and has cost something is completed with a warning", () => {
      expect(finalOf(answer({ inputTokens: 3, outputTokens: 9 }), unauthorized, "hermes")).toMatchObject({
        kind: "completed",
        result: { warning: expect.any(String) },
      });
    });

    test("is one, where the runtime isn't known for that", () => {
      const end = finalOf(answer(), unauthorized);
      expect(end).toMatchObject({ kind: "completed" });
      expect(end.result).not.toHaveProperty("warning");
    });

    test("and tells of OpenClaw's interruption is remote_failed", () => {
      const text = "Working on it.\n[OpenClaw interruption] The Gateway disconnected.";
      expect(finalOf(answer(), turn({ text }), "openclaw")).toMatchObject({
        kind: "failed",
        reason: "remote_failed",
      });
    });

    test("and comes after a tool call of OpenClaw's has a warning", () => {
      expect(finalOf(answer(), turn({ toolCalled: true }), "openclaw").result?.warning).toMatch(
        /may not be whole/,
      );
      expect(finalOf(answer(), turn(), "openclaw").result).not.toHaveProperty("warning");
    });
  });

  const usages: readonly [string, JsonObject, object][] = [
    [
      "is that of the protocol",
      { usage: { inputTokens: 3, outputTokens: 0 } },
      { input_tokens: 3, output_tokens: 0 },
    ],
    [
      "is that of the protocol rather than another's",
      { usage: { inputTokens: 3 }, _meta: { quota: { token_count: { input_tokens: 9, output_tokens: 9 } } } },
      { input_tokens: 3 },
    ],
    [
      "is Gemini's where the protocol's is null",
      { usage: null, _meta: { quota: { token_count: { input_tokens: 9, output_tokens: -1 } } } },
      { input_tokens: 9 },
    ],
    ["has no figures but whole ones from 0", { usage: { inputTokens: 10.5, outputTokens: -3 } }, {}],
    ["has no figures that are words", { usage: { inputTokens: "3", outputTokens: 2 ** 60 } }, {}],
    ["is none where others are meant", { _meta: { quota: { token_count: [] } } }, {}],
    ["is none where nothing is told", { _meta: { quota: 7 } }, {}],
  ];
  test.each(usages)("the usage %s", (_what, told, expected) => {
    const { usage } = finalOf({ result: { stopReason: "end_turn", ...told } }, turn());
    const source = Object.keys(expected).length > 0 ? "reported" : "none";
    expect(usage).toEqual({ ...expected, source });
  });

  test.each([-0.5, "1"])("a cost of %j is none", (amount) => {
    const told = readUpdate({ sessionUpdate: "usage_update", cost: { amount, currency: "USD" } });
    expect(told).not.toHaveProperty("cost_usd");
  });

  test("the cost that was told last is in the usage", () => {
    const heard = readUpdate({
      sessionUpdate: "usage_update",
      used: 1,
      size: 2,
      cost: { amount: 0.5, currency: "USD" },
    });
    expect(heard).toMatchObject({ cost_usd: 0.5, progress: { type: "usage", usage: { used: 1, size: 2 } } });
    expect(finalOf({ result: { stopReason: "end_turn" } }, turn({ cost_usd: 0.5 }))).toMatchObject({
      usage: { cost_usd: 0.5, source: "reported" },
    });
  });
});

describe("an update", () => {
  const hostile: JsonObject[] = [
    {},
    { sessionUpdate: null },
    { sessionUpdate: "constructor" },
    { sessionUpdate: "__proto__" },
    { sessionUpdate: "from_the_future", content: { type: "text", text: "x" } },
    { sessionUpdate: "agent_message_chunk" },
    { sessionUpdate: "agent_message_chunk", content: [] },
    { sessionUpdate: "agent_message_chunk", content: { type: "text" } },
    { sessionUpdate: "agent_message_chunk", content: { type: "text", text: "" } },
    { sessionUpdate: "tool_call", toolCallId: 7 },
    { sessionUpdate: "plan", entries: "none" },
    { sessionUpdate: "user_message_chunk", content: { type: "text", text: "mine" } },
    { sessionUpdate: "notice" },
  ];

  test.each(hostile)("%j is no part of the answer and breaks nothing", (update) => {
    expect(readUpdate(update).text ?? "").toBe("");
  });

  test("of another type of content is told in the log", () => {
    const update = {
      sessionUpdate: "agent_message_chunk",
      content: { type: "image", data: "AAAA", mimeType: "image/png" },
    };
    expect(readUpdate(update)).toEqual({ progress: { type: "log", text: expect.stringContaining("image") } });
  });
});

describe("an update of a kind that is known", () => {
  const update = (sessionUpdate: string, more: JsonObject = {}) => readUpdate({ sessionUpdate, ...more });
  test("tells nothing where it says nothing", () => {
    const silent = [
      update("agent_message_chunk", { content: { type: "text", text: "" } }),
      update("agent_thought_chunk", { content: { type: "text", text: "" } }),
      update("plan", { entries: "all" }),
      update("notice", { title: "", description: 7 }),
      update("toString"),
      readUpdate({ sessionUpdate: 7 }),
    ];
    for (const heard of silent) expect(heard).toEqual({});
  });

  test("tells of a notice what it is called and what it says", () => {
    const notice = update("notice", { title: "limit", description: "nearly used up" });
    expect(notice).toEqual({ progress: { type: "log", text: "limit: nearly used up" } });
  });
});
