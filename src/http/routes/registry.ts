/** The registry, over HTTP; the operator's alone. */
import { initServer } from "@ts-rest/express";
import { contract } from "#contracts/index.ts";
import type { Server } from "../app.ts";
import { requireOperator } from "../guard.ts";

/** The handlers of the contract's registry. */
export function registryHandlers({ reloadRegistry }: Server) {
  return initServer().router(contract.registry, {
    async reloadRegistry({ res }) {
      requireOperator(res, "reload the registry");
      return { status: 200, body: await reloadRegistry() };
    },
  });
}
