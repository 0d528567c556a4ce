/**
 * A small world for random histories: a few tasks, a runtime that is driven by hand, a clock, and a node
 * that may die. What must hold of all that was written is judged by the hand-written model.
 */
import { expect } from "vitest";
import type { TaskEvent } from "#contracts/events.ts";
import type { FakeTurn } from "#src/adapters/fake/index.ts";
import { stopEngine } from "#src/engine/stop.ts";
import { newId } from "#src/store/ulid.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { fakeTarget, type OpenEngine, openEngine } from "../../open-engine.ts";
import { expected, type ModelState } from "../../unit/core/lifecycle-model.ts";

/** How many of its tasks the target takes at once. */
const places = 2;
const byHand = () => {};

export interface World {
  node: OpenEngine;
  readonly tasks: string[];
  /** How often each task was handed over, over all lives. */
  readonly handedOver: Map<string, number>;
  /** Lets the runtime take the tasks that it hesitates to take. */
  readonly hesitating: Set<() => void>;
  /** Of each task: how far its history was judged, and where the model stands there. */
  readonly judged: Map<string, Judged>;
  /** Questions that were open once, and whose they were; the last of them first. */
  readonly asked: { readonly task_id: string; readonly request_id: string }[];
  /** What those who answered were told. */
  readonly told: Set<string>;
}

interface Judged {
  readonly seq: number;
  readonly state: ModelState;
  readonly dispatched: number;
}

type TurnAct = "progress" | "ask" | "settle" | "complete" | "fail" | "stopped";

export type AnswerHow = "open" | "late" | "foreign" | "any" | "unfit";

/** What may happen; `which` chooses among what there is. */
export type Step =
  | {
      readonly do: "submit";
      readonly timeoutS: number;
      readonly queueS: number;
      readonly launch: boolean;
      readonly talk: number;
      /** The runtime hesitates to take it. */
      readonly slow: boolean;
    }
  | { readonly do: TurnAct; readonly which: number }
  | { readonly do: "cancel"; readonly which: number }
  /** A caller answers: a question that is open, one that was, another task's, or without saying which. */
  | { readonly do: "answer"; readonly which: number; readonly how: AnswerHow }
  | { readonly do: "up" | "down" | "crash" | "taken" }
  | { readonly do: "kill" | "stop" }
  | { readonly do: "wait"; readonly seconds: number };

async function openLife(world: Pick<World, "handedOver" | "hesitating">, before?: OpenEngine) {
  const { handedOver, hesitating } = world;
  return openEngine({
    targets: [fakeTarget({ max_concurrency: places })],
    ...(before === undefined ? {} : { dir: before.dir }),
    clock: createFakeClock(before?.clock.now()),
    fake: {
      launch: byHand,
      script: byHand,
      submit({ task_id, payload }) {
        handedOver.set(task_id, (handedOver.get(task_id) ?? 0) + 1);
        if (payload === "slow") return new Promise<void>((resolve) => void hesitating.add(resolve));
      },
    },
  });
}

export async function openWorld(): Promise<World & AsyncDisposable> {
  const parts = { handedOver: new Map<string, number>(), hesitating: new Set<() => void>() };
  const world: World = {
    node: await openLife(parts),
    tasks: [],
    judged: new Map(),
    asked: [],
    told: new Set(),
    ...parts,
  };
  return Object.assign(world, { [Symbol.asyncDispose]: () => world.node[Symbol.asyncDispose]() });
}

/** Lets everything that was begun come to rest: commits, and what follows from them. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const handed = (status: string) => status === "running" || status === "awaiting_input";
const over = (status: string) => status === "completed" || status === "failed" || status === "cancelled";

/** One of a list: mostly one that lives, now and then any. */
function chosen<T>(list: readonly T[], which: number, lives: (one: T) => boolean): T | undefined {
  const living = list.filter(lives);
  const among = which < 8 && living.length > 0 ? living : list;
  return among[which % Math.max(1, among.length)];
}

/** What an answer must have. */
const schema = { type: "object", required: ["name"] };

