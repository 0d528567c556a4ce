import type { TaskEvent } from "@aethrolink/client";
import { expect, it } from "vitest";
import { eventInWords, standingInWords } from "../../../cli/render.ts";

type Health = Extract<TaskEvent, { kind: "runtime.health" }>;

const health = (data: Health["data"]): Health => ({
  event_id: "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
  task_id: "01KAT3Q4V5W6X7Y8Z9A0B1C2D4",
  seq: 3,
  kind: "runtime.health",
  state: "created",
  source: "core",
  message: "news",
  data,
  created_at: "2026-11-23T09:30:00.000Z",
});

it.each([
  [{ healthy: true, queue_position: 1 }, "next in the queue"],
  [{ healthy: true, queue_position: 12 }, "number 12 in the queue"],
  [{ healthy: false, queue_position: 2 }, "number 2 in the queue; its runtime is not up"],
  [{ healthy: false }, "its runtime is not up"],
  [{ healthy: true }, "news"],
])("news of a queue are said in words: %j", (data, words) => {
  expect(eventInWords(health(data))).toBe(`09:30:00.000  runtime.health         ${words}`);
});

it("a task that waits stands where it is in the queue", () => {
  expect(standingInWords(health({ healthy: true, queue_position: 3 }))).toBe(
    "created, number 3 in the queue",
  );
  expect(standingInWords(health({ healthy: false }))).toBe("created");
});
