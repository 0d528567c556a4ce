/**
 * Following events: the history, then what happens, from the shared tail where it reaches back far
 * enough, else from the log.
 *
 * 1. The bell is heard before the first read, and "has it ended?" is asked before each read, so that
 *    nothing falls between.
 * 2. A follower that can't take more is read for later, when it pulls: nothing is held for it, however
 *    often the bell rings meanwhile.
 * 3. A follower whose reading fails is ended, to resume: the commit that woke it goes on.
 */
import type { TaskRecord } from "#contracts/tasks.ts";
import { ended } from "#src/core/task-machine.ts";
import { fail } from "#src/errors.ts";
import type { Frames, Tail } from "#src/store/tail.ts";
import type { Listened } from "#src/store/viewer-tails.ts";
import type { Engine } from "./engine.ts";

/** Where frames go. */
export interface Sink {
  /** @returns false when it takes no more until `pull` is called */
  write(bytes: Uint8Array): boolean;
  /** No frame will follow. `bytes`: the last ones, if there are any. */
  end(bytes: Uint8Array | undefined): void;
}

export interface Follower {
  /** Writes what there is. To be called when the sink takes more again. */
  pull(): void;
  /** Stops following; safe to call twice. */
  close(): void;
}

/** How many events are read from the log at a time. */
const pageSize = 200;

/** Where a stream's frames come from. */
interface Source {
  readonly tail: Listened | undefined;
  /** Frames behind `after` from the log. */
  read(after: number): Frames | undefined;
  /** The id of the last event that there will be; undefined: more may follow. */
  end(): number | undefined;
}

/**
 * Follows a task.
 * @param after the seq of the last event that is known
 * @returns undefined when the task has ended at or before `after`
 * @throws RequestError task_not_found
 */
export function followTask(
  engine: Engine,
  task_id: string,
  after: number,
): ((sink: Sink) => Follower) | undefined {
  const tail = engine.log.tail(task_id);
  const read = (from: number) => engine.reader.frames(task_id, from, pageSize);
  if (tail !== undefined) {
    const end = () => (engine.log.get(task_id) === undefined ? tail.last() : undefined);
    return (sink) => follow(engine, { tail, read, end }, after, sink);
  }
  const { last_seq } = committed(engine, task_id);
  if (after >= last_seq) return undefined;
  return (sink) => follow(engine, { tail, read, end: () => last_seq }, after, sink);
}

function committed(engine: Engine, task_id: string) {
  const standing = engine.reader.standing(task_id);
  if (standing === undefined) fail("task_not_found", `There is no task ${task_id}.`);
  return standing;
}

/**
 * Follows all tasks.
 * @param after a position; undefined: from now on
 * @param viewer only what this participant sends or is the target of; undefined: everything
 * @throws RequestError position_gone when events behind `after` are kept no more
 */
export function followAll(
  engine: Engine,
  after: number | undefined,
  viewer?: string,
): (sink: Sink) => Follower {
  const { gone, newest } = engine.reader.positions();
  if (after !== undefined && after > 0 && after < gone) {
    fail(
      "position_gone",
      `Not all events behind position ${after} are kept any more, only those behind ${gone}. Begin again with after=0.`,
    );
  }
  const { log, reader } = engine;
  const source: Source = {
    tail: viewer === undefined ? log.all : log.viewers.of(viewer),
    read: (from) =>
      viewer === undefined ? reader.allFrames(from, pageSize) : reader.viewerFrames(viewer, from, pageSize),
    end: () => undefined,
  };
  return (sink) => follow(engine, source, after ?? newest, sink);
}

function newer({ tail, read }: Source, cursor: number): Frames | undefined {
  return tail?.since(cursor) ?? (tail?.last() === cursor ? undefined : read(cursor));
}

function follow({ logger }: Engine, source: Source, after: number, sink: Sink): Follower {
  let cursor = after;
  let open = true;
  /** Whether the sink takes more; when it does again it pulls. */
  let takes = true;
  const close = () => {
    open = false;
    unlisten?.();
  };
  const finish = (bytes: Uint8Array | undefined) => {
    close();
    sink.end(bytes);
  };
  /** @returns whether there may be more to write now */
  const step = () => {
    const end = source.end();
    const frames = newer(source, cursor);
    cursor = frames?.last ?? cursor;
    // Without frames before the end: the task was forgotten meanwhile.
    if (end !== undefined && (frames === undefined || cursor >= end)) finish(frames?.bytes);
    if (frames === undefined || !open) return false;
    takes = sink.write(frames.bytes);
    return takes;
  };
  const pull = () => {
    takes = true;
    while (open && step());
  };
  const wake = () => {
    try {
      if (takes) pull(); // invariant 2
    } catch (thrown) {
      logger.error({ err: thrown }, "events could not be read for a follower");
      finish(undefined); // invariant 3
    }
  };
  const unlisten = source.tail?.listen(wake);
  return { pull, close };
}

/**
 * Waits until a task is terminal or asks.
 * @param waitMs how long at most
 * @param signal ends the wait early
 * @returns the task as it is then; undefined: there is none
 */
export async function awaitTask(
  engine: Engine,
  task_id: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<TaskRecord | undefined> {
  const tail = engine.log.tail(task_id);
  if (tail !== undefined && waitMs > 0 && !signal.aborted)
    await settled(engine, task_id, tail, waitMs, signal);
  return engine.reader.get(task_id);
}

function settled(
  engine: Engine,
  task_id: string,
  tail: Tail,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const standing = engine.reader.standing(task_id);
      if (standing === undefined || ended(standing.status) || standing.status === "awaiting_input") done();
    };
    const wake = () => {
      try {
        check();
      } catch (thrown) {
        reject(thrown);
        done();
      }
    };
    const unlisten = tail.listen(wake);
    const disarm = engine.clock.after(waitMs, done);
    signal.addEventListener("abort", done, { once: true });
    function done() {
      unlisten();
      disarm();
      signal.removeEventListener("abort", done);
      resolve();
    }
    wake();
  });
}
