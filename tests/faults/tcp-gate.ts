/** A door in front of a server, which a test can shut: then the server is out of reach, and goes on. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export interface Gate extends AsyncDisposable {
  readonly url: string;
  /** Cuts all connections, and takes no more. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** Opens a gate to a port of this machine. */
export async function openGate(to: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let port = 0;
  let server: Server | undefined;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => {}); // a cut connection is what this is for
    socket.once("close", () => sockets.delete(socket));
  };
  const open = async (): Promise<void> => {
    server = createServer((from) => {
      const there = connect(to, "127.0.0.1");
      keep(from);
      keep(there);
      from.pipe(there).pipe(from);
      from.once("close", () => there.destroy());
      there.once("close", () => from.destroy());
    }).listen(port, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  };
  const shut = async (): Promise<void> => {
    const closing = server;
    if (closing === undefined) return;
    server = undefined;
    closing.close();
    for (const socket of sockets) socket.destroy();
    await once(closing, "close");
  };
  await open();
  return { url: `http://127.0.0.1:${port}`, shut, open, [Symbol.asyncDispose]: shut };
}
