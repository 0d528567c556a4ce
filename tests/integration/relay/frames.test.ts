/** What a trusted peer tells of a task, frame by frame, and how it is told here. */
import { describe, expect, it } from "vitest";
import type { JsonObject } from "#src/core/ports.ts";
import { until } from "../../open-engine.ts";
import { openWithPeer, told } from "./scripted-peer.ts";

const toPeer = { target_runtime: "peer/core", payload: { text: "x" } };
const running = { seq: 1, kind: "task.running", data: {} };
const sha256 = "a".repeat(64);
const artifact = {
  artifact_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  media_type: "text/plain",
  size_bytes: 3,
  sha256,
  url: "/artifacts/01ARZ3NDEKTSV4RRFFQ69G5FAV",
};

/** What is written of a task when the peer says all of this behind its beginning. */
async function eventsOf(frames: readonly JsonObject[]) {
  const all = [running, ...frames.map((frame, n) => ({ seq: n + 2, ...frame }))];
  const last = Math.max(...all.map(({ seq }) => seq));
  await using two = await openWithPeer({
    events: (from, _times, signal) => told(from > 0 ? [] : all, signal),
  });
  const { node } = two;
  const { task_id } = await node.submit(toPeer);
  const ended = () => node.engine.works.size === 0;
  await until(() => ended() || node.engine.relays.binding(task_id)?.last_remote_seq === last);
  const events = node.engine.reader.events(task_id);
  const at = events.findIndex(({ kind }) => kind === "task.running");
  // Behind it the peer's own word of it.
  return { record: node.record(task_id), events: events.slice(at + 2) };
}

describe("a frame", () => {
  const asLog = { kind: "task.progress", data: { type: "log" } };
  const progress = (data: JsonObject) => ({ kind: "task.progress", data });
  const rows: readonly [string, JsonObject, JsonObject][] = [
    ["with a message", progress({ type: "message", text: "m" }), progress({ type: "message", text: "m" })],
    ["with a thought", progress({ type: "thought", text: "t" }), progress({ type: "thought", text: "t" })],
    [
      "with a step",
      progress({ type: "tool_call", tool_call_id: "1", title: "look" }),
      progress({ type: "tool_call", tool_call_id: "1" }),
    ],
    ["with a step that has no name", progress({ type: "tool_call", title: "look" }), asLog],
    ["with a plan", progress({ type: "plan", entries: [] }), progress({ type: "plan", entries: [] })],
    ["with a plan that is none", progress({ type: "plan", entries: "all" }), asLog],
    ["with what it cost", progress({ type: "usage", usage: {} }), progress({ type: "usage", usage: {} })],
    ["with a cost that is none", progress({ type: "usage", usage: 7 }), asLog],
    ["of a type unknown here", progress({ type: "song", text: "la" }), asLog],
    [
      "with a step that was too large there",
      progress({ type: "tool_call", truncated: true }),
      progress({ type: "tool_call", truncated: true }),
    ],
    ["with a text that was cut off there", progress({ type: "message", truncated: true }), asLog],
    ["of health", { kind: "runtime.health", data: { healthy: true } }, { data: { healthy: true } }],
    ["of a health that is none", { kind: "runtime.health", data: { healthy: "yes" } }, {}],
    [
      "of a kind unknown here",
      { kind: "task.dreamt", message: "of sheep", data: { count: 3 } },
      { ...asLog, data: { type: "log", text: "of sheep", count: 3, remote_kind: "task.dreamt" } },
    ],
    ["of a kind unknown here, without words", { kind: "task.dreamt" }, { data: { text: "task.dreamt" } }],
    ["of what isn't told between nodes", { kind: "runtime.launching", data: {} }, asLog],
    ["of an answer to nothing", { kind: "task.resume_requested", data: { request_id: "7" } }, asLog],
    ["that settles nothing", { kind: "task.resumed", data: {} }, asLog],
    [
      "with an artifact",
      { kind: "artifact.created", data: { ...artifact, name: "notes" } },
      { kind: "artifact.created", data: { media_type: "text/plain", sha256, name: "notes" } },
    ],
    [
      "with an artifact without a name",
      { kind: "artifact.created", data: artifact },
      { data: { size_bytes: 3 } },
    ],
    ["with no artifact", { kind: "artifact.created", data: { ...artifact, sha256: "short" } }, asLog],
    [
      "that is too large for an event",
      progress({ type: "log", text: "l".repeat(40_000) }),
      { ...asLog, data: { type: "log", truncated: true, artifact: { media_type: "application/json" } } },
    ],
    [
      "with names that are this node's to give",
      progress({ type: "log", text: "l", remote_event_seq: 99, destination_task_id: "elsewhere" }),
      progress({ remote_event_seq: 2, destination_task_id: "there" }),
    ],
  ];

  it.each(rows)("%s is told in the words of this node", async (_what, frame, expected) => {
    const { events } = await eventsOf([frame]);
    expect(events.at(-1)).toMatchObject({ source: "transport", ...expected });
  });

  it("that was told before is told once", async () => {
    const step = progress({ type: "log", text: "once" });
    const { events } = await eventsOf([step, { ...step, seq: 2 }, { ...step, seq: 3 }]);
    expect(events).toHaveLength(2);
  });

  it("names the session there, where that is news", async () => {
    const step = {
      ...progress({ type: "log", text: "l" }),
      remote_session_id: "s",
      remote_execution_id: "e",
    };
    const { record, events } = await eventsOf([step, step]);
    expect(record.remote).toMatchObject({ remote_session_id: "s" });
    expect(events.map(({ data }) => data)).toMatchObject([
      { remote_session_id: "s", remote_execution_id: "e" },
      { remote_session_id: "s" },
    ]);
  });
});