function drive({ node, asked }: World, turn: FakeTurn, act: TurnAct): void {
  const [open] = node.engine.log.get(turn.task.task_id)?.awaiting ?? [];
  if (act === "progress") turn.emit({ kind: "progress", data: { type: "log", text: "a step" } });
  if (act === "ask") {
    const request_id = newId();
    asked.unshift({ task_id: turn.task.task_id, request_id });
    void turn.ask({ request_id, kind: "input", prompt: "?", schema });
  }
  if (act === "settle" && open !== undefined)
    turn.emit({ kind: "resumed", request_id: open.request_id, by: "policy" });
  if (act === "complete") turn.complete("done");
  if (act === "fail") turn.fail("broke");
  if (act === "stopped") turn.confirmCancel();
}

/** Ends this life of the node and begins the next on its files. */
async function nextLife(world: World, gracefully: boolean): Promise<void> {
  const { node } = world;
  if (gracefully) {
    const stopped = stopEngine(node.engine);
    await settled();
    node.clock.advance(2000);
    await stopped;
  }
  node.abandon();
  await settled();
  world.hesitating.clear();
  world.node = await openLife(world, node);
}

async function disturb(
  world: World,
  how: "up" | "down" | "crash" | "taken" | "kill" | "stop",
): Promise<void> {
  const { fake } = world.node;
  if (how === "up") fake.starts.at(-1)?.ready();
  else if (how === "down") fake.starts.at(-1)?.fail("exited with code 1");
  else if (how === "taken") for (const take of world.hesitating) take();
  else if (how === "crash") fake.crash(fakeTarget(), "ended by SIGSEGV");
  else await nextLife(world, how === "stop");
}

/** What wasn't taken by a runtime ends at once, what was goes on until its runtime says something. */
async function cancel({ node }: World, task_id: string | undefined): Promise<void> {
  if (task_id === undefined) return;
  const { status } = node.record(task_id);
  const stays = over(status) || handed(status);
  const answer = await node.cancel(task_id);
  expect([status, answer]).toEqual([
    status,
    { task_id, status: stays ? status : "cancelled", over: over(status) },
  ]);
}

/** What a caller who answers is told, by what the task's record says. */
function answerFor(status: string, open: readonly string[], named: string | undefined, how: AnswerHow) {
  if (status !== "running" && status !== "awaiting_input") return "not_awaiting_input";
  if (named !== undefined && !open.includes(named)) return "question_closed";
  if (named === undefined && open.length > 1) return "invalid_request";
  if (open.length === 0) return "not_awaiting_input";
  return how === "unfit" ? "answer_rejected" : "taken";
}

/** Answers; what is refused writes nothing, what is taken settles its question and no other. */
async function answer(world: World, which: number, how: AnswerHow): Promise<void> {
  const { node, tasks, asked } = world;
  const open = (task_id: string) => node.record(task_id).awaiting.length > 0;
  const task_id = chosen(tasks, which, open);
  if (task_id === undefined) return;
  const { status, awaiting } = node.record(task_id);
  const ids = awaiting.map(({ request_id }) => request_id);
  const cancelled = node.engine.log.get(task_id)?.cancel ?? null;
  const named = {
    open: ids[0],
    unfit: ids[0],
    late: asked.find((each) => each.task_id === task_id && !ids.includes(each.request_id))?.request_id,
    foreign: asked.find((each) => each.task_id !== task_id)?.request_id,
    any: undefined,
  }[how];
  const before = node.kinds(task_id).length;
  const payload = how === "unfit" ? {} : { name: "yes" };
  const told = node.answer(task_id, payload, named).then(
    () => "taken",
    (refused: Error) => refused.message,
  );
  const expectedAnswer =
    cancelled !== null && handed(status) ? "question_closed" : answerFor(status, ids, named, how);
  expect({ task_id, status, how, told: await told }).toEqual({ task_id, status, how, told: expectedAnswer });
  world.told.add(expectedAnswer);
  await settled();
  const kinds = node.kinds(task_id).slice(before);
  const words = kinds.map((kind) => kind.split(" ")[1]);
  if (expectedAnswer !== "taken") return expect(words).toEqual([]);
  expect(words).toEqual(["task.resume_requested", "task.resumed"]);
  const left = node.record(task_id).awaiting.map(({ request_id }) => request_id);
  expect(left).toEqual(ids.filter((id) => id !== (named ?? ids[0])));
}

