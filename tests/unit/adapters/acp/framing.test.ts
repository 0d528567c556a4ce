/** Large, many and oddly numbered messages. */
import { describe, expect, test } from "vitest";
import type { Run } from "#src/core/ports.ts";
import {
  endOf,
  fixtureAgent,
  openAcpAdapter,
  signalsOf,
  signalWhere,
  targetOf,
  taskOf,
} from "../../../launching.ts";
import { tellFigures } from "../../../soak/figures.ts";

const scripted = targetOf(fixtureAgent("scripted"));
const line = (message: object): string => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
const chunk = (text: string): string =>
  line({
    method: "session/update",
    params: {
      sessionId: "$S",
      update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text } },
    },
  });
const answer = '{"jsonrpc":"2.0","id":$I,"result":{"stopReason":"end_turn"}}\n';

const textOf = async (run: Run) => {
  const end = await endOf(run);
  return end?.kind === "completed" ? end.result.text : JSON.stringify(end);
};

/** FLOOD sets how many words come before an answer. */
const flood = Number(process.env["FLOOD"] ?? 2000);

describe("an agent", () => {
  test(`that says ${flood} words and its answer in one write is heard whole and in order`, async () => {
    await using acp = openAcpAdapter();
    const words = Array.from({ length: flood }, (_, n) => `w${n} `);
    const run = await acp.run(scripted, taskOf({ raw: words.map(chunk).join("") + answer }));
    const signals = await signalsOf(run);
    const heard = signals.flatMap((signal) =>
      signal.kind === "progress" && signal.data.type === "message" ? [signal.data.text] : [],
    );
    expect(heard).toEqual(words);
    expect(signals.at(-1)).toMatchObject({ kind: "completed", result: { text: words.join("") } });
    tellFigures("G12", { notifications: heard.length, missed: words.length - heard.length });
  });

  test.each([70_000, 10_000_000])("that says %d characters in one line is heard whole", async (length) => {
    await using acp = openAcpAdapter();
    const text = "é".repeat(length);
    expect(await textOf(await acp.run(scripted, taskOf({ raw: chunk(text) + answer })))).toBe(text);
  });

  test.each([0, 1, 2, 3, "0", "e6351411-6795-4ed1-bcc5-c3a8f74ab519"])(
    "that asks under the id %j, be it one of ours too, is answered under it",
    async (id) => {
      await using acp = openAcpAdapter();
      const options = [{ optionId: "y", name: "Yes", kind: "allow_once" }];
      const params = { sessionId: "$S", toolCall: { toolCallId: "1", title: "go" }, options };
      const raw = line({ id, method: "session/request_permission", params });
      const run = await acp.run(scripted, taskOf({ raw, report: true }));
      const asked = await signalWhere(run, (signal) => signal.kind === "awaiting_input");
      if (asked.kind !== "awaiting_input") throw new Error("it asked nothing");
      const option = { option_id: "y", name: "Yes", kind: "allow_once" };
      await run.resume?.(asked.question.request_id, { kind: "option", option });
      expect(JSON.parse(await textOf(run))).toEqual({
        jsonrpc: "2.0",
        id,
        result: { outcome: { outcome: "selected", optionId: "y" } },
      });
    },
  );
});
