/** The registry, over HTTP; the operator's alone, as the contract says of their callers. */
import { initServer } from "@ts-rest/express";
import { contract } from "#contracts/index.ts";
import type { Server } from "../app.ts";

/** The handlers of the contract's registry. */
export function registryHandlers({ reloadRegistry }: Server) {
  return initServer().router(contract.registry, {
    async reloadRegistry() {
      return { status: 200, body: await reloadRegistry() };
    },
  });
}