/** Lets a step happen; what it concerns may not be there, then nothing happens. */
export async function take(world: World, step: Step): Promise<void> {
  const { node, tasks } = world;
  if (step.do === "submit") {
    const delivery = {
      timeout_ms: step.timeoutS * 1000,
      queue_timeout_ms: step.queueS * 1000,
      launch_if_down: step.launch,
    };
    const payload = step.slow ? "slow" : "quick";
    tasks.push((await node.submit({ delivery, payload, conversation_id: `talk-${step.talk}` })).task_id);
  } else if (step.do === "cancel") {
    const open = (task_id: string) => node.record(task_id).finished_at === null;
    await cancel(world, chosen(tasks, step.which, open));
  } else if (step.do === "answer") await answer(world, step.which, step.how);
  else if (step.do === "wait") node.clock.advance(step.seconds * 1000);
  else if ("which" in step) {
    const turn = chosen(node.fake.turns, step.which, (one) => !one.ended());
    if (turn !== undefined) drive(world, turn, step.do);
  } else await disturb(world, step.do);
  await settled();
}

/** Brings everything to its end: whatever waits is started, whatever runs completes. */
export async function finish(world: World): Promise<void> {
  for (let round = 0; world.node.engine.log.openTasks.size > 0 && round < 60; round++) {
    for (const start of world.node.fake.starts) start.ready();
    for (const take of world.hesitating) take();
    await settled();
    for (const turn of world.node.fake.turns) turn.complete("at last");
    await settled();
    world.node.clock.advance(1000);
    await settled();
  }
}

/** The state after an event, by the model; fails where the model doesn't allow the event. */
function after(state: ModelState, event: TaskEvent): ModelState {
  const status = expected(state, event.kind);
  expect({ ...state, kind: event.kind, after: event.state }).toEqual({
    ...state,
    kind: event.kind,
    after: status,
  });
  const data = event.data as { readonly by?: string };
  const cancel = event.kind === "task.cancel_requested" ? (data.by ?? null) : state.cancel;
  const asked = state.open + (event.kind === "task.awaiting_input" ? 1 : 0);
  const left = asked - (event.kind === "task.resumed" ? 1 : 0);
  const closed = event.kind === "task.cancel_requested" || over(event.state);
  return { status: event.state, open: closed ? 0 : left, cancel };
}

/** What an end may be, by what had been asked before it. */
function endFits({ reason, cancel }: { reason: string | undefined; cancel: string | null }, status: string) {
  if (status === "completed") return true;
  if (cancel === "timeout") return status === "failed" && reason === "timeout";
  if (cancel !== null) return status === "cancelled" || reason === "cancel_failed";
  return status === "failed" && reason !== "cancel_failed";
}

const unjudged: Judged = { seq: 0, state: { status: "created", open: 0, cancel: null }, dispatched: 0 };

/** Judges what is new of a task's history. */
function judgeTask({ node, handedOver, judged }: World, task_id: string): void {
  const before = judged.get(task_id) ?? unjudged;
  const all = node.engine.reader.events(task_id);
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
  const news = all.slice(before.seq);
  const rest = before.seq === 0 ? news.slice(2) : news;
  if (before.seq === 0)
    expect(news.slice(0, 2).map(({ kind }) => kind)).toEqual(["task.created", "task.routed"]);
  const state = rest.reduce(after, before.state);
  const again = rest.filter(({ kind }) => kind === "task.dispatching").length;
  const dispatched = before.dispatched + again;
  judged.set(task_id, { seq: all.length, state, dispatched });
  const record = node.record(task_id);
  expect([record.status, record.awaiting.length]).toEqual([state.status, state.open]);
  expect(over(record.status)).toBe(record.finished_at !== null);
  if (over(record.status)) {
    const end = { reason: record.last_error?.reason, cancel: state.cancel };
    expect([end, record.status, endFits(end, record.status)]).toEqual([end, record.status, true]);
  }
  expect(handedOver.get(task_id) ?? 0).toBeLessThanOrEqual(dispatched);
  expect(dispatched).toBeLessThanOrEqual(1);
}

/** Everything that must hold of what was written, at any moment. */
export function judge(world: World): void {
  const { node, tasks } = world;
  for (const task_id of tasks) judgeTask(world, task_id);
  const busy = node.fake.turns.filter((turn) => !turn.ended());
  expect(busy.length).toBeLessThanOrEqual(places);
  const talks = busy.map(({ task }) => task.conversation_id);
  expect(new Set(talks).size).toBe(talks.length);
  const known = new Set(node.engine.reader.list({}, 1000).map((task) => task.task_id));
  expect(known).toEqual(new Set(tasks));
}
