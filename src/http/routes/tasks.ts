/** Tasks over HTTP. */
import { initServer } from "@ts-rest/express";
import type { Request, Response } from "express";
import { contract } from "#contracts/index.ts";
import { actorOf, delegatorOf, participantOf } from "#src/core/access.ts";
import {
  refuseConversation,
  refuseThread,
  refuseToRead,
  refuseToSteer,
  senderOf,
} from "#src/engine/access.ts";
import { answerQuestion } from "#src/engine/answer-question.ts";
import { createTask } from "#src/engine/create-task.ts";
import { taskTree } from "#src/engine/delegation.ts";
import { awaitTask, followTask } from "#src/engine/follow.ts";
import { cancelTask } from "#src/engine/steer-task.ts";
import { fail } from "#src/errors.ts";
import type { Server } from "../app.ts";
import { idOfCursor, pageOf } from "../cursor.ts";
import { principalOf } from "../guard.ts";
import { piped } from "../piped.ts";

const server = initServer();

/** Where a task is followed. */
export const linksOf = (task_id: string) => ({
  self: `/v1/tasks/${task_id}`,
  events: `/v1/tasks/${task_id}/events`,
});

/** Aborted when the caller goes away. */
function goneOf(res: Response): AbortSignal {
  const gone = new AbortController();
  if (res.closed) gone.abort();
  res.on("close", () => gone.abort());
  return gone.signal;
}

const wantsJson = (req: Pick<Request, "accepts" | "headers">) =>
  req.headers.accept !== "text/event-stream" &&
  req.accepts(["text/event-stream", "application/json"]) === "application/json";

/** The handlers of the contract's tasks. */
export function taskHandlers({ engine, tokens, streams }: Server) {
  /** Waits for a task on behalf of who asks; its token may have been revoked meanwhile. */
  const awaitFor = async (res: Response, task_id: string, waitMs: number) => {
    const task = await awaitTask(engine, task_id, waitMs, goneOf(res));
    if (tokens.store.isRevoked(principalOf(res))) fail("unauthorized", "This token was revoked.");
    return task;
  };
  return server.router(contract.tasks, {
    async createTask({ body, headers, res }) {
      const key = headers["idempotency-key"];
      const principal = principalOf(res);
      const scope = { principal: principal.name, method: "POST", path: "/v1/tasks" };
      if (body.thread_id !== undefined) refuseThread(engine, principal, body.thread_id);
      if (body.conversation_id !== undefined) refuseConversation(engine, principal, body.conversation_id);
      const { task, replayed } = await createTask(engine, {
        request: { ...body, sender: senderOf(principal, body.sender) },
        by: delegatorOf(principal),
        actor: actorOf(principal),
        traceparent: headers.traceparent,
        key: key === undefined ? undefined : { ...scope, key },
      });
      if (replayed) res.setHeader("Idempotent-Replayed", "true");
      const links = linksOf(task.task_id);
      if (task.delivery.mode !== "sync") return { status: 202, body: { task, links } };
      const now = await awaitFor(res, task.task_id, task.delivery.wait_ms);
      return { status: 200, body: { task: now ?? task, links } };
    },

    async listTasks({ query, res }) {
      const { limit, cursor, created_after, ...filter } = query;
      const after = created_after === undefined ? undefined : Date.parse(created_after);
      const found = engine.reader.list(
        {
          ...filter,
          created_after: after,
          before: idOfCursor(cursor),
          viewer: participantOf(principalOf(res)),
        },
        limit + 1,
      );
      const { page: tasks, next_cursor } = pageOf(found, limit, (task) => task.task_id);
      return { status: 200, body: { tasks, next_cursor } };
    },

    async getTask({ params: { task_id }, query, res }) {
      refuseToRead(engine, principalOf(res), task_id);
      const waitMs = (query.wait ?? 0) * 1000;
      const task = waitMs > 0 ? await awaitFor(res, task_id, waitMs) : engine.reader.get(task_id);
      if (task === undefined) fail("task_not_found", `There is no task ${task_id}.`);
      return { status: 200, body: task };
    },

    async getTaskTree({ params: { task_id }, res }) {
      refuseToRead(engine, principalOf(res), task_id);
      return { status: 200, body: taskTree(engine, task_id) };
    },

    async streamTaskEvents({ params: { task_id }, headers, query, req, res }) {
      refuseToRead(engine, principalOf(res), task_id);
      const last = headers["last-event-id"];
      const after = last === undefined ? (query.after ?? 0) : Number(last);
      if (wantsJson(req)) {
        if (engine.reader.standing(task_id) === undefined)
          fail("task_not_found", `There is no task ${task_id}.`);
        const events = () => engine.reader.events(task_id, after);
        return { status: 200, body: piped((out) => void out.json({ events: events() })) };
      }
      const follow = followTask(engine, task_id, after);
      if (follow === undefined) return { status: 204, body: undefined };
      return { status: 200, body: streams.of(follow) };
    },

    async resumeTask({ params: { task_id }, body, res }) {
      const principal = principalOf(res);
      refuseToSteer(engine, principal, task_id);
      return { status: 202, body: await answerQuestion(engine, task_id, actorOf(principal), body) };
    },

    async cancelTask({ params: { task_id }, body, res }) {
      const principal = principalOf(res);
      refuseToSteer(engine, principal, task_id);
      const { over, status } = await cancelTask(engine, task_id, actorOf(principal), body?.reason);
      return { status: over ? 200 : 202, body: { task_id, status } };
    },
  });
}
