/** The recording of the reference server, replayed. */
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { dialectOf, stateOf } from "#src/adapters/acp-http/dialects.ts";
import { framesOf } from "#src/adapters/acp-http/frames.ts";
import { questionOf } from "#src/adapters/acp-http/questions.ts";
import { answerOf, errorOf, refusalOf, type Step, stepOf } from "#src/adapters/acp-http/signals.ts";
import type { JsonObject } from "#src/core/ports.ts";

const recording = readFileSync(
  new URL("../../../fixtures/wire/http-acp-sdk-1.0.3.txt", import.meta.url),
  "utf8",
);
const acp = dialectOf("acp");

/** What was answered under a heading. */
function answered(heading: string): { status: number; body: string } {
  const section = recording.split("##### ").find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`the recording has no ${heading}`);
  const status = Number(/HTTP\/1.1 (\d+)/.exec(section)?.[1]);
  return { status, body: section.slice(section.indexOf("\n\n") + 2) };
}

async function stepsOf(heading: string): Promise<Step[]> {
  const steps: Step[] = [];
  const bytes = Readable.from([Buffer.from(answered(heading).body)]);
  for await (const event of framesOf(bytes, 1_000_000)) {
    const step = stepOf(event, acp);
    if (step !== undefined) steps.push(step);
  }
  return steps;
}

const briefly = (step: Step): string => {
  if (step.kind === "said") return `said ${step.text}`;
  if (step.kind === "progress") return `${step.data.type} ${"text" in step.data ? step.data.text : ""}`;
  if (step.kind === "artifact") return `${step.name} ${step.media_type} ${step.bytes.length}`;
  if (step.kind === "awaiting") return `asks ${questionOf(step.request, "id", (text) => text).prompt}`;
  if (step.kind === "ended") return `${stateOf(acp, step.run)} ${answerOf(step.run).text}`;
  return step.kind;
};

describe("the reference server's streams", () => {
  test.each([
    [
      "run stream",
      ["working", "working", "thought I should echo everything", "said hello", "completed hello"],
    ],
    ["boom stream", ["working", "working", "said partial", "failed partial"]],
    [
      "artifact stream",
      ["working", "working", "out.txt text/plain 9", "/b.bin application/octet-stream 4", "completed "],
    ],
    ["await: stream create (ends at awaiting)", ["working", "working", "asks Can I proceed? (yes/no)"]],
    ["await: resume stream", ["working", "said You said: yes", "completed You said: yes"]],
  ])("%s means what happened", async (heading, steps) => {
    expect((await stepsOf(heading)).map(briefly)).toEqual(steps);
  });

  test("a failure is told in the server's words", async () => {
    const end = (await stepsOf("boom stream")).at(-1);
    expect(end?.kind === "ended" && errorOf(end.run)).toBe("boom happened (server_error)");
  });
});

describe("the reference server's answers", () => {
  const runOf = (heading: string): JsonObject => JSON.parse(answered(heading).body);

  test.each([
    ["run async", "working"],
    ["get immediately", "working"],
    ["get after", "completed"],
    ["await: get", "awaiting"],
    ["await: cancel while awaiting", "working"],
    ["get right after cancel", "cancelled"],
    ["boom sync", "failed"],
  ])("%s stands as %s", (heading, state) => {
    expect(stateOf(acp, runOf(heading))).toBe(state);
  });

  test.each([
    ["agent missing", "404 not_found: Agent nope not found"],
    ["cancel again", "403 server_error: Run in terminal status RunStatus.CANCELLED can't be cancelled"],
  ])("%s refuses in words", (heading, said) => {
    const { status, body } = answered(heading);
    expect(refusalOf({ status, json: JSON.parse(body) }, (text) => text)).toBe(said);
  });

  test("no place in the server's source is shown to callers", () => {
    const { status, body } = answered("session go-node-thread-id not uuid");
    expect(refusalOf({ status, json: JSON.parse(body) }, (text) => text)).not.toContain("File");
  });
});
