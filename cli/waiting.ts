/**
 * Waiting that people see and can leave, all of it on standard error: a line that replaces itself, with
 * the time and where the task stands; a word when the node has gone; and what Ctrl-C leaves behind.
 */
import {
  type CallOptions,
  getTask,
  streamTaskEvents,
  type TaskEvent,
  type TaskRecord,
  waitForTask,
} from "@aethrolink/client";
import { answerCommand, questionsOf } from "./questions.ts";
import { printable, standingInWords } from "./render.ts";

interface Watch extends Disposable {
  /** Says where it stands; the line stays until it is hidden. */
  say(state: string): void;
  hide(): void;
  /** Takes note of an attempt that failed. */
  readonly onRetry: (reason: unknown) => void;
}

/** A word on standard error. */
export const warn = (text: string) => process.stderr.write(`alink-cli: ${text}\n`);

/** Whether a line on standard error is seen. */
export const isWatched = () => process.stderr.isTTY === true;

/** Tells once that the node has gone; a single cut is no such thing, since it is mended at once. */
export function outageTeller() {
  let failures = 0;
  return {
    onRetry(reason: unknown) {
      failures += 1;
      if (failures !== 2) return;
      warn(`${printable(reason instanceof Error ? reason.message : String(reason))}; trying again.`);
    },
    over() {
      failures = 0;
    },
  };
}

function watch(show: boolean, onInterrupt: string): Watch {
  const began = Date.now();
  const outage = outageTeller();
  let text = "waiting";
  const draw = () => process.stderr.write(`\r\x1b[K${Math.round((Date.now() - began) / 1000)} s  ${text}`);
  const timer = show ? setInterval(draw, 1000) : undefined;
  const hide = () => {
    if (show) process.stderr.write("\r\x1b[K");
  };
  const leave = () => {
    hide();
    warn(onInterrupt);
    process.exit(130);
  };
  process.once("SIGINT", leave);
  return {
    say(state) {
      outage.over();
      text = state;
      if (show) draw();
    },
    hide,
    onRetry(reason) {
      hide();
      outage.onRetry(reason);
    },
    [Symbol.dispose]() {
      process.off("SIGINT", leave);
      clearInterval(timer);
      hide();
    },
  };
}

const taskGoesOn = (task_id: string) =>
  `the task goes on. Follow it with: alink-cli task-events ${task_id}\n` +
  `           Cancel it with: alink-cli task-cancel ${task_id}`;

/** A task's events as they come, with the line between them. */
export async function* followVisibly(
  task_id: string,
  after: number | undefined,
  options: CallOptions,
  show: boolean,
): AsyncGenerator<TaskEvent, void> {
  using line = watch(show, taskGoesOn(task_id));
  const params = after === undefined ? undefined : { after };
  const streaming = { ...options, onRetry: line.onRetry };
  for await (const event of streamTaskEvents(task_id, params, undefined, streaming)) {
    line.hide();
    yield event;
    if (event.kind === "task.awaiting_input") await sayHowToAnswer(task_id, event.data.request_id, options);
    line.say(standingInWords(event));
  }
}

/** Tells how a question is answered, if it is still open: the history has old ones too. A courtesy, like the line. */
async function sayHowToAnswer(task_id: string, request_id: string, options: CallOptions): Promise<void> {
  try {
    const open = questionsOf(await getTask(task_id, undefined, options));
    const question = open.find((each) => each.request_id === request_id);
    if (question !== undefined)
      warn(`answer it with: ${printable(answerCommand(question, open.length > 1))}`);
  } catch {}
}

/**
 * Waits until a task has ended or asks; also while its node, which has answered, is away.
 * @param timeoutMs how long at most; then the task as it is
 */
export async function waitVisibly(
  { task_id }: Pick<TaskRecord, "task_id">,
  options: CallOptions,
  timeoutMs?: number,
): Promise<TaskRecord> {
  using line = watch(isWatched(), taskGoesOn(task_id));
  const over = new AbortController();
  if (isWatched()) sayStates(task_id, { ...options, signal: over.signal }, line);
  try {
    const waiting = { ...options, timeoutMs, onRetry: line.onRetry, maxFailures: Number.POSITIVE_INFINITY };
    return await waitForTask(task_id, waiting);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "TimeoutError")
      return await getTask(task_id, undefined, options);
    throw thrown;
  } finally {
    over.abort();
  }
}

/** The line is a courtesy: what is wrong is for the waiting itself to say. */
async function sayStates(task_id: string, options: CallOptions, line: Watch): Promise<void> {
  try {
    for await (const event of streamTaskEvents(task_id, undefined, undefined, options))
      line.say(standingInWords(event));
  } catch {}
}

/** What is left of a limit, from now on; undefined: there is none. */
export function countDown(limitMs: number | undefined): () => number | undefined {
  const end = limitMs === undefined ? undefined : performance.now() + limitMs;
  return () => (end === undefined ? undefined : Math.max(0, Math.round(end - performance.now())));
}

/** Waits for an answer that the node holds back until a task has ended. */
export async function holdVisibly<Answer>(answer: Promise<Answer>): Promise<Answer> {
  using _line = watch(
    isWatched(),
    "a task that the node has taken goes on. Find it with: alink-cli task-list --limit 1",
  );
  return await answer;
}
