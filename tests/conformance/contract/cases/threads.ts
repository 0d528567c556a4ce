/** When the operations on threads answer what. */
import { type Call, type CasesOf, nothing, targets } from "../case.ts";
import { failing, refusedBodies, refusedToReaders, refusedToStrangers, tooLarge } from "./refusals.ts";

const pair = { agent_a_id: targets.able, agent_b_id: targets.second };
const said = { intent: "contract.run", payload: { text: "hello" } };

const open =
  (changes: object = {}): Call =>
  (client) =>
    client.createThread({ ...pair, ...changes });
const list: Call = (client) => client.listThreads({ agent_id: targets.able, limit: 3 });
const read: Call = async (client, world) => client.getThread(await world.thread());
const inspect: Call = async (client, world) => client.inspectThread(await world.thread());
const turns: Call = async (client, world) => client.listThreadTurns(await world.thread(), { limit: 2 });

/** Whoever speaks next where several cases use one thread. */
const goOn =
  (changes: object = {}): Call =>
  async (client, world) =>
    client.continueThread(await world.thread(), { ...said, ...changes });
const freshThread: Call = async (client) => {
  const { thread } = await client.createThread(pair);
  return client.continueThread(thread.thread_id, { ...said, auto_continue: true, max_turns: 2 });
};
const goOnIn =
  (agent_b_id: string): Call =>
  async (client) => {
    const { thread } = await client.createThread({ ...pair, agent_b_id });
    return client.continueThread(thread.thread_id, said);
  };

/** Uses a key for two requests. */
const goOnWithUsedKey: Call = async (client) => {
  const { thread_id } = (await client.createThread(pair)).thread;
  const key = { "Idempotency-Key": "used-before" };
  await client.continueThread(thread_id, said, key).catch(() => undefined);
  return client.continueThread(thread_id, { ...said, payload: "another" }, key);
};

export const threadCases: CasesOf<
  "createThread" | "listThreads" | "getThread" | "inspectThread" | "listThreadTurns" | "continueThread"
> = {
  createThread: {
    ...refusedToReaders(open()),
    ...refusedBodies(open(), open({ continuity_key: tooLarge })),
    ...failing(open()),
    201: { when: "with a thread", call: open() },
    400: { when: "to what is no name", call: open({ agent_a_id: "No Name" }) },
    404: { when: "for a participant that isn't there", call: open({ agent_b_id: nothing.name }) },
    422: { when: "for one that is named twice", call: open({ agent_b_id: targets.able }) },
  },
  listThreads: {
    ...refusedToStrangers(list),
    ...failing(list),
    200: { when: "with the newest threads", call: list },
    400: { when: "to a limit of none", call: (client) => client.listThreads({ limit: 0 }) },
  },
  getThread: {
    ...refusedToStrangers(read),
    ...failing(read),
    200: { when: "with a thread", call: read },
    400: { when: "to what is no id", call: (client) => client.getThread("no-id") },
    404: { when: "for a thread that isn't there", call: (client) => client.getThread(nothing.id) },
  },
  inspectThread: {
    ...refusedToStrangers(inspect),
    ...failing(inspect),
    200: { when: "with how it stands", call: inspect },
    400: { when: "to what is no id", call: (client) => client.inspectThread("no-id") },
    404: { when: "for a thread that isn't there", call: (client) => client.inspectThread(nothing.id) },
  },
  listThreadTurns: {
    ...refusedToStrangers(turns),
    ...failing(turns),
    200: { when: "with its turns", call: turns },
    400: { when: "to what is no id", call: (client) => client.listThreadTurns("no-id") },
    404: { when: "for a thread that isn't there", call: (client) => client.listThreadTurns(nothing.id) },
  },
  continueThread: {
    ...refusedToReaders(goOn()),
    ...refusedBodies(goOn(), goOn({ payload: tooLarge })),
    ...failing(goOn()),
    202: { when: "to a turn that it begins", call: freshThread },
    400: { when: "to more turns than may follow", call: goOn({ auto_continue: true, max_turns: 101 }) },
    404: [
      {
        when: "for a thread that isn't there",
        code: "thread_not_found",
        call: (client) => client.continueThread(nothing.id, said),
      },
      {
        when: "for a participant that is a target no more",
        code: "target_not_found",
        call: async (client, world) => client.continueThread(await world.forsakenThread(), said),
      },
    ],
    409: {
      when: "while another turn is open",
      call: async (client, world) => client.continueThread(await world.busyThread(), said),
    },
    422: [
      {
        when: "for a speaker that isn't in it",
        code: "invalid_participants",
        call: goOn({ sender: nothing.name }),
      },
      { when: "where nothing is said", code: "nothing_to_say", call: goOn({ payload: "" }) },
      {
        when: "for an intent that the one who is spoken to doesn't offer",
        code: "target_cannot_satisfy_intent",
        call: goOnIn(targets.one),
      },
      {
        when: "for a key that was used for another request",
        code: "idempotency_key_reused",
        call: goOnWithUsedKey,
      },
    ],
    429: {
      when: "while the queue of the one who is spoken to is full",
      call: async (client, world) => client.continueThread(await world.fullThread(), said),
    },
  },
};
