/**
 * Listening at an address.
 *
 * A turn of the event loop takes one new connection from each socket that listens. Under load a turn is long,
 * and a hundred callers that connect at once would wait for a hundred turns. Where the system shares an
 * address between sockets of one user, several of them listen, so that a turn takes as many.
 *
 * 1. An address is one node's: it is not shared with a program that answers there, and two nodes that come at
 *    once are told apart by a name that only one can have.
 * 2. What one of the sockets takes is the server's, as if it had taken it itself, and counts for its limit.
 */
import type { Server as HttpServer } from "node:http";
import {
  type AddressInfo,
  connect,
  createServer,
  type ListenOptions,
  type Server,
  type Socket,
} from "node:net";

/** More would take bursts no faster: other work of a turn is longer by then. */
const socketsPerAddress = 16;
const isShareable = process.platform === "linux";
const backlog = 4096;

export interface Listening {
  readonly port: number;
  /** Takes no more connections; resolves when those that it had have ended. */
  close(): Promise<void>;
}

/**
 * Lets a server listen.
 * @param port 0: any that is free
 * @throws Error as the system says it, with its code
 */
export async function listenAt(server: HttpServer, host: string, port: number): Promise<Listening> {
  boundConnections(server);
  if (!isShareable) {
    const at = await listen(server, { host, port, backlog });
    return { port: at, close: () => close(server) };
  }
  const name = port === 0 ? undefined : await haveAlone(host, port);
  const shared = { host, backlog, reusePort: true };
  const others = Array.from({ length: socketsPerAddress - 1 }, () =>
    createServer({ noDelay: true, allowHalfOpen: true }, (socket) => void server.emit("connection", socket)),
  );
  const closeAll = async () => {
    await Promise.all([server, ...others, ...(name === undefined ? [] : [name])].map(close));
  };
  try {
    const at = await listen(server, { ...shared, port });
    await Promise.all(others.map((other) => listen(other, { ...shared, port: at })));
    return { port: at, close: closeAll };
  } catch (thrown) {
    await closeAll(); // what still listens would keep the process alive, and the address from others
    throw thrown;
  }
}

/** The limit is the server's: each socket that listens would count its own alone. */
function boundConnections(server: HttpServer): void {
  let open = 0;
  server.prependListener("connection", (socket: Socket) => {
    open++;
    socket.once("close", () => open--);
    if (open > (server.maxConnections || Number.POSITIVE_INFINITY)) socket.destroy();
  });
}

/**
 * Whoever has the address without sharing it is found when it is asked for; whoever shares it answers there.
 * @returns what holds the address against other nodes, as long as it listens
 */
async function haveAlone(host: string, port: number): Promise<Server> {
  const name = createServer((socket) => socket.destroy());
  // In the system's own name space, which leaves nothing behind.
  await listen(name, { path: `\0aethrolink ${host} ${port}` });
  if (!(await isAnswered(wildcards.get(host) ?? host, port))) return name;
  await close(name);
  throw Object.assign(new Error("another program shares the address"), { code: "EADDRINUSE" });
}

/** Where a program of this machine finds who listens everywhere. */
const wildcards: ReadonlyMap<string, string> = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);
const longestMs = 1000;

function isAnswered(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: longestMs });
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    for (const event of ["error", "timeout", "close"] as const) socket.once(event, () => resolve(false));
  }).finally(() => socket.destroy());
}

function listen(server: Server | HttpServer, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.removeListener("error", reject);
      const at = server.address() as AddressInfo | string;
      resolve(typeof at === "string" ? 0 : at.port);
    });
  });
}

const close = (server: Server | HttpServer) =>
  new Promise<void>((resolve) => void server.close(() => resolve()));
