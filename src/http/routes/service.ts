/** The node about itself. */
import { initServer } from "@ts-rest/express";
import { contract } from "#contracts/index.ts";
import { fail } from "#src/errors.ts";
import { version } from "#src/version.ts";
import type { Server } from "../app.ts";
import { openDocument } from "../documents.ts";
import { metricsText } from "../metrics.ts";
import { piped } from "../piped.ts";

/** The handlers of the contract's service. */
export function serviceHandlers(server: Server) {
  const openapi = openDocument("openapi.json");
  const reference = openDocument("reference.html");
  return initServer().router(contract.service, {
    ping: async () => ({ status: 200, body: { ok: true, service: "aethrolink", version } }),
    async healthz() {
      if (server.engine.stopping) fail("unavailable", "The node is stopping.");
      return { status: 200, body: { ok: true } };
    },
    async getOpenapi() {
      const text = await openapi();
      return { status: 200, body: piped((res) => void res.type("application/json").send(text)) };
    },
    async getDocs() {
      const text = await reference();
      return {
        status: 200,
        body: piped((res) => {
          res.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
          res.type("text/html").send(text);
        }),
      };
    },
    getMetrics: async () => ({
      status: 200,
      body: piped(
        (res) => void res.type("text/plain; version=0.0.4; charset=utf-8").send(metricsText(server)),
      ),
    }),
  });
}
