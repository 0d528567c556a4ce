/**
 * Where a node listens: at its address, and, where that is for other machines or speaks TLS, besides at a
 * loopback address, so that programs of this machine need neither a certificate nor a name.
 */
import { readFileSync } from "node:fs";
import type { Express } from "express";
import type { Config } from "./config.ts";
import { isLoopbackName } from "./core/loopback.ts";
import { messageOf, StartError } from "./errors.ts";
import { createHttpServer, type Gate } from "./http/app.ts";
import { type Listening, listenAt } from "./http/listen.ts";

export interface Doors {
  /** @throws StartError where an address can't be had */
  listen(): Promise<{
    /** For programs of this machine. */
    readonly url: string;
    /** For other nodes; null: it can't be told what they would call it. */
    readonly publicUrl: string | null;
  }>;
  /** Lets the requests in, those that wait first. */
  open(app: Express): void;
  close(): Promise<void>;
  closeNow(): void;
}

/** Connections that are busy with nothing get so long to go. */
const closeMs = 500;
const wildcards: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/**
 * The doors of a node.
 * @throws StartError 78 where its certificate can't be used
 */
export function createDoors({ host, port, tls }: Config): Doors {
  const main = tls === null ? createHttpServer() : createTlsServer(tls);
  const isLocal = isLoopbackName(host) && tls === null;
  const coversLoopback = isLocal || (wildcards.has(host) && tls === null);
  const local = coversLoopback ? undefined : createHttpServer();
  const gates = local === undefined ? [main] : [main, local];
  const open: Listening[] = [];
  const listen = async ({ server }: Gate, at: string, wanted: number) => {
    const listening = await listenAt(server, at, wanted).catch((thrown: NodeJS.ErrnoException) => {
      throw faultOf(thrown, `${at}:${wanted}`);
    });
    open.push(listening);
    return listening.port;
  };
  return {
    async listen() {
      const at = await listen(main, host, port);
      const scheme = tls === null ? "http" : "https";
      const publicUrl = wildcards.has(host) ? null : `${scheme}://${named(host)}:${at}`;
      if (local !== undefined)
        return { url: `http://127.0.0.1:${await listen(local, "127.0.0.1", 0)}`, publicUrl };
      return { url: `http://${wildcards.has(host) ? "127.0.0.1" : named(host)}:${at}`, publicUrl };
    },
    open(app) {
      for (const gate of gates) gate.open(app);
    },
    async close() {
      const cut = setTimeout(() => closeConnections(gates), closeMs);
      const closed = open.map((each) => each.close());
      for (const { server } of gates) server.closeIdleConnections();
      await Promise.all(closed);
      clearTimeout(cut);
    },
    closeNow() {
      for (const each of open) void each.close();
      closeConnections(gates);
    },
  };
}

function createTlsServer({ cert, key }: { readonly cert: string; readonly key: string }): Gate {
  try {
    return createHttpServer({ cert: readText(cert), key: readText(key) });
  } catch (thrown) {
    if (thrown instanceof StartError) throw thrown;
    const why = `tls: ${cert} and ${key} are no certificate and its key: ${messageOf(thrown)}`;
    throw new StartError("config", why, { cause: thrown });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw new StartError("config", `tls: ${messageOf(thrown)}`, { cause: thrown });
  }
}

const named = (host: string) => (host.includes(":") ? `[${host}]` : host);

const listenFaults: {
  readonly [code: string]: readonly [ConstructorParameters<typeof StartError>[0], string];
} = {
  EADDRINUSE: [
    "unavailable",
    "is taken by another program; stop it, or give --port another number (0: any free one)",
  ],
  EACCES: ["noPermission", "may not be used by this user; give --port a number above 1023"],
  EADDRNOTAVAIL: ["unavailable", "is no address of this machine"],
};

function faultOf(thrown: NodeJS.ErrnoException, address: string): StartError {
  const [exit, why] = listenFaults[thrown.code ?? ""] ?? [
    "unavailable",
    `can't be listened at: ${thrown.message}`,
  ];
  return new StartError(exit, `${address} ${why}`, { cause: thrown });
}

function closeConnections(gates: readonly Gate[]): void {
  for (const { server } of gates) server.closeAllConnections();
}
