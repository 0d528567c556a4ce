/** A closer look at runtimes, over HTTP. */
import { initServer } from "@ts-rest/express";
import { contract } from "#contracts/index.ts";
import type { Json as WireJson, JsonObject as WireObject } from "#contracts/shared.ts";
import type { JsonObject } from "#src/core/ports.ts";
import { findTarget, probeRuntime } from "#src/engine/runtimes.ts";
import type { Server } from "../app.ts";
import { idOfCursor, pageOf } from "../cursor.ts";

/** The handlers of the contract's runtimes. */
export function runtimeHandlers({ engine }: Server) {
  return initServer().router(contract.runtimes, {
    async listLaunches({ params: { runtime_id }, query: { limit, cursor } }) {
      const found = engine.launches.list(runtime_id, idOfCursor(cursor), limit + 1);
      // A runtime that has gone from the registry keeps its launches.
      if (found.length === 0) findTarget(engine, runtime_id, "runtime_not_found");
      const { page, next_cursor } = pageOf(found, limit, (launch) => launch.launch_id);
      return { status: 200, body: { launches: page, next_cursor } };
    },

    async probeRuntime({ params: { runtime_id }, body }) {
      const target = findTarget(engine, runtime_id, "runtime_not_found");
      const options = (body?.runtime_options ?? {}) as JsonObject;
      const probed = await probeRuntime(engine, target, options);
      const { launch_id, capabilities, auth_methods, companions, ...probe } = probed;
      return {
        status: 200,
        body: {
          runtime_id,
          ...(launch_id === null ? {} : { launch_id }),
          ...probe,
          capabilities: capabilities as WireObject,
          ...(companions === undefined ? {} : { companions: [...companions] }),
          ...(auth_methods === undefined ? {} : { auth_methods: auth_methods as WireJson[] }),
        },
      };
    },
  });
}