describe("an end", () => {
  const completed = (data: JsonObject) => ({ kind: "task.completed", data });
  const failed = (data: JsonObject, more: JsonObject = {}) => ({ kind: "task.failed", data, ...more });
  const rows: readonly [string, JsonObject, JsonObject][] = [
    ["with a result", completed({ result: { text: "done" } }), { result: { text: "done" } }],
    ["with a mere text", completed({ result: "done" }), { result: { text: "done" } }],
    [
      "with a result of another form",
      completed({ result: { sum: 7 } }),
      { result: { text: "", data: { sum: 7 } } },
    ],
    ["without a result", completed({}), { status: "completed", result: null }],
    [
      "with what it cost",
      completed({ result: "done", usage: { input_tokens: 3, source: "reported" } }),
      { usage: { input_tokens: 3 } },
    ],
    ["with a cost that is none", completed({ result: "done", usage: "much" }), { usage: null }],
    [
      "with artifacts of nobody",
      completed({ result: { text: "done", artifacts: [artifact] } }),
      { result: { text: "done" } },
    ],
    [
      "with a reason",
      failed({ reason: "timeout", detail: "too slow" }),
      { last_error: { reason: "timeout", detail: "too slow" } },
    ],
    ["with a reason unknown here", failed({ reason: "rain" }), { last_error: { reason: "remote_failed" } }],
    [
      "with words alone",
      failed({ detail: "" }, { message: "no luck" }),
      { last_error: { reason: "remote_failed", detail: "no luck" } },
    ],
    [
      "without a word",
      failed({}),
      { last_error: { reason: "remote_failed", detail: "the other node gives no reason" } },
    ],
    [
      "with what was done until it failed",
      failed({ reason: "timeout", result: "half" }),
      { status: "failed", result: { text: "half" } },
    ],
  ];

  it.each(rows)("%s is this task's end", async (_what, frame, expected) => {
    const { record } = await eventsOf([frame]);
    expect(record).toMatchObject(expected);
  });

  it("names the artifacts that the peer told of, by their names of this node", async () => {
    const { record, events } = await eventsOf([
      { kind: "artifact.created", data: artifact },
      completed({
        result: { text: "done", artifacts: [artifact] },
        result_artifact_id: artifact.artifact_id,
      }),
    ]);
    const { artifact_id: own } = (events[0]?.data ?? {}) as JsonObject;
    expect(own).not.toBe(artifact.artifact_id);
    expect(record).toMatchObject({ result_artifact_id: own, result: { artifacts: [{ artifact_id: own }] } });
  });
});

describe("a question from there", () => {
  const ask = { kind: "task.awaiting_input", message: "which?", data: {} };

  it("that has no name is one at a time, and stays open while its node only says that it works", async () => {
    const { events, record } = await eventsOf([ask, ask, { kind: "task.running", data: {} }]);
    expect(events.map(({ kind }) => kind)).toEqual(["task.awaiting_input", "task.progress", "task.progress"]);
    expect(events[0]?.data).toMatchObject({ prompt: "which?", remote_request_id: null });
    expect(record).toMatchObject({ status: "awaiting_input", awaiting: [{ prompt: "which?" }] });
  });

  it("is answered there only where it was asked", async () => {
    const request_id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    const answered = { kind: "task.resume_requested", data: { request_id } };
    const { events } = await eventsOf([
      answered,
      { ...ask, data: { request_id, prompt: "which?" } },
      answered,
    ]);
    expect(events.map(({ kind }) => kind)).toEqual([
      "task.progress",
      "task.awaiting_input",
      "task.resume_requested",
    ]);
    expect(events[2]?.data).toMatchObject({ request_id, actor: "" });
  });

  it("is settled under the name that it has there", async () => {
    const named = { ...ask, data: { request_id: "question-7", prompt: 7, kind: "approval" } };
    const settles = { kind: "task.resumed", data: { request_id: "question-7", by: "rain" } };
    const { events, record } = await eventsOf([named, settles]);
    expect(events[0]?.data).toMatchObject({ prompt: "", remote_request_id: "question-7" });
    expect(events[1]?.data).toMatchObject({ by: "runtime" });
    expect(record.awaiting).toEqual([]);
  });
});
