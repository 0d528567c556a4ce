/** Whole tasks: each is posted, followed to its terminal event, and looked at. */
import { type Line, openLine, type Place } from "./line.ts";

/** An event, as far as it matters here. */
export interface Event {
  readonly kind: string;
  readonly created_at: string;
}

/** What one reader has of a stream. */
export interface Reading {
  events: number;
  /** Every event came once and in order. */
  whole: boolean;
  /** The kind of the terminal event. */
  end: string | undefined;
  endedAt: number;
}

const terminal: ReadonlySet<string> = new Set(["task.completed", "task.failed", "task.cancelled"]);

/** No task of these loads takes so long. */
export const patienceMs = 30_000;

/** Takes frames apart that may be cut anywhere. */
export function framesReader(hear: (id: number, data: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const frames = (rest + text).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) {
      const id = /^id: ?(\d+)$/m.exec(frame)?.[1];
      const data = /^data: ?(.*)$/m.exec(frame)?.[1];
      if (id !== undefined && data !== undefined) hear(Number(id), data);
    }
  };
}

/** Reads a task's events to the end of its stream. */
export async function read(
  line: Line,
  task_id: string,
  hear: (event: Event) => void = () => undefined,
  waitMs = patienceMs,
): Promise<Reading> {
  const reading: Reading = { events: 0, whole: true, end: undefined, endedAt: 0 };
  const impatient = setTimeout(() => line.close(), waitMs);
  const frames = framesReader((id, data) => {
    const event = JSON.parse(data) as Event;
    reading.events++;
    if (id !== reading.events) reading.whole = false;
    if (terminal.has(event.kind)) Object.assign(reading, { end: event.kind, endedAt: performance.now() });
    hear(event);
  });
  // A stream that breaks off is a defect, which shows in what was read.
  await line.follow(`/v1/tasks/${task_id}/events`, frames).catch(() => undefined);
  clearTimeout(impatient);
  return reading;
}

/** Posts a task; resolves with its id. */
export async function post(line: Line, target_runtime: string, text = "go"): Promise<string> {
  const request = { intent: "bench.run", target_runtime, payload: { text } };
  const answer = await line.ask("POST", "/v1/tasks", JSON.stringify(request));
  if (answer.status !== 202) throw new Error(`a task was not taken: ${answer.status} ${answer.text}`);
  return (JSON.parse(answer.text) as { task: { task_id: string } }).task.task_id;
}

export interface Lap {
  /** From the POST to the terminal event. */
  readonly ms: number;
  /** Whether its events were whole and it completed. */
  readonly sound: boolean;
}

/** So many whole tasks, so many at once. */
export async function laps(place: Place, atOnce: number, count: number, target = "bench"): Promise<Lap[]> {
  const done: Lap[] = [];
  let left = count;
  const lane = async () => {
    const posts = openLine(place);
    const streams = openLine(place);
    while (left-- > 0) {
      const begin = performance.now();
      const { whole, end, endedAt } = await read(streams, await post(posts, target));
      done.push({ ms: endedAt - begin, sound: whole && end === "task.completed" });
    }
    posts.close();
    streams.close();
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return done;
}
