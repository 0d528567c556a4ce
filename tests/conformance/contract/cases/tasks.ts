/** When the operations on tasks, and the events of all of them, answer what. */
import type { Json } from "#contracts/shared.ts";
import { type Call, type CasesOf, nothing, targets, twofold } from "../case.ts";
import { failing, refusedBodies, refusedToReaders, refusedToStrangers, tooLarge } from "./refusals.ts";

const wish = { intent: "contract.run", payload: { text: "hello" }, target_runtime: targets.able };

const turn = { intent: "contract.run", payload: { text: "hello" }, sender: targets.able };

const create: Call = (client) => client.createTask(wish);
const createLarge: Call = (client) => client.createTask({ ...wish, payload: tooLarge });

/** Uses a key for two requests. */
const createWithUsedKey: Call = async (client) => {
  const key = { "Idempotency-Key": "used-before" };
  await client.createTask(wish, key).catch(() => undefined);
  return client.createTask({ ...wish, payload: "another" }, key);
};

const createInFullQueue: Call = async (client, world) =>
  client.createTask({ ...wish, target_runtime: await world.fullTarget() });

const childOf =
  (parent_task_id: string): Call =>
  (client) =>
    client.createTask({ ...wish, trace: { parent_task_id } });

/** Gives a child to the session that its parent works in. */
const createLoop: Call = async (client, world) => {
  const { task_id, conversation_id } = await client.getTask(await world.runningTask());
  return client.createTask({ ...wish, conversation_id, trace: { parent_task_id: task_id } });
};

const list: Call = (client) => client.listTasks({ limit: 3, target: targets.able });
const read: Call = async (client, world) => client.getTask(await world.endedTask());

const tree: Call = async (client, world) => client.getTaskTree(await world.endedTask());

const follow: Call = async function* (client, world) {
  yield* client.streamTaskEvents(await world.endedTask(), {}, {}, { maxFailures: 1 });
};
const followFrom =
  (task_id: string, after: number): Call =>
  (client) =>
    client.streamTaskEvents(task_id, { after }, {}, { maxFailures: 1 });
const followAtEnd: Call = async function* (client, world) {
  yield* client.streamTaskEvents(await world.endedTask(), { after: 1000 });
};

const cancelEnded: Call = async (client, world) => client.cancelTask(await world.endedTask());
const cancel =
  (reason: string): Call =>
  async (client, world) =>
    client.cancelTask(await world.endedTask(), { reason });

const answer =
  (payload: NonNullable<Json>): Call =>
  async (client, world) =>
    client.resumeTask(await world.endedTask(), { payload });
const answerOpen =
  (payload: NonNullable<Json>): Call =>
  async (client, world) =>
    client.resumeTask(await world.askingTask(), { payload });

/** The first of the events of all tasks, which have no end. */
const followAll: Call = async function* (client) {
  let seen = 0;
  for await (const event of client.streamEvents({ after: 0 }, {}, { maxFailures: 1 })) {
    yield event;
    if (++seen === 5) return;
  }
};

/** The calls whose stream can be asked for as one value. */
export const wholeStreams: { readonly [operationId: string]: Call } = {
  streamTaskEvents: async (client, world) => client.getTaskHistory(await world.endedTask()),
};

export const taskCases: CasesOf<
  | "createTask"
  | "listTasks"
  | "getTask"
  | "getTaskTree"
  | "streamTaskEvents"
  | "resumeTask"
  | "cancelTask"
  | "streamEvents"
