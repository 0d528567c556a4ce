/** Threads over HTTP. */
import { initServer } from "@ts-rest/express";
import { contract } from "#contracts/index.ts";
import type { ThreadContinueRequest, ThreadCreateRequest } from "#contracts/threads.ts";
import { actorOf, type Principal, participantOf } from "#src/core/access.ts";
import { refuseThread, senderOf } from "#src/engine/access.ts";
import { inspectThread, threadRecord, turnRecord } from "#src/engine/inspect-thread.ts";
import { threadOf } from "#src/engine/thread-turns.ts";
import { continueThread, createThread } from "#src/engine/threads.ts";
import { fail } from "#src/errors.ts";
import type { Server } from "../app.ts";
import { idOfCursor, indexOfCursor, pageOf } from "../cursor.ts";
import { principalOf } from "../guard.ts";
import { linksOf } from "./tasks.ts";

/** @throws RequestError forbidden for an agent that would open a thread of others */
function refuseForeign(principal: Principal, { agent_a_id, agent_b_id }: ThreadCreateRequest): void {
  const own = participantOf(principal);
  if (own !== undefined && own !== agent_a_id && own !== agent_b_id)
    fail("forbidden", `With the token of ${own} one of the two is ${own}.`);
}

/** @throws RequestError forbidden for an agent that would put words into the other's mouth */
function refuseOthersWords(principal: Principal, body: ThreadContinueRequest): void {
  const own = participantOf(principal);
  const named = [body.intent_by_agent, body.payload_by_agent].flatMap((map) => Object.keys(map ?? {}));
  const other = named.find((id) => id !== own);
  if (own !== undefined && other !== undefined)
    fail("forbidden", `With the token of ${own} only ${own} speaks; what ${other} says is its own.`);
}

/** How many turns an inspection shows. */
const inspected = 200;

/** The handlers of the contract's threads. */
export function threadHandlers({ engine }: Server) {
  return initServer().router(contract.threads, {
    async createThread({ body, res }) {
      refuseForeign(principalOf(res), body);
      const thread = threadRecord(engine, await createThread(engine, body));
      const self = `/v1/threads/${thread.thread_id}`;
      return { status: 201, body: { thread, links: { self, turns: `${self}/turns` } } };
    },

    async listThreads({ query: { limit, cursor, agent_id }, res }) {
      const among = [participantOf(principalOf(res)), agent_id];
      const found = engine.threads.list({ among, before: idOfCursor(cursor) }, limit + 1);
      const { page, next_cursor } = pageOf(found, limit, (thread) => thread.thread_id);
      return { status: 200, body: { threads: page.map((row) => threadRecord(engine, row)), next_cursor } };
    },

    async getThread({ params: { thread_id }, res }) {
      refuseThread(engine, principalOf(res), thread_id);
      return { status: 200, body: threadRecord(engine, threadOf(engine, thread_id)) };
    },

    async inspectThread({ params: { thread_id }, query, res }) {
      refuseThread(engine, principalOf(res), thread_id);
      const row = threadOf(engine, thread_id);
      const before = indexOfCursor(query.cursor);
      const found = engine.threads.turnsBefore(thread_id, before, inspected + 1);
      const { page, next_cursor } = pageOf(found, inspected, (turn) => String(turn.turn_index));
      return { status: 200, body: { ...inspectThread(engine, row, page.reverse()), next_cursor } };
    },

    async listThreadTurns({ params: { thread_id }, query: { limit, cursor }, res }) {
      refuseThread(engine, principalOf(res), thread_id);
      threadOf(engine, thread_id);
      const after = cursor === undefined ? 0 : indexOfCursor(cursor);
      const found = engine.threads.turns(thread_id, after, limit + 1);
      const { page, next_cursor } = pageOf(found, limit, (turn) => String(turn.turn_index));
      return { status: 200, body: { turns: page.map((turn) => turnRecord(engine, turn)), next_cursor } };
    },

    async continueThread({ params: { thread_id }, body, headers, res }) {
      const principal = principalOf(res);
      refuseThread(engine, principal, thread_id);
      refuseOthersWords(principal, body);
      const key = headers["idempotency-key"];
      const path = `/v1/threads/${thread_id}/continue`;
      const scope = { principal: principal.name, method: "POST", path };
      const { task, replayed } = await continueThread(engine, thread_id, {
        body: { ...body, sender: senderOf(principal, body.sender) },
        actor: actorOf(principal),
        traceparent: headers.traceparent,
        key: key === undefined ? undefined : { ...scope, key },
      });
      if (replayed) res.setHeader("Idempotent-Replayed", "true");
      return { status: 202, body: { task, thread_id, links: linksOf(task.task_id) } };
    },
  });
}
