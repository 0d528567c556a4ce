/** How tests give a real runtime tasks, and look at what came of them. */
import { expect } from "vitest";
import { exitCodes } from "#contracts/errors.ts";
import type { TaskEvent } from "#contracts/events.ts";
import type { Following } from "./command-line.ts";
import type { World } from "./world.ts";

/** Gives the runtime a task by its intent, and prints what happens to it. */
export const ask = ({ cli }: World, text: string, conversation_id: string): Following =>
  cli.follow(
    "call",
    "--intent",
    "research.topic",
    "--text",
    text,
    "--conversation-id",
    conversation_id,
    "--follow",
  );

/** Gives it a task that ends in the way of that exit code. */
export async function endOf(world: World, text: string, conversation_id: string, code: number) {
  await using asked = ask(world, text, conversation_id);
  const { code: ended } = await asked.end();
  expect(ended, `its last event: ${JSON.stringify(asked.events.at(-1))}`).toBe(code);
  return { events: asked.events, task: await world.task(taskOf(asked.events)) };
}

/** Gives it a task that it completes. */
export const answerTo = (world: World, text: string, conversation_id: string) =>
  endOf(world, text, conversation_id, exitCodes.ok);

/** A task whose answer has begun and will go on for long. */
export async function inMidTurn(world: World, conversation_id: string) {
  const asked = ask(world, "SLOW:2000", conversation_id);
  const { task_id } = await asked.next(isWords);
  return { asked, task_id };
}

/** The words of an answer, as they came. */
export function wordsIn(events: readonly TaskEvent[]): string {
  return events
    .map((event) =>
      event.kind === "task.progress" && event.data.type === "message" ? String(event.data.text) : "",
    )
    .join("");
}

export const isWords = (event: TaskEvent): boolean => wordsIn([event]) !== "";

export const taskOf = (events: readonly TaskEvent[]): string => events[0]?.task_id ?? "";
export const kindsOf = (events: readonly TaskEvent[]): string[] => events.map(({ kind }) => kind);
export const seqsOf = (events: readonly TaskEvent[]): number[] => events.map(({ seq }) => seq);
const dataOf = (events: readonly TaskEvent[], kind: TaskEvent["kind"]) =>
  events.find((event) => event.kind === kind)?.data;
export const launchOf = (events: readonly TaskEvent[]) =>
  String((dataOf(events, "runtime.launching") as { launch_id?: unknown } | undefined)?.launch_id);
export const continuityOf = (events: readonly TaskEvent[]) =>
  (dataOf(events, "task.running") as { continuity?: string } | undefined)?.continuity;