> = {
  createTask: {
    ...refusedToReaders(create),
    ...refusedBodies(create, createLarge),
    200: {
      when: "to a task that it waits for",
      call: (client) => client.createTask({ ...wish, delivery: { mode: "sync" } }),
    },
    202: { when: "to a task that it takes", call: create },
    400: { when: "to an intent that is empty", call: (client) => client.createTask({ ...wish, intent: "" }) },
    404: [
      {
        when: "for a target that isn't there",
        code: "target_not_found",
        call: (client) => client.createTask({ ...wish, target_runtime: nothing.name }),
      },
      {
        when: "for an intent that no target offers",
        code: "route_not_found",
        call: (client) => client.createTask({ intent: "contract.unknown", payload: "hello" }),
      },
      { when: "for a parent that isn't there", code: "task_not_found", call: childOf(nothing.id) },
      {
        when: "for a thread that isn't there",
        code: "thread_not_found",
        call: (client) => client.createTask({ ...wish, thread_id: nothing.id }),
      },
    ],
    409: [
      {
        when: "for an intent of two targets",
        code: "route_ambiguous",
        call: (client) => client.createTask({ intent: twofold, payload: "hello" }),
      },
      {
        when: "for a child that would wait for its own parent",
        code: "loop_detected",
        call: createLoop,
      },
      {
        when: "to a process with two open tasks that names none as the parent",
        code: "parent_ambiguous",
        call: async (client, world) =>
          client.createTask(wish, undefined, { token: await world.processWithTwoTasks() }),
      },
      {
        when: "for a child of a task that has ended",
        code: "parent_not_open",
        call: async (client, world) => childOf(await world.endedTask())(client, world),
      },
      {
        when: "for a thread with an open turn",
        code: "thread_busy",
        call: async (client, world) =>
          client.createTask({
            ...turn,
            thread_id: await world.busyThread(),
          }),
      },
    ],
    422: [
      {
        when: "for a thread that the sender isn't in",
        code: "invalid_participants",
        call: async (client, world) => client.createTask({ ...wish, thread_id: await world.thread() }),
      },
      {
        when: "for a key that was used for another request",
        code: "idempotency_key_reused",
        call: createWithUsedKey,
      },
      {
        when: "for an intent that the target doesn't offer",
        code: "target_cannot_satisfy_intent",
        call: (client) => client.createTask({ ...wish, target_runtime: targets.one }),
      },
    ],
    429: { when: "for a target whose queue is full", call: createInFullQueue },
    500: { when: "when the tables have gone", at: "emptied", call: create },
    503: { when: "while the node stops", at: "stopping", call: create },
  },
  listTasks: {
    ...refusedToStrangers(list),
    ...failing(list),
    200: { when: "with the newest tasks", call: list },
    400: { when: "to a limit of none", call: (client) => client.listTasks({ limit: 0 }) },
  },
  getTask: {
    ...refusedToStrangers(read),
    ...failing(read),
    200: { when: "with a task", call: read },
    400: { when: "to what is no id", call: (client) => client.getTask("no-id") },
    404: { when: "for a task that isn't there", call: (client) => client.getTask(nothing.id) },
  },
  getTaskTree: {
    ...refusedToStrangers(tree),
    ...failing(tree),
    200: { when: "with a task and what is beneath it", call: tree },
    400: { when: "to what is no id", call: (client) => client.getTaskTree("no-id") },
    404: { when: "for a task that isn't there", call: (client) => client.getTaskTree(nothing.id) },
  },
  streamTaskEvents: {
    ...refusedToStrangers(follow),
    ...failing(follow),
    200: { when: "with the history of a task", call: follow },
    204: { when: "behind the end of a task", call: followAtEnd },
    400: { when: "to what is no position", call: followFrom(nothing.id, -1) },
    404: { when: "for a task that isn't there", call: followFrom(nothing.id, 0) },
  },
  resumeTask: {
    ...refusedToReaders(answer({ approved: true })),
    ...refusedBodies(answer({ approved: true }), answer(tooLarge)),
    ...failing(answer({ approved: true })),
    202: { when: "to an answer that fits", call: answerOpen({ approved: true }) },
    400: {
      when: "to what names no question",
      call: async (client, world) =>
        client.resumeTask(await world.askingTask(), { payload: {}, request_id: "the first" }),
    },
    404: {
      when: "for a task that isn't there",
      call: (client) => client.resumeTask(nothing.id, { payload: {} }),
    },
    409: [
      { when: "for a task that asks nothing", code: "not_awaiting_input", call: answer({ approved: true }) },
      {
        when: "for a question that is not open",
        code: "question_closed",
        call: async (client, world) =>
          client.resumeTask(await world.askingTask(), { payload: {}, request_id: nothing.id }),
      },
    ],
    422: { when: "to an option that the question doesn't have", call: answerOpen({ option_id: "perhaps" }) },
  },
  cancelTask: {
    ...refusedToReaders(cancelEnded),
    ...refusedBodies(cancel("enough"), cancel(tooLarge)),
    ...failing(cancelEnded),
    200: { when: "for a task that has ended", call: cancelEnded },
    202: {
      when: "for a task that runs",
      call: async (client, world) => client.cancelTask(await world.runningTask(), { reason: "enough" }),
    },
    400: { when: "to a reason that is too long", call: cancel("x".repeat(2000)) },
    404: { when: "for a task that isn't there", call: (client) => client.cancelTask(nothing.id) },
  },
  streamEvents: {
    ...refusedToStrangers(followAll),
    ...failing(followAll),
    200: { when: "with the events of all tasks", call: followAll },
    400: {
      when: "to what is no position",
      call: (client) => client.streamEvents({}, { "Last-Event-ID": "yesterday" }, { maxFailures: 1 }),
    },
    410: {
      when: "for a position that is kept no more",
      call: async function* (client, world) {
        yield* client.streamEvents({ after: await world.lostPosition() });
      },
    },
  },
};
