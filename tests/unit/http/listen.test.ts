/** Listening: an address is one node's, and a burst of callers is let in at once. */
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { expect, it } from "vitest";
import { type Listening, listenAt } from "#src/http/listen.ts";
import { freePort } from "../../free-port.ts";
import { until } from "../../open-engine.ts";

const connectTo = (port: number) => connect({ host: "127.0.0.1", port });

const gone = (socket: Socket) =>
  new Promise((resolve) => void socket.once("close", resolve).once("error", () => {}));

async function closeAll(opened: readonly (readonly [Server, Listening])[]): Promise<void> {
  for (const [server, listening] of opened) {
    const closed = listening.close();
    server.closeAllConnections();
    await closed;
  }
}

it("of two that want an address at once one has it", async () => {
  const port = await freePort();
  const opened: [Server, Listening][] = [];
  const tried = await Promise.allSettled(
    Array.from({ length: 2 }, async () => {
      const server = createServer();
      opened.push([server, await listenAt(server, "127.0.0.1", port)]);
    }),
  );
  const refused = tried.flatMap((each) => (each.status === "rejected" ? [each.reason as Error] : []));
  expect(refused).toMatchObject([{ code: "EADDRINUSE" }]);
  await closeAll(opened);
  const again = createServer();
  await closeAll([[again, await listenAt(again, "127.0.0.1", port)]]);
});

const shared = process.platform === "linux" ? [false, true] : [false];

it.each(shared)(
  "an address that another program has is not shared with it; %s: it would share it",
  async (reusePort) => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen({ port: 0, host: "127.0.0.1", reusePort }, () =>
        resolve((other.address() as { port: number }).port),
      );
    });
    await expect(listenAt(createServer(), "127.0.0.1", port)).rejects.toMatchObject({ code: "EADDRINUSE" });
    await new Promise((resolve) => other.close(resolve));
  },
);

it("an address that can't be had is left to others, with all that stood for it", async () => {
  const port = 18_777; // of an address that no machine has (RFC 5737)
  for (let attempt = 0; attempt < 2; attempt++) {
    const server = createServer();
    await expect(listenAt(server, "192.0.2.1", port)).rejects.toMatchObject({ code: "EADDRNOTAVAIL" });
    expect(server.listening).toBe(false);
  }
});

it.skipIf(process.platform !== "linux")(
  "several callers are let in in one turn of the event loop",
  async () => {
    const server = createServer();
    const perTurn: number[] = [];
    let turn = 0;
    server.on("connection", () => {
      perTurn[turn] = (perTurn[turn] ?? 0) + 1;
    });
    const listening = await listenAt(server, "127.0.0.1", 0);
    const callers = Array.from({ length: 64 }, () => connectTo(listening.port));
    const ends = callers.map(gone);
    await until(() => {
      turn++;
      return perTurn.reduce((sum, count) => sum + (count ?? 0), 0) === 64;
    });
    expect(Math.max(...perTurn.filter((count) => count !== undefined))).toBeGreaterThan(3);
    for (const caller of callers) caller.destroy();
    await Promise.all(ends);
    await listening.close();
  },
);

it("an end waits for the connections that are open", async () => {
  const server = createServer((_req, res) => res.end("hello"));
  const listening = await listenAt(server, "127.0.0.1", 0);
  const answer = await fetch(`http://127.0.0.1:${listening.port}/`, { headers: { connection: "close" } });
  expect(await answer.text()).toBe("hello");
  const caller = connectTo(listening.port);
  await new Promise((resolve) => server.once("connection", resolve));
  let closed = false;
  const closing = listening.close().then(() => {
    closed = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  const end = gone(caller);
  caller.destroy();
  await Promise.all([end, closing]);
});

it("the limit of connections is that of all the sockets together", async () => {
  const server = createServer();
  server.maxConnections = 2;
  const listening = await listenAt(server, "127.0.0.1", 0);
  let closed = 0;
  const callers = Array.from({ length: 64 }, () => connectTo(listening.port).on("close", () => closed++));
  for (const caller of callers) caller.on("error", () => {});
  await until(() => closed === 62);
  for (const caller of callers) caller.destroy();
  await listening.close();
});
