/** The events of all tasks over HTTP. */
import { initServer } from "@ts-rest/express";
import { contract } from "#contracts/index.ts";
import { participantOf } from "#src/core/access.ts";
import { followAll } from "#src/engine/follow.ts";
import type { Server } from "../app.ts";
import { principalOf } from "../guard.ts";

/** The handlers of the contract's events. */
export function eventHandlers({ engine, streams }: Server) {
  return initServer().router(contract.events, {
    async streamEvents({ headers, query, res }) {
      const last = headers["last-event-id"];
      const after = last === undefined ? query.after : Number(last);
      return { status: 200, body: streams.of(followAll(engine, after, participantOf(principalOf(res)))) };
    },
  });
}
